// What acts on one example and says no more cannot be batched.
// RUN: switchyard-opt %s --swy-batch -verify-diagnostics -split-input-file

func.func @no_batch_of_it(%x: tensor<4x3xf32> {swy.role = "image"}, %o: tensor<2xi32>) -> tensor<2x3xf32> attributes {swy.batch = 2 : i64} {
  // expected-error @+1 {{acts on one example and cannot be batched}}
  %y = swy.take_rows %x, %o : tensor<4x3xf32>, tensor<2xi32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
