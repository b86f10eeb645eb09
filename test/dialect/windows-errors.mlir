// One error for each constraint of groups, windows, locally connected layers and images of other sizes.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @conv2d_groups(%x: tensor<8x4x6x6xf32>, %w: tensor<6x2x3x3xf32>) {
  // expected-error @+1 {{weights expect 6 input channels, got 4}}
  %0 = swy.conv2d %x, %w stride 1 padding 0 groups 3 : tensor<8x4x6x6xf32>, tensor<6x2x3x3xf32> -> tensor<8x6x4x4xf32>
  return
}

// -----

func.func @conv2d_groups_of_output(%d: tensor<8x5x4x4xf32>, %w: tensor<5x2x3x3xf32>) {
  // expected-error @+1 {{groups do not divide 5 output channels}}
  %0 = swy.conv2d_backward_input %d, %w stride 1 padding 0 groups 2 : tensor<8x5x4x4xf32>, tensor<5x2x3x3xf32> -> tensor<8x4x6x6xf32>
  return
}

// -----

func.func @conv2d_one_group(%x: tensor<8x4x6x6xf32>, %d: tensor<8x6x4x4xf32>) {
  // expected-error @+1 {{attribute 'groups' failed to satisfy constraint: 64-bit signless integer attribute whose minimum value is 2}}
  %0, %1 = swy.conv2d_backward_weights %x, %d stride 1 padding 0 groups 1 : tensor<8x4x6x6xf32>, tensor<8x6x4x4xf32> -> tensor<6x4x3x3xf32>, tensor<6xf32>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<4x6x6xf32>) {
  // expected-error @+1 {{windows of 3 do not make 'tensor<4x2x2xf32>' of 'tensor<4x6x6xf32>'}}
  %0, %1 = swy.max_pool %x size 3 stride 1 : tensor<4x6x6xf32> -> tensor<4x2x2xf32>, tensor<4x2x2xi8>
  return
}

// -----

func.func @max_pool_c3(%x: tensor<4x6x6xf32>) {
  // expected-error @+1 {{padding of 2 is more than half of 3}}
  %0, %1 = swy.max_pool %x size 3 padding 2 : tensor<4x6x6xf32> -> tensor<4x3x3xf32>, tensor<4x3x3xi8>
  return
}

// -----

func.func @avg_pool_backward_c1(%d: tensor<4x3x3xf32>) {
  // expected-error @+1 {{windows of 2 do not make 'tensor<4x3x3xf32>' of 'tensor<4x6x6xf32>'}}
  %0 = swy.avg_pool_backward %d size 2 stride 1 : tensor<4x3x3xf32> -> tensor<4x6x6xf32>
  return
}

// -----

func.func @pad_c1(%x: tensor<4x6x6xf32>) {
  // expected-error @+1 {{2 around 'tensor<4x6x6xf32>' is not 'tensor<4x8x8xf32>'}}
  %0 = swy.pad %x by 2 : tensor<4x6x6xf32> -> tensor<4x8x8xf32>
  return
}

// -----

func.func @pad_images(%x: tensor<6x6xf32>) {
  // expected-error @+1 {{needs images [batch,] channels, height, width}}
  %0 = swy.pad %x by 1 : tensor<6x6xf32> -> tensor<8x8xf32>
  return
}

// -----

func.func @crop_c1(%x: tensor<4x6x6xf32>) {
  // expected-error @+1 {{1 around 'tensor<4x4x5xf32>' is not 'tensor<4x6x6xf32>'}}
  %0 = swy.crop %x by 1 : tensor<4x6x6xf32> -> tensor<4x4x5xf32>
  return
}

// -----

func.func @resize_c1(%x: tensor<4x6x6xf32>) {
  // expected-error @+1 {{rows alone must differ between 'tensor<4x6x6xf32>' and 'tensor<4x7x7xf32>'}}
  %0 = swy.resize %x along 0 : tensor<4x6x6xf32> -> tensor<4x7x7xf32>
  return
}

// -----

func.func @resize_backward_c1(%d: tensor<4x6x6xf32>) {
  // expected-error @+1 {{columns alone must differ between 'tensor<4x7x6xf32>' and 'tensor<4x6x6xf32>'}}
  %0 = swy.resize_backward %d along 1 : tensor<4x6x6xf32> -> tensor<4x7x6xf32>
  return
}

// -----

func.func @local_conv_c1(%x: tensor<8x1x6x6xf32>, %w: tensor<2x1x3x3x5x4xf32>) {
  // expected-error @+1 {{has weights for 5x4 places, but makes 'tensor<8x2x4x4xf32>'}}
  %0 = swy.local_conv %x, %w stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<2x1x3x3x5x4xf32> -> tensor<8x2x4x4xf32>
  return
}

// -----

func.func @local_conv_c1_examples(%x: tensor<8x1x6x6xf32>, %w: tensor<7x2x1x3x3x4x4xf32>) {
  // expected-error @+1 {{needs weights of six dimensions, or such for each example, got 'tensor<7x2x1x3x3x4x4xf32>'}}
  %0 = swy.local_conv %x, %w stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<7x2x1x3x3x4x4xf32> -> tensor<8x2x4x4xf32>
  return
}

// -----

func.func @local_conv_backward_input_c1(%d: tensor<2x4x4xf32>, %w: tensor<2x1x3x3x4x4xf32>) {
  // expected-error @+1 {{result must be 2x5x5, got 2x4x4}}
  %0 = swy.local_conv_backward_input %d, %w stride 1 padding 0 : tensor<2x4x4xf32>, tensor<2x1x3x3x4x4xf32> -> tensor<1x7x7xf32>
  return
}

// -----

func.func @local_conv_backward_weights_c1(%x: tensor<8x3x6x6xf32>, %d: tensor<8x2x4x4xf32>) {
  // expected-error @+1 {{weights expect 1 input channels, got 3}}
  %0 = swy.local_conv_backward_weights %x, %d stride 1 padding 0 : tensor<8x3x6x6xf32>, tensor<8x2x4x4xf32> -> tensor<2x1x3x3x4x4xf32>
  return
}
