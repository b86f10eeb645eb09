// RUN: switchyard-opt %s -swy-assign-destinations -verify-diagnostics -split-input-file

// expected-error @+1 {{result 0 names argument 0 of another type}}
func.func @into_another_type(%x: tensor<4xf32>, %y: tensor<8xf32>) -> (tensor<8xf32> {swy.into = 0 : i64})
    attributes {swy.entry} {
  return %y : tensor<8xf32>
}

// -----

// expected-error @+1 {{argument 0 is no tensor}}
func.func @not_a_tensor(%n: index, %y: tensor<8xf32>) -> tensor<8xf32> attributes {swy.entry} {
  return %y : tensor<8xf32>
}
