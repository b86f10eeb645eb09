// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-assign-layouts))" | FileCheck %s

// CHECK-LABEL: func.func @between_convolution_and_flattening
func.func @between_convolution_and_flattening(%x: tensor<8x1x6x6xf32>, %w: tensor<16x1x3x3xf32>, %b: tensor<16xf32>)
    -> tensor<8x64xf32> {
  // CHECK: swy.conv2d {{.*}} : tensor<8x1x6x6xf32>, {{.*}} -> tensor<8x16x4x4xf32, #swy.layout<blocked16>>
  // CHECK: swy.relu {{.*}} -> tensor<8x16x4x4xf32, #swy.layout<blocked16>>
  // CHECK: %[[P:.*]], %{{.*}} = swy.max_pool {{.*}} -> tensor<8x16x2x2xf32, #swy.layout<blocked16>>, tensor<8x16x2x2xi8, #swy.layout<blocked16>>
  // CHECK: %[[C:.*]] = swy.convert_layout %[[P]]
  // CHECK: swy.reshape %[[C]]
  %y = swy.conv2d %x, %w, %b stride 1 padding 0 :
    tensor<8x1x6x6xf32>, tensor<16x1x3x3xf32>, tensor<16xf32> -> tensor<8x16x4x4xf32>
  %r = swy.relu %y : (tensor<8x16x4x4xf32>) -> tensor<8x16x4x4xf32>
  %p, %i = swy.max_pool %r size 2 : tensor<8x16x4x4xf32> -> tensor<8x16x2x2xf32>, tensor<8x16x2x2xi8>
  %f = swy.reshape %p : tensor<8x16x2x2xf32> to tensor<8x64xf32>
  return %f : tensor<8x64xf32>
}

// CHECK-LABEL: func.func @other_channels_stay_plain
// CHECK-NOT: swy.layout
func.func @other_channels_stay_plain(%x: tensor<8x1x6x6xf32>, %w: tensor<10x1x3x3xf32>, %b: tensor<10xf32>)
    -> tensor<8x10x4x4xf32> {
  %y = swy.conv2d %x, %w, %b stride 1 padding 0 :
    tensor<8x1x6x6xf32>, tensor<10x1x3x3xf32>, tensor<10xf32> -> tensor<8x10x4x4xf32>
  return %y : tensor<8x10x4x4xf32>
}

// A mask from outside cannot change its layout, so what it selects stays plain.
// CHECK-LABEL: func.func @masks_from_outside_keep_their_group_plain
// CHECK: swy.select {{.*}} -> tensor<8x16x4x4xf32>
func.func @masks_from_outside_keep_their_group_plain(%m: tensor<8x16x4x4xi1>, %z: tensor<f32>, %x: tensor<8x1x6x6xf32>,
    %w: tensor<16x1x3x3xf32>, %b: tensor<16xf32>) -> tensor<8x16x4x4xf32> {
  %y = swy.conv2d %x, %w, %b stride 1 padding 0 :
    tensor<8x1x6x6xf32>, tensor<16x1x3x3xf32>, tensor<16xf32> -> tensor<8x16x4x4xf32>
  %s = swy.select %m, %y, %z : (tensor<8x16x4x4xi1>, tensor<8x16x4x4xf32>, tensor<f32>) -> tensor<8x16x4x4xf32>
  return %s : tensor<8x16x4x4xf32>
}

// A GPU's tensor cores want channels last, in fours; only functions of precision tf32 use them.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-assign-layouts{channels-last=true}))" | FileCheck %s --check-prefix=LAST

// LAST-LABEL: func.func @other_channels_stay_plain
// LAST-NOT: swy.layout
// LAST-LABEL: func.func @tensor_cores
// LAST: swy.conv2d {{.*}} -> tensor<8x12x4x4xf32, #swy.layout<channels_last>>
// LAST: %[[P:.*]], %{{.*}} = swy.max_pool {{.*}} -> tensor<8x12x2x2xf32, #swy.layout<channels_last>>, tensor<8x12x2x2xi8, #swy.layout<channels_last>>
// LAST: %[[T:.*]] = swy.conv2d %[[P]], {{.*}} : tensor<8x12x2x2xf32, #swy.layout<channels_last>>, tensor<6x12x1x1xf32>, tensor<6xf32> -> tensor<8x6x2x2xf32>
// LAST: return %[[T]]
// CHECK-LABEL: func.func @tensor_cores
// CHECK-NOT: swy.layout
func.func @tensor_cores(%x: tensor<8x1x6x6xf32>, %w: tensor<12x1x3x3xf32>, %b: tensor<12xf32>, %v: tensor<6x12x1x1xf32>,
    %c: tensor<6xf32>) -> tensor<8x6x2x2xf32> attributes {swy.precision = #swy.precision<tf32>} {
  %y = swy.conv2d %x, %w, %b stride 1 padding 0 :
    tensor<8x1x6x6xf32>, tensor<12x1x3x3xf32>, tensor<12xf32> -> tensor<8x12x4x4xf32>
  %p, %i = swy.max_pool %y size 2 : tensor<8x12x4x4xf32> -> tensor<8x12x2x2xf32>, tensor<8x12x2x2xi8>
  %z = swy.conv2d %p, %v, %c stride 1 padding 0 :
    tensor<8x12x2x2xf32>, tensor<6x12x1x1xf32>, tensor<6xf32> -> tensor<8x6x2x2xf32>
  return %z : tensor<8x6x2x2xf32>
}
