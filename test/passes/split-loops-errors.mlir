// RUN: switchyard-opt %s --swy-split-loops -verify-diagnostics

func.func @from_one(%x: tensor<f32>, %n: index) -> tensor<f32> {
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{a gradient cannot go through the turns of this loop}}
  %p = scf.for %i = %c1 to %n step %c1 iter_args(%t = %x) -> (tensor<f32>) {
    %next = swy.mul %t, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %next : tensor<f32>
  }
  %g = swy.gradient of %p at %x : tensor<f32>, tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}
