// Gradients and what they are made at, powers, norms and sums: printed and parsed again.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: func.func @objective
func.func @objective(%x0: tensor<4x3xf32>, %k: tensor<f32>) -> tensor<4x3xf32> {
  // CHECK: %[[X:.*]] = swy.variable %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %x = swy.variable %x0 : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.pow %[[X]], %{{.*}} : (tensor<4x3xf32>, tensor<f32>) -> tensor<4x3xf32>
  %p = swy.pow %x, %k : (tensor<4x3xf32>, tensor<f32>) -> tensor<4x3xf32>
  // CHECK: swy.norm %{{.*}} keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  %n = swy.norm %p keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  // CHECK: swy.reduce_sum %{{.*}} keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  %s = swy.reduce_sum %p keep 1 : tensor<4x3xf32> -> tensor<4xf32>
  %e = swy.add %n, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: swy.gradient of %{{.*}} at %[[X]] : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  %g = swy.gradient of %e at %x : tensor<4xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return %g : tensor<4x3xf32>
}
