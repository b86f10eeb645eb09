// One error for each constraint (Cn) of what stands on weights.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @rows_of_pass_c1(%rows: tensor<8xi32>) {
  // expected-error @+1 {{rows must hold two words for each example, got 'tensor<8xi32>'}}
  %0 = swy.rows_of_pass %rows : tensor<8xi32> -> tensor<2xi32>
  return
}

// -----

func.func @rows_of_pass_c2(%rows: tensor<8x2xi32>) {
  // expected-error @+1 {{gives a row, or one for each of its channels, got 'tensor<8x2xi32>'}}
  %0 = swy.rows_of_pass %rows : tensor<8x2xi32> -> tensor<8x2xi32>
  return
}

// -----

func.func @rows_of_pass_c2_both(%rows: tensor<8x2xi32>, %c: tensor<i32>) {
  // expected-error @+1 {{gives a row, or one for each of its channels, got 'tensor<3x2xi32>'}}
  %0 = swy.rows_of_pass %rows channel %c : tensor<i32> channels 3 : tensor<8x2xi32> -> tensor<3x2xi32>
  return
}

// -----

func.func @weight_chain_c1(%x: tensor<16xf32>) {
  // expected-error @+1 {{needs one argument of its weights' type, 'tensor<10x16xf32>'}}
  %0 = swy.dense_layer %x units 10 path "a/0" : tensor<16xf32> -> tensor<10xf32> on_weights {
  ^bb0(%w: tensor<10xf32>):
    swy.yield %w : tensor<10xf32>
  }
  return
}

// -----

func.func @weight_chain_c2(%x: tensor<16xf32>) {
  // expected-error @+1 {{has something else than layers without weights on its weights}}
  %0 = swy.dense_layer %x units 10 path "a/0" : tensor<16xf32> -> tensor<10xf32> on_weights {
  ^bb0(%w: tensor<10x16xf32>):
    %e = arith.constant dense<1.0e-05> : tensor<f32>
    %n = swy.layer_norm_layer %w, %e path "a/1" : (tensor<10x16xf32>, tensor<f32>) -> tensor<10x16xf32>
    swy.yield %n : tensor<10x16xf32>
  }
  return
}

// -----

swy.defense @blocks {
  // expected-error @+1 {{stands on the weights of layers, not of blocks}}
  swy.insert on_weights_of first "block" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}
