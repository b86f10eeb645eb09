// What cannot be differentiated says so.
// RUN: switchyard-opt %s --swy-differentiate -verify-diagnostics -split-input-file

func.func @independent(%x: tensor<4x3xf32>, %e: tensor<4xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{the expression does not depend on the value its gradient is taken at}}
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}

// -----

func.func @through_softmax(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{a gradient cannot go through softmax yet}}
  %y = swy.softmax %x : tensor<4x3xf32>
  %e = swy.reduce_sum %y keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}
