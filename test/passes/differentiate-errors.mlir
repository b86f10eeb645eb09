// What cannot be differentiated says so.
// RUN: switchyard-opt %s --swy-differentiate -verify-diagnostics -split-input-file

func.func @independent(%x: tensor<4x3xf32>, %e: tensor<4xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{the expression does not depend on the value its gradient is taken at}}
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// -----

func.func @through_softmax(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // expected-error @+2 {{a gradient cannot go through what is computed here}}
  // expected-note @+1 {{the operation swy.softmax has no derivative}}
  %y = swy.softmax %x : tensor<4x3xf32>
  %e = swy.reduce_sum %y keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// -----

// The value that a loop carries depends on the one it started with, by way of all turns before.
func.func @through_turns(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%y = %x) -> (tensor<4xf32>) {
    // expected-error @+1 {{a gradient cannot go through the turns of a loop}}
    %g = swy.gradient of %y at %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    %next = swy.add %y, %g : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// A loop that captures the value without carrying it is none that nothing comes through.
func.func @captured(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+2 {{a gradient cannot go through what is computed here}}
  // expected-note @+1 {{the operation scf.for has no derivative}}
  %e = scf.for %i = %c0 to %n step %c1 iter_args(%a = %y) -> (tensor<4xf32>) {
    %next = swy.add %a, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %next : tensor<4xf32>
  }
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func @stacked_weights(%x: tensor<8x4xf32>, %w: tensor<2x3x4xf32>, %b: tensor<2x3xf32>, %c: tensor<8xi32>)
    -> tensor<2x3x4xf32> {
  // expected-error @+1 {{a gradient cannot be taken at parameters that switch by example: each channel is trained alone}}
  %y = swy.dense %x, %w, %b channel %c : tensor<8xi32> : tensor<8x4xf32>, tensor<2x3x4xf32>, tensor<2x3xf32> -> tensor<8x3xf32>
  %e = swy.reduce_sum %y keep 1 : tensor<8x3xf32> -> tensor<8xf32>
  %g = swy.gradient of %e at %w : tensor<8xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return %g : tensor<2x3x4xf32>
}
