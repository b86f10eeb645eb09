// A tally's gradient is read once, as integers: the largest magnitude's bits. Four integers an example take what came of it.
// RUN: switchyard-opt %s --pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s

// CHECK-LABEL: func.func @add
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: %[[BITS:.*]] = arith.bitcast %{{.*}} : f32 to i32
// CHECK: %[[MAGNITUDE:.*]] = arith.andi %[[BITS]], %c2147483647_i32
// CHECK: arith.maxsi %[[MAGNITUDE]], %{{.*}} : i32
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: arith.cmpi sge, %{{.*}}, %c2139095040_i32
func.func @add(%t: tensor<8x2x4xi32>, %g: tensor<8x3xf32>, %c: tensor<8xi1>) -> tensor<8x2x4xi32> {
  %u = swy.tally_gradient %t, %g where %c : tensor<8xi1> number 1 : tensor<8x2x4xi32>, tensor<8x3xf32>
  return %u : tensor<8x2x4xi32>
}

// CHECK-LABEL: func.func @join
// CHECK-SAME: %{{.*}}: tensor<8x2x4xi32>, %[[TURN:.*]]: tensor<8x2x4xi32>
// CHECK: %[[ALL:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[TURN]] :
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]} ins(%{{.*}}, %[[TURN]], %[[ALL]] :
// CHECK: arith.cmpi ne, %{{.*}}, %{{.*}} : i32
func.func @join(%t: tensor<8x2x4xi32>, %u: tensor<8x2x4xi32>) -> tensor<8x2x4xi32> {
  %v = swy.join_tallies %t, %u : tensor<8x2x4xi32>
  return %v : tensor<8x2x4xi32>
}

// CHECK-LABEL: func.func @empty
// CHECK: linalg.fill
func.func @empty(%rows: tensor<8x2xi32>) -> tensor<8x2x4xi32> {
  %t = swy.empty_tally of %rows : tensor<8x2xi32> -> tensor<8x2x4xi32>
  return %t : tensor<8x2x4xi32>
}
