// An image that is one for all examples and was not made of numbers cannot be repeated for each.
// RUN: switchyard-opt %s --swy-batch -verify-diagnostics -split-input-file

func.func @meets(%x: tensor<4xf32> {swy.role = "image"}) -> (tensor<4xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %given = arith.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>
  // expected-error @+1 {{asks for each example's own value, and operand 1 is one for all: 'tensor<4xf32>'}}
  %y = swy.add %x, %given : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @returned(%x: tensor<4xf32> {swy.role = "image"}) -> (tensor<4xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %given = arith.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>
  // expected-error @+1 {{asks for each example's own value, and operand 0 is one for all: 'tensor<4xf32>'}}
  return %given : tensor<4xf32>
}

// -----

func.func @no_batch_of_it(%x: tensor<2x3xf32> {swy.role = "image"}, %c: tensor<i32>) -> tensor<3xf32> attributes {swy.batch = 2 : i64} {
  // expected-error @+1 {{acts on one example and cannot be batched}}
  %y = swy.take_channel %x at %c : tensor<2x3xf32>, tensor<i32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}
