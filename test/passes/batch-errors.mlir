// What is the same for all examples has no dimension for them; it is repeated where it is made of scalars, and an error else.
// RUN: switchyard-opt %s --swy-batch -split-input-file -verify-diagnostics

func.func @weights_of_no_layer(%x: tensor<3xf32> {swy.role = "image"}, %w: tensor<3xf32> {swy.role = "weight"}) -> tensor<3xf32>
    attributes {swy.batch = 2 : i64} {
  // expected-error @+1 {{meets a value of type 'tensor<3xf32>' that is the same for all examples, but not spread from scalars}}
  %y = swy.mul %x, %w : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @constant(%x: tensor<3xf32> {swy.role = "image"}) -> tensor<3xf32> attributes {swy.batch = 2 : i64} {
  %c = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  // expected-error @+1 {{cannot be repeated}}
  %y = swy.mul %x, %c : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @no_batch_of_it(%x: tensor<2x3xf32> {swy.role = "image"}, %c: tensor<i32>) -> tensor<3xf32> attributes {swy.batch = 2 : i64} {
  // expected-error @+1 {{acts on one example and cannot be batched}}
  %y = swy.take_channel %x at %c : tensor<2x3xf32>, tensor<i32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}
