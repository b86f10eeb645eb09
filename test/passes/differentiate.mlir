// Reverse mode over a batch: each example's own gradient at the input, the batch's sum at a parameter.
// RUN: switchyard-opt %s --swy-differentiate --canonicalize --cse | FileCheck %s

// The gradient of a sum of squares is x times two, as x + x.
// CHECK-LABEL: func.func @square
// CHECK-SAME: %[[X:.*]]: tensor<4x3xf32>
func.func @square(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %y = swy.mul %x, %x : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %e = swy.reduce_sum %y keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  // CHECK-NOT: swy.gradient
  // CHECK: %[[DY:.*]] = swy.broadcast %{{.*}} : tensor<4xf32> to tensor<4x3xf32>
  // CHECK: %[[HALF:.*]] = swy.mul %[[DY]], %[[X]]
  // CHECK: swy.add %[[HALF]], %[[HALF]]
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// In an attack nobody asks for the weights' cotangents.
// CHECK-LABEL: func.func @input_only
func.func @input_only(%x: tensor<4x3xf32>, %w: tensor<2x3xf32>, %b: tensor<2xf32>, %t: tensor<4xi32>) -> tensor<4x3xf32> {
  %z = swy.dense %x, %w, %b : tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xf32> -> tensor<4x2xf32>
  %e = swy.take %z, %t : tensor<4x2xf32>, tensor<4xi32> -> tensor<4xf32>
  // CHECK: swy.one_hot
  // CHECK-NOT: swy.dense_backward_weights
  // CHECK: swy.dense_backward_input
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// A scalar that was broadcast over the batch receives the sum.
// CHECK-LABEL: func.func @summed_over_batch
func.func @summed_over_batch(%s: tensor<f32>, %p: tensor<4xf32>, %seed: tensor<4xf32>) -> tensor<f32> {
  %e = swy.mul %s, %p : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[DS:.*]] = swy.mul %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: swy.reduce_sum %[[DS]] keep 0 : tensor<4xf32> -> tensor<f32>
  %g = swy.gradient of %e at %s seed %seed : tensor<4xf32> : tensor<4xf32>, tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}

// Nothing comes back through a floor or a comparison.
// CHECK-LABEL: func.func @rounded
// CHECK-SAME: %[[X:.*]]: tensor<4x3xf32>
func.func @rounded(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // CHECK: %[[MASK:.*]] = swy.compare gt %[[X]]
  %zero = arith.constant dense<0.0> : tensor<f32>
  %m = swy.compare gt %x, %zero : (tensor<4x3xf32>, tensor<f32>) -> tensor<4x3xi1>
  %f = swy.floor %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = swy.select %m, %x, %f : (tensor<4x3xi1>, tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %e = swy.reduce_sum %y keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  // CHECK: %[[DY:.*]] = swy.broadcast %{{.*}} to tensor<4x3xf32>
  // CHECK: %[[DX:.*]] = swy.select %[[MASK]], %[[DY]]
  // CHECK: return %[[DX]]
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// What the expression is made of may stand in a block around the gradient's: 2 x + 1, not 1.
// CHECK-LABEL: func.func @around
// CHECK-SAME: %[[X:.*]]: tensor<4x3xf32>
func.func @around(%x: tensor<4x3xf32>, %n: index) -> tensor<4x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %square = swy.mul %x, %x : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = swy.reduce_sum %square keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  // CHECK: scf.for
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%d = %x) -> (tensor<4x3xf32>) {
    %s = swy.reduce_sum %x keep 1 : tensor<4x3xf32> -> tensor<4xf32>
    %e = swy.add %y, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    // CHECK: %[[DY:.*]] = swy.broadcast %{{.*}} : tensor<4xf32> to tensor<4x3xf32>
    // CHECK: %[[DX:.*]] = swy.mul %[[DY]], %[[X]]
    // CHECK: %[[ONE:.*]] = swy.add %[[DY]], %[[DX]]
    // CHECK: %[[ALL:.*]] = swy.add %[[ONE]], %[[DX]]
    // CHECK: swy.add %{{.*}}, %[[ALL]]
    %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
    %next = swy.add %d, %g : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
    scf.yield %next : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}

// A variable is another value than the one it was given: x0 alone is differentiated, or x alone.
// CHECK-LABEL: func.func @variable
// CHECK-SAME: %[[X0:.*]]: tensor<4x3xf32>
func.func @variable(%x0: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %x = swy.variable %x0 : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = swy.mul %x, %x0 : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %e = swy.reduce_sum %y keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  // CHECK-NOT: swy.variable
  // CHECK: %[[DY:.*]] = swy.broadcast %{{.*}} : tensor<4xf32> to tensor<4x3xf32>
  // CHECK: %[[DX:.*]] = swy.mul %[[DY]], %[[X0]]
  // CHECK: return %[[DX]]
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// The point before, which the loop carries, is a constant to the gradient at the point of this turn.
// CHECK-LABEL: func.func @point_before
// CHECK: scf.for {{.*}} iter_args(%[[X:.*]] = %{{.*}}, %[[BEFORE:.*]] = %{{.*}})
// CHECK: %[[DY:.*]] = swy.broadcast %{{.*}} : tensor<4xf32> to tensor<4x3xf32>
// CHECK: %[[DX:.*]] = swy.mul %[[DY]], %[[BEFORE]]
// CHECK: %[[NEXT:.*]] = swy.add %[[X]], %[[DX]]
// CHECK: scf.yield %[[NEXT]], %[[X]]
func.func @point_before(%x0: tensor<4x3xf32>, %n: index) -> tensor<4x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %x0, %before = %x0) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
    %y = swy.mul %x, %before : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
    %e = swy.reduce_sum %y keep 1 : tensor<4x3xf32> -> tensor<4xf32>
    %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
    %next = swy.add %x, %g : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
    scf.yield %next, %x : tensor<4x3xf32>, tensor<4x3xf32>
  }
  return %r#0 : tensor<4x3xf32>
}
