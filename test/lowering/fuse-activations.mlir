// RUN: switchyard-opt %s -swy-fuse-activations | FileCheck %s

// CHECK-LABEL: func.func @relu_joins_its_layer
func.func @relu_joins_its_layer(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) -> tensor<8x3xf32> {
  // CHECK: %[[Y:.*]] = swy.dense %{{.*}}, %{{.*}}, %{{.*}} relu
  // CHECK-NEXT: return %[[Y]]
  %y = swy.dense %x, %w, %b : tensor<8x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<8x3xf32>
  %r = swy.relu %y : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// CHECK-LABEL: func.func @a_layer_used_twice_keeps_its_relu_apart
func.func @a_layer_used_twice_keeps_its_relu_apart(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  // CHECK: swy.dense
  // CHECK-NEXT: swy.relu
  %y = swy.dense %x, %w, %b : tensor<8x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<8x3xf32>
  %r = swy.relu %y : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %y, %r : tensor<8x3xf32>, tensor<8x3xf32>
}

// CHECK-LABEL: func.func @relu_and_its_mask_move_below_pooling
// CHECK-SAME: (%[[X:.*]]: tensor<2x1x4x4xf32>, %[[D:.*]]: tensor<2x1x2x2xf32>)
func.func @relu_and_its_mask_move_below_pooling(%x: tensor<2x1x4x4xf32>, %d: tensor<2x1x2x2xf32>)
    -> (tensor<2x1x2x2xf32>, tensor<2x1x4x4xf32>) {
  // CHECK: %[[P:.*]], %[[I:.*]] = swy.max_pool %[[X]] size 2
  // CHECK: %[[R:.*]] = swy.relu %[[P]]
  // CHECK: %[[M:.*]] = swy.relu_backward %[[D]], %[[R]] : tensor<2x1x2x2xf32>
  // CHECK: %[[G:.*]] = swy.max_pool_backward %[[M]], %[[I]] size 2
  // CHECK: return %[[R]], %[[G]]
  %r = swy.relu %x : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %p, %i = swy.max_pool %r size 2 : tensor<2x1x4x4xf32> -> tensor<2x1x2x2xf32>, tensor<2x1x2x2xi8>
  %g = swy.max_pool_backward %d, %i size 2 : tensor<2x1x2x2xf32>, tensor<2x1x2x2xi8> -> tensor<2x1x4x4xf32>
  %m = swy.relu_backward %g, %r : tensor<2x1x4x4xf32>
  return %p, %m : tensor<2x1x2x2xf32>, tensor<2x1x4x4xf32>
}

// CHECK-LABEL: func.func @also_below_windows_that_overlap
func.func @also_below_windows_that_overlap(%x: tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32> {
  // CHECK: %[[P:.*]], %{{.*}} = swy.max_pool %{{.*}} size 3 stride 1 padding 1
  // CHECK: swy.relu %[[P]]
  %r = swy.relu %x : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %p, %i = swy.max_pool %r size 3 stride 1 padding 1 : tensor<2x1x4x4xf32> -> tensor<2x1x4x4xf32>, tensor<2x1x4x4xi8>
  return %p : tensor<2x1x4x4xf32>
}
