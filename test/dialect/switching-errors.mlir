// One error for each constraint (Cn) of switching blocks' operations.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @take_channel_c1(%w: tensor<5x10x64xf32>, %c: tensor<i32>) {
  // expected-error @+1 {{of 'tensor<5x10x64xf32>' does not give 'tensor<10x63xf32>'}}
  %0 = swy.take_channel %w at %c : tensor<5x10x64xf32>, tensor<i32> -> tensor<10x63xf32>
  return
}

// -----

func.func @take_channel_scalar(%w: tensor<f32>, %c: tensor<i32>) {
  // expected-error @+1 {{of 'tensor<f32>' does not give 'tensor<f32>'}}
  %0 = swy.take_channel %w at %c : tensor<f32>, tensor<i32> -> tensor<f32>
  return
}

// -----

func.func @take_channel_of_each(%w: tensor<5x10xf32>, %c: tensor<8xi32>) {
  // expected-error @+1 {{of 'tensor<5x10xf32>' does not give 'tensor<10xf32>'}}
  %0 = swy.take_channel %w at %c : tensor<5x10xf32>, tensor<8xi32> -> tensor<10xf32>
  return
}

// -----

func.func @random_channel_c1(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{draws one channel for each two words of rows, got 'tensor<i32>' for 'tensor<8x2xi32>'}}
  %0 = swy.random_channel %stream, %rows, %pass site <model, "b/channel"> below 5
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<i32>
  return
}

// -----

func.func @random_channel_c2(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{needs a chance above 0 for each of 3, together 1}}
  %0 = swy.random_channel %stream, %rows, %pass site <model, "b/choose/member"> below 3 chances [5.0e-01, 5.0e-01]
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  return
}

// -----

func.func @random_channel_c2_sum(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{needs a chance above 0 for each of 2, together 1}}
  %0 = swy.random_channel %stream, %rows, %pass site <model, "b/choose/member"> below 2 chances [5.0e-01, 5.1e-01]
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  return
}

// -----

func.func @path_channel_c1() {
  // expected-error @+1 {{needs a chance above 0 for each of 2, together 1}}
  %0 = swy.path_channel block 0 below 2 chances [0.0, 1.0] : tensor<i32>
  return
}

// -----

func.func @is_member_number(%c: tensor<i32>) {
  // expected-error @+1 {{attribute 'number' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  %0 = swy.is_member %c is -1 : (tensor<i32>) -> tensor<i1>
  return
}

// -----

func.func @group_type(%x: tensor<8x4xf32>, %c: tensor<8xi32>) -> tensor<8x3xf32> {
  %0 = swy.group %x by %c below 5 : tensor<8x4xf32>, tensor<8xi32>
  // expected-error @+1 {{type of return operand 0 ('tensor<8x4xf32>') doesn't match function result type ('tensor<8x3xf32>')}}
  return %0 : tensor<8x4xf32>
}

// -----

// Without a channel, weights are those of one block; with one they are stacked.
func.func @conv2d_stack_without_channel(%x: tensor<2x8x8xf32>, %w: tensor<5x4x2x3x3xf32>, %b: tensor<5x4xf32>) {
  // expected-error @+1 {{needs images [batch,] channels, height, width and weights of four dimensions}}
  %0 = swy.conv2d %x, %w, %b stride 1 padding 0 : tensor<2x8x8xf32>, tensor<5x4x2x3x3xf32>, tensor<5x4xf32> -> tensor<4x6x6xf32>
  return
}

// -----

func.func @conv2d_channel_without_stack(%x: tensor<2x8x8xf32>, %c: tensor<i32>, %w: tensor<4x2x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{needs images [batch,] channels, height, width and weights of four dimensions}}
  %0 = swy.conv2d %x, %w, %b channel %c : tensor<i32> stride 1 padding 0 : tensor<2x8x8xf32>, tensor<4x2x3x3xf32>, tensor<4xf32> -> tensor<4x6x6xf32>
  return
}

// -----

func.func @conv2d_stack_c1(%x: tensor<2x8x8xf32>, %c: tensor<i32>, %w: tensor<5x4x3x3x3xf32>, %b: tensor<5x4xf32>) {
  // expected-error @+1 {{weights expect 3 input channels, got 2}}
  %0 = swy.conv2d %x, %w, %b channel %c : tensor<i32> stride 1 padding 0 : tensor<2x8x8xf32>, tensor<5x4x3x3x3xf32>, tensor<5x4xf32> -> tensor<4x6x6xf32>
  return
}

// -----

func.func @dense_stack_bias(%x: tensor<3xf32>, %c: tensor<i32>, %w: tensor<5x4x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{bias and result must have 4 units}}
  %0 = swy.dense %x, %w, %b channel %c : tensor<i32> : tensor<3xf32>, tensor<5x4x3xf32>, tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @for_examples_c1(%x: tensor<16xf32>) {
  // expected-error @+1 {{'tensor<8x15xf32>' is no batch of 'tensor<16xf32>'}}
  %0 = swy.for_examples %x : tensor<16xf32> to tensor<8x15xf32>
  return
}

// -----

func.func @sum_examples_c1(%x: tensor<8x16xf32>) {
  // expected-error @+1 {{'tensor<8x16xf32>' is no batch of 'tensor<8xf32>'}}
  %0 = swy.sum_examples %x : tensor<8x16xf32> to tensor<8xf32>
  return
}
