// Momentum and weights are updated where they lie, in one loop over both, without a buffer of its own.
// RUN: switchyard-opt %s -swy-lower-to-buffers | FileCheck %s

// CHECK-LABEL: func.func @step
// CHECK-SAME: %[[W:[a-z0-9]+]]: memref<40x9xf32>, %[[V:[a-z0-9]+]]: memref<40x9xf32>
// CHECK-SAME: memref<64xi8>
// CHECK-NOT: memref.copy
// CHECK: linalg.generic {{.*}} outs(%[[V]], %[[W]] : {{.*}})
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @step(%w: tensor<40x9xf32>, %v: tensor<40x9xf32>, %g: tensor<40x9xf32>, %rate: tensor<f32>,
    %momentum: tensor<f32>) -> (tensor<40x9xf32> {swy.into = 0 : i64}, tensor<40x9xf32> {swy.into = 1 : i64})
    attributes {swy.entry} {
  %mv = swy.mul %momentum, %v : (tensor<f32>, tensor<40x9xf32>) -> tensor<40x9xf32>
  %v2 = swy.add %mv, %g : (tensor<40x9xf32>, tensor<40x9xf32>) -> tensor<40x9xf32>
  %u = swy.mul %rate, %v2 : (tensor<f32>, tensor<40x9xf32>) -> tensor<40x9xf32>
  %w2 = swy.sub %w, %u : (tensor<40x9xf32>, tensor<40x9xf32>) -> tensor<40x9xf32>
  return %w2, %v2 : tensor<40x9xf32>, tensor<40x9xf32>
}
