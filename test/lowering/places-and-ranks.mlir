// Indices of elements join what reads them; ranks are counted; floor joins its neighbours.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(swy-lower-to-fused-linalg)" | FileCheck %s

// CHECK-LABEL: func.func @window
// CHECK: linalg.generic
// CHECK: linalg.index 2
// CHECK: math.floor
// CHECK: arith.cmpf oge
// CHECK: arith.select
// CHECK-NOT: linalg.generic
func.func @window(%x: tensor<8x1x4x4xf32>, %t: tensor<8xf32>) -> tensor<8x1x4x4xf32> attributes {swy.entry} {
  %r = swy.iota along 2 : tensor<8x1x4x4xf32>
  %f = swy.floor %x : (tensor<8x1x4x4xf32>) -> tensor<8x1x4x4xf32>
  %c = swy.compare ge %r, %t : (tensor<8x1x4x4xf32>, tensor<8xf32>) -> tensor<8x1x4x4xi1>
  %y = swy.select %c, %f, %x : (tensor<8x1x4x4xi1>, tensor<8x1x4x4xf32>, tensor<8x1x4x4xf32>) -> tensor<8x1x4x4xf32>
  return %y : tensor<8x1x4x4xf32>
}

// CHECK-LABEL: func.func @third
// CHECK: %[[BEFORE:.*]] = arith.constant 2 : i32
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.cmpi eq, %{{.*}}, %[[BEFORE]]
func.func @third(%z: tensor<8x10xf32>) -> tensor<8xi32> attributes {swy.entry} {
  %i = swy.arg_largest %z rank 3 : tensor<8x10xf32> -> tensor<8xi32>
  return %i : tensor<8xi32>
}
