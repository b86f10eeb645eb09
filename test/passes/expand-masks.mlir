// A value that is compared is averaged whole, once, the layer's mask inside its loop included, and what is kept of it
// from there on is its mean (S4.2).
// RUN: switchyard-opt %s --swy-expand-expectation | FileCheck %s

// CHECK-LABEL: func.func @dropout
// CHECK: %[[SUM:.*]] = scf.for {{.*}} -> (tensor<f32>)
// CHECK: %[[U:.*]] = swy.random_uniform
// CHECK: %[[KEEP:.*]] = swy.compare ge %[[U]]
// CHECK: swy.select %[[KEEP]]
// CHECK: swy.expectation
// CHECK: %[[MEAN:.*]] = swy.div %[[SUM]]
// CHECK-NOT: scf.for
// CHECK: %[[LESS:.*]] = swy.compare lt %[[MEAN]]
// CHECK: %[[LEAST:.*]] = swy.select %[[LESS]], %[[MEAN]]
// CHECK: swy.add %{{.*}}, %[[LEAST]]
// CHECK-NOT: scf.for
func.func @dropout(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                   %stream: tensor<i64> {swy.role = "stream"}, %r: tensor<f32> {swy.role = "scalar", swy.name = "r"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %keep = swy.compare ge %u, %r : (tensor<4xf32>, tensor<f32>) -> tensor<4xi1>
  %m = swy.select %keep, %x, %zero : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %value = swy.reduce_sum %m keep 0 : tensor<4xf32> -> tensor<f32>
  %less = swy.compare lt %value, %r : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %least = swy.select %less, %value, %zero : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
  %y = swy.add %x, %least : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
