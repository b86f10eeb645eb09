// What leaves a function takes its buffers along: operations on tensors are not outlined.
// RUN: switchyard-opt %s -swy-outline-loops -verify-diagnostics
// RUN: switchyard-opt %s -swy-outline-kernels -verify-diagnostics

#id = affine_map<(i) -> (i)>
func.func @on_tensors(%a: tensor<4xf32>) -> tensor<4xf32> attributes {swy.entry} {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{works on tensors, where buffers are expected (after bufferization)}}
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.addf %x, %x : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}
