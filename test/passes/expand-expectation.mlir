// eot(3): the gradient of the whole expression, averaged over three draws of the model. The attack's own draws are
// not in the sample set, and what does not depend on the draw is computed once where hoisting is on.
// RUN: switchyard-opt %s --swy-expand-expectation | FileCheck %s
// RUN: switchyard-opt %s --swy-expand-expectation --swy-batch --swy-hoist-expectation | FileCheck %s --check-prefix=HOIST

// CHECK-LABEL: func.func @dropout
// CHECK: swy.random_uniform {{.*}} site <attack, 0>
// CHECK: %[[SUM:.*]] = scf.for %[[D:.*]] = %{{.*}} iter_args(%[[ACC:.*]] = %{{.*}}) -> (tensor<4xf32>)
// CHECK: %[[ROWS:.*]] = swy.with_draw %{{.*}}, %{{.*}} : tensor<2xi32>, tensor<i32>
// CHECK: swy.exp
// CHECK: swy.random_uniform %{{.*}}, %[[ROWS]], %{{.*}} site <model, "features/1">
// CHECK: %[[G:.*]] = swy.gradient of
// CHECK: swy.add %[[ACC]], %[[G]]
// CHECK: swy.expectation
// CHECK: swy.div %[[SUM]], %{{.*}} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>

// HOIST-LABEL: func.func @dropout
// HOIST: %[[H:.*]] = swy.exp
// HOIST: %[[C:.*]] = scf.for
// HOIST-NOT: swy.exp
// HOIST: swy.gradient of %{{.*}} at %[[H]]
// HOIST: %[[F:.*]] = swy.stop_gradient %[[C]]
// HOIST: %[[P:.*]] = swy.mul %[[H]], %[[F]]
// HOIST: %[[S:.*]] = swy.reduce_sum %[[P]] keep 1
// HOIST: swy.gradient of %[[S]] at
func.func @dropout(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                   %stream: tensor<i64> {swy.role = "stream"}, %r: tensor<f32> {swy.role = "scalar", swy.name = "r"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %own = swy.random_uniform %stream, %rows, %pass site <attack, 0> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %start = swy.add %x, %own : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %h = swy.exp %start : (tensor<4xf32>) -> tensor<4xf32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %keep = swy.compare ge %u, %r : (tensor<4xf32>, tensor<f32>) -> tensor<4xi1>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %m = swy.select %keep, %h, %zero : (tensor<4xi1>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %e = swy.reduce_sum %m keep 0 : tensor<4xf32> -> tensor<f32>
  %g = swy.gradient of %e at %start : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// A layer of a block called `attack` draws for the model: names mean nothing.
// CHECK-LABEL: func.func @named_attack
// CHECK: scf.for
// CHECK: %[[ROWS:.*]] = swy.with_draw
// CHECK: swy.random_normal %{{.*}}, %[[ROWS]], %{{.*}} site <model, "attack/4">
// CHECK: swy.gradient
func.func @named_attack(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                        %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %n = swy.random_normal %stream, %rows, %pass site <model, "attack/4"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %y = swy.mul %x, %n : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// The random part of the expression stands outside of the loop with the gradient: it is drawn anew in each member of
// the sample set all the same.
// CHECK-LABEL: func.func @drawn_outside
// CHECK: scf.for
// CHECK: scf.for
// CHECK: %[[ROWS:.*]] = swy.with_draw
// CHECK: swy.random_normal %{{.*}}, %[[ROWS]], %{{.*}} site <model, "features/1">
// CHECK: swy.gradient
func.func @drawn_outside(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                         %stream: tensor<i64> {swy.role = "stream"}, %times: index)
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %pass = arith.constant dense<0> : tensor<i32>
  %n = swy.random_normal %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %y = swy.mul %x, %n : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  %r = scf.for %i = %c0 to %times step %c1 iter_args(%d = %x) -> (tensor<4xf32>) {
    %s = swy.reduce_sum %x keep 0 : tensor<4xf32> -> tensor<f32>
    %f = swy.add %e, %s : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %g = swy.gradient of %f at %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
    %next = swy.add %d, %g : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
