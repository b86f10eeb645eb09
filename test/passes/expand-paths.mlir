// Sample sets beyond one gradient over draws: paths through switching blocks, paths times draws, and values that end
// in a comparison, in the next iteration or in the result (S4.1, S4.2).
// RUN: switchyard-opt %s --swy-expand-expectation | FileCheck %s
// RUN: switchyard-opt %s --swy-expand-expectation --swy-batch --swy-hoist-expectation | FileCheck %s --check-prefix=HOIST

// Both blocks' channels in turn, the second inside the first, divided by 2 x 3 once.
// CHECK-LABEL: func.func @paths
// CHECK: %[[SUM:.*]] = scf.for %{{.*}} = %{{.*}} to %c2{{.*}} iter_args(%[[OUTER:.*]] = %{{.*}}) -> (tensor<4xf32>)
// CHECK: %[[A:.*]] = tensor.from_elements
// CHECK: %[[INNER:.*]] = scf.for %{{.*}} = %{{.*}} to %c3{{.*}} iter_args(%[[ACC:.*]] = %{{.*}}) -> (tensor<4xf32>)
// CHECK: %[[B:.*]] = tensor.from_elements
// CHECK: swy.take_channel %{{.*}} at %[[A]]
// CHECK: swy.take_channel %{{.*}} at %[[B]]
// CHECK: %[[G:.*]] = swy.gradient of
// CHECK: swy.add %[[ACC]], %[[G]]
// CHECK: swy.expectation
// CHECK: swy.add %[[OUTER]], %[[INNER]]
// CHECK: swy.expectation
// CHECK: %[[SIX:.*]] = arith.constant dense<6.000000e+00>
// CHECK: %[[R:.*]] = swy.div %[[SUM]], %[[SIX]]
// CHECK-NOT: swy.path_channel
// CHECK: return %[[R]]

// Only what a loop's channel changes stays in it: forward the first layer runs once for each of its channels, backward
// as well, with the cotangents of all paths behind it summed.
// HOIST-LABEL: func.func @paths
// HOIST: scf.for
// HOIST: swy.take_channel
// HOIST: %[[H:.*]] = swy.dense
// HOIST: scf.for
// HOIST-NOT: swy.dense %arg0
// HOIST: swy.gradient of %{{.*}} at %[[H]]
// HOIST: swy.mul %[[H]]
// HOIST: swy.gradient of
func.func @paths(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                 %w: tensor<2x5x4xf32> {swy.role = "weight"}, %b: tensor<5xf32> {swy.role = "weight"},
                 %v: tensor<3x1x5xf32> {swy.role = "weight"}, %d: tensor<1xf32> {swy.role = "weight"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %p = swy.path_channel block 0 below 2 : tensor<i32>
  %q = swy.path_channel block 1 below 3 : tensor<i32>
  %wp = swy.take_channel %w at %p : tensor<2x5x4xf32>, tensor<i32> -> tensor<5x4xf32>
  %h = swy.dense %x, %wp, %b : tensor<4xf32>, tensor<5x4xf32>, tensor<5xf32> -> tensor<5xf32>
  %vq = swy.take_channel %v at %q : tensor<3x1x5xf32>, tensor<i32> -> tensor<1x5xf32>
  %z = swy.dense %h, %vq, %d : tensor<5xf32>, tensor<1x5xf32>, tensor<1xf32> -> tensor<1xf32>
  %e = swy.reduce_sum %z keep 0 : tensor<1xf32> -> tensor<f32>
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// Chances weigh what is summed, and only what has none is divided by: a block of two channels, a choice of two members.
// CHECK-LABEL: func.func @weighed
// CHECK: %[[SUM:.*]] = scf.for %[[I:.*]] = %{{.*}} to %c2
// CHECK-NOT: swy.take
// CHECK: scf.for %[[J:.*]] = %{{.*}} to %c2{{.*}} iter_args(%[[ACC:.*]] = %{{.*}}) -> (tensor<4xf32>)
// CHECK: %[[ALL:.*]] = arith.constant dense<[7.500000e-01, 2.500000e-01]> : tensor<2xf32>
// CHECK: %[[CHANCE:.*]] = swy.take %[[ALL]], %{{.*}} : tensor<2xf32>, tensor<i32> -> tensor<f32>
// CHECK-NOT: swy.mul {{.*}} tensor<f32>, tensor<f32>
// CHECK: %[[E:.*]] = swy.reduce_sum
// CHECK: %[[OF:.*]] = swy.mul %[[E]], %[[CHANCE]]
// CHECK: %[[G:.*]] = swy.gradient of %[[OF]]
// CHECK: swy.add %[[ACC]], %[[G]]
// CHECK: %[[TWO:.*]] = arith.constant dense<2.000000e+00>
// CHECK: swy.div %[[SUM]], %[[TWO]]
// CHECK-NOT: swy.path_channel

// Each member runs once, in front of the loop over the members: what is in it is a selection.
// HOIST-LABEL: func.func @weighed
// HOIST: scf.for
// HOIST: swy.dense
// HOIST: swy.relu
// HOIST: swy.tanh
// HOIST: scf.for
// HOIST-NOT: swy.relu %
// HOIST-NOT: swy.tanh
// HOIST: swy.is_member
// HOIST: swy.select
// HOIST: scf.yield
func.func @weighed(%x: tensor<4xf32> {swy.role = "image"}, %w: tensor<2x5x4xf32> {swy.role = "weight"},
                   %b: tensor<5xf32> {swy.role = "weight"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %p = swy.path_channel block 0 below 2 : tensor<i32>
  %q = swy.path_channel block 1 below 2 chances [7.5e-01, 2.5e-01] : tensor<i32>
  %wp = swy.take_channel %w at %p : tensor<2x5x4xf32>, tensor<i32> -> tensor<5x4xf32>
  %h = swy.dense %x, %wp, %b : tensor<4xf32>, tensor<5x4xf32>, tensor<5xf32> -> tensor<5xf32>
  %one = swy.relu %h : (tensor<5xf32>) -> tensor<5xf32>
  %two = swy.tanh %h : (tensor<5xf32>) -> tensor<5xf32>
  %is = swy.is_member %q is 0 : (tensor<i32>) -> tensor<i1>
  %z = swy.select %is, %one, %two : (tensor<i1>, tensor<5xf32>, tensor<5xf32>) -> tensor<5xf32>
  %e = swy.reduce_sum %z keep 0 : tensor<5xf32> -> tensor<f32>
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// Chances of two choices multiply; nothing is divided by. A condition is weighed as it is counted.
// CHECK-LABEL: func.func @weighed_twice
// CHECK: %[[SHARE:.*]] = scf.for %{{.*}} to %c2
// CHECK: %[[FIRST:.*]] = swy.take
// CHECK: scf.for %{{.*}} to %c3
// CHECK: %[[SECOND:.*]] = swy.take
// CHECK: %[[BOTH:.*]] = swy.mul %[[FIRST]], %[[SECOND]]
// CHECK: %[[C:.*]] = swy.to_real
// CHECK: swy.mul %[[C]], %[[BOTH]]
// CHECK: %[[ONE:.*]] = arith.constant dense<1.000000e+00>
// CHECK: swy.div %[[SHARE]], %[[ONE]]
func.func @weighed_twice(%x: tensor<f32> {swy.role = "image"}, %t: tensor<f32> {swy.role = "scalar", swy.name = "t"})
    -> (tensor<f32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %p = swy.path_channel block 0 below 2 chances [6.0e-01, 4.0e-01] : tensor<i32>
  %q = swy.path_channel block 1 below 3 chances [2.0e-01, 3.0e-01, 5.0e-01] : tensor<i32>
  %is = swy.is_member %p is 1 : (tensor<i32>) -> tensor<i1>
  %are = swy.is_member %q is 2 : (tensor<i32>) -> tensor<i1>
  %y = swy.select %is, %x, %t : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
  %z = swy.select %are, %y, %t : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
  %c = swy.compare lt %z, %t : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %s = swy.chance %c : tensor<i1> -> tensor<f32>
  return %s : tensor<f32>
}

// all_paths(draws = 5): the draws outside, the channels inside.
// CHECK-LABEL: func.func @paths_and_draws
// CHECK: scf.for %{{.*}} to %c5
// CHECK: %[[ROWS:.*]] = swy.with_draw
// CHECK: scf.for %{{.*}} to %c2
// CHECK: swy.random_normal %{{.*}}, %[[ROWS]], %{{.*}} site <model, "features/0+noise">
// CHECK: arith.constant dense<1.000000e+01>
func.func @paths_and_draws(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                           %stream: tensor<i64> {swy.role = "stream"}, %w: tensor<2xf32> {swy.role = "weight"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 5 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %n = swy.random_normal %stream, %rows, %pass site <model, "features/0+noise"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %p = swy.path_channel block 0 below 2 : tensor<i32>
  %wp = swy.take_channel %w at %p : tensor<2xf32>, tensor<i32> -> tensor<f32>
  %y = swy.add %x, %n : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %s = swy.mul %y, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %m = swy.mul %s, %wp : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %e = swy.reduce_sum %m keep 0 : tensor<4xf32> -> tensor<f32>
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// The share of draws under which the condition holds: the condition is computed under each.
// CHECK-LABEL: func.func @chance
// CHECK: %[[SHARE:.*]] = scf.for %{{.*}} to %c3{{.*}} -> (tensor<f32>)
// CHECK: %[[C:.*]] = swy.compare lt
// CHECK: %[[ONE:.*]] = swy.to_real %[[C]]
// CHECK: swy.add %{{.*}}, %[[ONE]]
// CHECK: %[[P:.*]] = swy.div %[[SHARE]], %{{.*}} : (tensor<f32>, tensor<f32>) -> tensor<f32>
// CHECK: %[[HALF:.*]] = swy.compare ge %[[P]]
// CHECK: swy.select %[[HALF]]
// CHECK-NOT: swy.chance
func.func @chance(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                  %stream: tensor<i64> {swy.role = "stream"}, %t: tensor<f32> {swy.role = "scalar", swy.name = "t"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %y = swy.mul %x, %u : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %s = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  %c = swy.compare lt %s, %t : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %p = swy.chance %c : tensor<i1> -> tensor<f32>
  %h = swy.compare ge %p, %t : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %zero = swy.sub %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %r = swy.select %h, %x, %zero : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// With one draw the share is 1 or 0.
// CHECK-LABEL: func.func @chance_of_one
// CHECK-NOT: scf.for
// CHECK: swy.to_real
func.func @chance_of_one(%x: tensor<f32> {swy.role = "image"}, %t: tensor<f32>) -> tensor<f32> attributes {swy.entry, swy.batch = 8 : i64} {
  %c = swy.compare lt %x, %t : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %p = swy.chance %c : tensor<i1> -> tensor<f32>
  return %p : tensor<f32>
}

// What is compared is the mean, not each draw's value.
// CHECK-LABEL: func.func @compared
// CHECK: %[[SUM:.*]] = scf.for %{{.*}} to %c3{{.*}} -> (tensor<f32>)
// CHECK-NOT: swy.compare
// CHECK: swy.expectation
// CHECK: %[[MEAN:.*]] = swy.div %[[SUM]]
// CHECK: swy.compare lt %[[MEAN]]
func.func @compared(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                    %stream: tensor<i64> {swy.role = "stream"}, %t: tensor<f32> {swy.role = "scalar", swy.name = "t"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %y = swy.mul %x, %u : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %s = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  %h = swy.compare lt %s, %t : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %zero = swy.sub %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %r = swy.select %h, %x, %zero : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// Kept for the next iteration, and read in a loop from outside it.
// CHECK-LABEL: func.func @kept
// CHECK: %[[OUTSIDE:.*]] = scf.for %{{.*}} to %c3
// CHECK: site <model, "features/1">
// CHECK: swy.expectation
// CHECK: %[[MEAN:.*]] = swy.div %[[OUTSIDE]]
// CHECK: scf.for %{{.*}} iter_args(%[[KEPT:.*]] = %{{.*}})
// CHECK: %[[INSIDE:.*]] = scf.for %{{.*}} to %c3
// CHECK: site <model, "features/2">
// CHECK: swy.mul %{{.*}}, %[[MEAN]]
// CHECK: swy.expectation
// CHECK: %[[NEXT:.*]] = swy.div %[[INSIDE]]
// CHECK-NEXT: scf.yield %[[NEXT]]
func.func @kept(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %r = scf.for %i = %c0 to %c7 step %c1 iter_args(%a = %x) -> tensor<4xf32> {
    %v = swy.random_uniform %stream, %rows, %pass site <model, "features/2"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
    %s = swy.add %a, %v : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = swy.mul %s, %u : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %m : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @returned
// CHECK: %[[SUM:.*]] = scf.for
// CHECK: %[[MEAN:.*]] = swy.div %[[SUM]]
// CHECK: return %[[MEAN]]
func.func @returned(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                    %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  return %u : tensor<4xf32>
}
