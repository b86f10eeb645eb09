// `expected`: a mean over the sample set inside of an expression (S4.5). A gradient goes through it in two steps: what is
// made of the mean has one at the mean, and that is the cotangent of what the mean is of, under each draw.
// RUN: switchyard-opt %s --split-input-file --swy-expand-expectation | FileCheck %s

// CHECK-LABEL: func.func @loss_of_mean
func.func @loss_of_mean(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                        %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %n = swy.random_normal %stream, %rows, %pass site <model, "noise"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  // CHECK: %[[SUM:.*]] = scf.for
  // CHECK: swy.mul %{{.*}} : (tensor<4xf32>, tensor<4xf32>)
  // CHECK: swy.expectation
  // CHECK: %[[MEAN:.*]] = swy.div %[[SUM]]
  %y = swy.mul %x, %n : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %m = swy.expected %y : tensor<4xf32>
  // CHECK: %[[OF:.*]] = swy.log_sum_exp %[[MEAN]]
  %e = swy.log_sum_exp %m : tensor<4xf32> -> tensor<f32>
  // CHECK: %[[C:.*]] = swy.gradient of %[[OF]] at %[[MEAN]]
  // CHECK: %[[FIXED:.*]] = swy.stop_gradient %[[C]]
  // CHECK: %[[INNER:.*]] = scf.for
  // CHECK: swy.mul %{{.*}}, %[[FIXED]]
  // CHECK: swy.reduce_sum
  // CHECK: swy.gradient of %{{.*}} at %arg0
  // CHECK: swy.expectation
  // CHECK: %[[G:.*]] = swy.div %[[INNER]]
  // CHECK: return %[[G]]
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// What is read beside the mean keeps a gradient of its own, and `chance` over a mean is of one value.
// CHECK-LABEL: func.func @beside
func.func @beside(%x: tensor<f32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                  %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<f32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %n = swy.random_normal %stream, %rows, %pass site <model, "noise"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<f32>
  %y = swy.mul %x, %n : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // CHECK: %[[MEAN:.*]] = swy.div
  %m = swy.expected %y : tensor<f32>
  // CHECK: %[[P:.*]] = swy.mul %[[MEAN]], %arg0
  %p = swy.mul %m, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // CHECK: %[[BOTH:.*]]:2 = swy.gradient of %[[P]] at %arg0, %[[MEAN]]
  // CHECK: swy.stop_gradient %[[BOTH]]#1
  // CHECK: %[[INNER:.*]] = swy.div
  // CHECK: %[[G:.*]] = swy.add %[[BOTH]]#0, %[[INNER]]
  %g = swy.gradient of %p at %x : tensor<f32>, tensor<f32> -> tensor<f32>
  // CHECK: %[[HOLDS:.*]] = swy.compare lt %[[MEAN]]
  // CHECK-NEXT: swy.to_real %[[HOLDS]]
  %c = swy.compare lt %m, %zero : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %chance = swy.chance %c : tensor<i1> -> tensor<f32>
  %r = swy.add %g, %chance : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}

// -----

// A gradient is a mean already, and so is what is made of it.
// CHECK-LABEL: func.func @of_a_gradient
func.func @of_a_gradient(%x: tensor<f32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                         %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<f32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %n = swy.random_normal %stream, %rows, %pass site <model, "noise"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<f32>
  %y = swy.mul %x, %n : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // CHECK: scf.for
  // CHECK: %[[G:.*]] = swy.div
  %g = swy.gradient of %y at %x : tensor<f32>, tensor<f32> -> tensor<f32>
  // CHECK-NEXT: %[[S:.*]] = swy.mul %[[G]], %[[G]]
  // CHECK-NEXT: return %[[S]]
  %s = swy.mul %g, %g : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %m = swy.expected %s : tensor<f32>
  return %m : tensor<f32>
}

// -----

// Of one draw it is the value.
// CHECK-LABEL: func.func @one
// CHECK-NEXT: swy.neg
// CHECK-NEXT: return
func.func @one(%x: tensor<f32> {swy.role = "image"}) -> (tensor<f32> {swy.role = "adversarial"}) attributes {swy.entry} {
  %y = swy.neg %x : (tensor<f32>) -> tensor<f32>
  %m = swy.expected %y : tensor<f32>
  return %m : tensor<f32>
}
