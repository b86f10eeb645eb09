// eot(3): the gradient of the whole expression, averaged over three draws of the model. The attack's own draws are
// not in the sample set, and what does not depend on the draw is computed once where hoisting is on.
// RUN: switchyard-opt %s --swy-expand-expectation | FileCheck %s
// RUN: switchyard-opt %s --swy-expand-expectation --swy-batch --swy-hoist-expectation | FileCheck %s --check-prefix=HOIST

// CHECK-LABEL: func.func @dropout
// CHECK: swy.random_uniform {{.*}} site "attack/draw#0"
// CHECK: %[[SUM:.*]] = scf.for %[[D:.*]] = %{{.*}} iter_args(%[[ACC:.*]] = %{{.*}}) -> (tensor<4xf32>)
// CHECK: %[[ROWS:.*]] = swy.with_draw %{{.*}}, %{{.*}} : tensor<2xi32>, tensor<i32>
// CHECK: swy.exp
// CHECK: swy.random_uniform %{{.*}}, %[[ROWS]], %{{.*}} site "features/1"
// CHECK: %[[G:.*]] = swy.gradient of
// CHECK: swy.add %[[ACC]], %[[G]]
// CHECK: swy.expectation
// CHECK: swy.div %[[SUM]], %{{.*}} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>

// HOIST-LABEL: func.func @dropout
// HOIST: %[[H:.*]] = swy.exp
// HOIST: %[[C:.*]] = scf.for
// HOIST-NOT: swy.exp
// HOIST: swy.gradient of %{{.*}} at %[[H]]
// HOIST: %[[P:.*]] = swy.mul %[[H]], %[[C]]
// HOIST: %[[S:.*]] = swy.reduce_sum %[[P]] keep 1
// HOIST: swy.gradient of %[[S]] at
func.func @dropout(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                   %stream: tensor<i64> {swy.role = "stream"}, %r: tensor<f32> {swy.role = "scalar", swy.name = "r"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %own = swy.random_uniform %stream, %rows, %pass site "attack/draw#0" : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %start = swy.add %x, %own : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %h = swy.exp %start : (tensor<4xf32>) -> tensor<4xf32>
  %u = swy.random_uniform %stream, %rows, %pass site "features/1" : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %keep = swy.compare ge %u, %r : (tensor<4xf32>, tensor<f32>) -> tensor<4xi1>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %m = swy.select %keep, %h, %zero : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %e = swy.reduce_sum %m keep 0 : tensor<4xf32> -> tensor<f32>
  %g = swy.gradient of %e at %start : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}
