// Layers on the weights of another layer, and the rows that their draws have.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: swy.network @net
swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<16xf32>):
  %d = arith.constant dense<1.0e-01> : tensor<f32>
  // CHECK: swy.dense_layer %{{.*}} units 10 path "head/0" : tensor<16xf32> -> tensor<10xf32> on_weights {
  // CHECK-NEXT: ^bb0(%[[W:.*]]: tensor<10x16xf32>):
  // CHECK-NEXT: swy.gaussian_noise_layer %[[W]],
  %y = swy.dense_layer %x units 10 path "head/0" : tensor<16xf32> -> tensor<10xf32> on_weights {
  ^bb0(%w: tensor<10x16xf32>):
    %n = swy.gaussian_noise_layer %w, %d when always path "head/0/weights+d.noise" :
      (tensor<10x16xf32>, tensor<f32>) -> tensor<10x16xf32>
    swy.yield %n : tensor<10x16xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.defense @noisy
swy.defense @noisy {
  // CHECK: swy.insert on_weights_of every "conv"
  swy.insert on_weights_of every "conv" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}

// CHECK-LABEL: func.func @rows
func.func @rows(%rows: tensor<8x2xi32>, %one: tensor<2xi32>, %i: tensor<i32>) {
  // CHECK: swy.rows_of_pass %{{.*}} : tensor<2xi32> -> tensor<2xi32>
  %0 = swy.rows_of_pass %one : tensor<2xi32> -> tensor<2xi32>
  // CHECK: swy.rows_of_pass %{{.*}} step %{{.*}} : tensor<i32> channel %{{.*}} : tensor<i32> : tensor<8x2xi32> -> tensor<2xi32>
  %1 = swy.rows_of_pass %rows step %i : tensor<i32> channel %i : tensor<i32> : tensor<8x2xi32> -> tensor<2xi32>
  // CHECK: swy.rows_of_pass %{{.*}} channels 3 : tensor<8x2xi32> -> tensor<3x2xi32>
  %2 = swy.rows_of_pass %rows channels 3 : tensor<8x2xi32> -> tensor<3x2xi32>
  return
}
