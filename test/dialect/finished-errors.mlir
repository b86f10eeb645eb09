// What an attack gives lies within a radius in a norm, or within none.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

swy.attack @c1 away true scalars ["eps"] {
^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>):
  // expected-error @+1 {{needs a radius for a norm, and only for one}}
  %y = swy.finished %x, %eps norm <none> : tensor<1x4x4xf32>, tensor<f32>
  swy.yield %y : tensor<1x4x4xf32>
}

// -----

swy.attack @c1 away true {
^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>):
  // expected-error @+1 {{needs a radius for a norm, and only for one}}
  %y = swy.finished %x norm <l2> low 0.0 high 1.0 : tensor<1x4x4xf32>
  swy.yield %y : tensor<1x4x4xf32>
}

// -----

func.func @outside(%x: tensor<1x4x4xf32>) -> tensor<1x4x4xf32> {
  // expected-error @+1 {{expects parent op 'swy.attack'}}
  %y = swy.finished %x norm <none> : tensor<1x4x4xf32>
  return %y : tensor<1x4x4xf32>
}
