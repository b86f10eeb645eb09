// One error for each constraint (Cn) of the operations.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @broadcast_c1(%a: tensor<3xf32>, %x: tensor<4x3xf32>) {
  // expected-error @+1 {{operand of type 'tensor<3xf32>' does not broadcast to 'tensor<4x3xf32>'}}
  %0 = swy.add %a, %x : (tensor<3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @broadcast_c2(%a: tensor<4xf32>) {
  // expected-error @+1 {{result has a shape that no operand has}}
  %0 = swy.add %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @reduce_sum_c1(%x: tensor<4x3xf32>) {
  // expected-error @+1 {{keeps 2 leading dimensions of 'tensor<4x3xf32>', which is not 'tensor<4xf32>'}}
  %0 = swy.reduce_sum %x keep 2 : tensor<4x3xf32> -> tensor<4xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<4x3xf32>) {
  // expected-error @+1 {{from 12 elements to 10}}
  %0 = swy.reshape %x : tensor<4x3xf32> to tensor<10xf32>
  return
}

// -----

func.func @take_c1(%z: tensor<4x10xf32>, %t: tensor<3xi32>) {
  // expected-error @+1 {{index must have the input's shape without the last dimension}}
  %0 = swy.take %z, %t : tensor<4x10xf32>, tensor<3xi32> -> tensor<4xf32>
  return
}

// -----

func.func @random_c1(%stream: tensor<i64>, %rows: tensor<8x3xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{rows must hold two words for each example}}
  %0 = swy.random_uniform %stream, %rows, %pass site <model, "s"> : tensor<i64>, tensor<8x3xi32>, tensor<i32> -> tensor<8x4xf32>
  return
}

// -----

func.func @random_c2_order(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{shared must name dimensions 0 to 2 in rising order, got [2, 1]}}
  %0 = swy.random_uniform %stream, %rows, %pass site <model, "s"> shared [2, 1] : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8x1x4x4xf32>
  return
}

// -----

func.func @random_c2_range(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{shared must name dimensions 0 to 2 in rising order, got [3]}}
  %0 = swy.random_normal %stream, %rows, %pass site <model, "s"> shared [3] : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8x1x4x4xf32>
  return
}

// -----

func.func @iota_c1() {
  // expected-error @+1 {{along dimension 2 of 'tensor<4x3xf32>'}}
  %0 = swy.iota along 2 : tensor<4x3xf32>
  return
}

// -----

func.func @arg_largest_c1(%z: tensor<4x10xf32>) {
  // expected-error @+1 {{rank 11 among 10 elements}}
  %0 = swy.arg_largest %z rank 11 : tensor<4x10xf32> -> tensor<4xi32>
  return
}

// -----

func.func @arg_largest_c2(%z: tensor<4x10xf32>) {
  // expected-error @+1 {{result must have the input's shape without the last dimension}}
  %0 = swy.arg_largest %z rank 3 : tensor<4x10xf32> -> tensor<10xi32>
  return
}

// -----

func.func @gradient_c2(%e: tensor<4x3xf32>, %x: tensor<4x3xf32>) {
  // expected-error @+1 {{is of one scalar for each example}}
  %0 = swy.gradient of %e at %x : tensor<4x3xf32>, tensor<4x3xf32> -> tensor<4x3xf32>
  return
}

// -----

func.func @conv2d_c1(%x: tensor<2x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{weights expect 3 input channels, got 2}}
  %0 = swy.conv2d %x, %w, %b stride 1 padding 0 : tensor<2x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32> -> tensor<4x6x6xf32>
  return
}

// -----

func.func @dense_c1(%x: tensor<5xf32>, %w: tensor<4x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{weights expect 3 inputs, got 5}}
  %0 = swy.dense %x, %w, %b : tensor<5xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<2x24x24xf32>) {
  // expected-error @+1 {{attribute 'size' failed to satisfy constraint: 64-bit signless integer attribute whose minimum value is 1 whose value is at most limits::poolSide}}
  %0, %1 = swy.max_pool %x size 12 : tensor<2x24x24xf32> -> tensor<2x2x2xf32>, tensor<2x2x2xi8>
  return
}

// -----

func.func @dense_rank(%x: tensor<2x3x4xf32>, %w: tensor<5x4xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{needs input [batch,] units and weights of two dimensions}}
  %0 = swy.dense %x, %w, %b : tensor<2x3x4xf32>, tensor<5x4xf32>, tensor<5xf32> -> tensor<2x3x5xf32>
  return
}

// -----

func.func @convert_layout(%x: tensor<8x16x4x4xf32>) {
  // expected-error @+1 {{changes the layout only, got 'tensor<8x16x4x4xf32>' to 'tensor<8x16x2x8xf32>'}}
  %0 = swy.convert_layout %x : tensor<8x16x4x4xf32> to tensor<8x16x2x8xf32>
  return
}

// -----

func.func @take_of_nothing(%z: tensor<f32>, %t: tensor<i32>) {
  // expected-error @+1 {{needs an input with at least one dimension}}
  %0 = swy.take %z, %t : tensor<f32>, tensor<i32> -> tensor<f32>
  return
}

// -----

func.func @broadcast_c1_repeat(%x: tensor<3xf32>) {
  // expected-error @+1 {{cannot repeat 'tensor<3xf32>' over 'tensor<4x3xf32>'}}
  %0 = swy.broadcast %x : tensor<3xf32> to tensor<4x3xf32>
  return
}

// -----

func.func @random_c1_examples(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) {
  // expected-error @+1 {{rows for 8 examples, but a result of type 'tensor<4x3xf32>'}}
  %0 = swy.random_uniform %stream, %rows, %pass site <model, "s"> : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<4x3xf32>
  return
}

// -----

func.func @gradient_c1(%e: tensor<4xf32>, %x: tensor<4x3xf32>) {
  // expected-error @+1 {{results must have the types of the values it is taken at}}
  %0 = "swy.gradient"(%e, %x) {operandSegmentSizes = array<i32: 1, 1, 0, 0>} : (tensor<4xf32>, tensor<4x3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @gradient_seed(%e: tensor<4xf32>, %x: tensor<4x3xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{seed of type 'tensor<3xf32>' for 'tensor<4xf32>'}}
  %0 = "swy.gradient"(%e, %x, %s) {operandSegmentSizes = array<i32: 1, 1, 1, 0>} : (tensor<4xf32>, tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return
}

// -----

// expected-error @+1 {{must yield logits of type 'tensor<10xf32>'}}
swy.network @network_c1 range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}

// -----

func.func @sample_c1(%x: tensor<3x8x8xf32>, %r: tensor<2x6x6xf32>) {
  // expected-error @+1 {{needs images and places for each of their channels, got 'tensor<3x8x8xf32>' and 'tensor<2x6x6xf32>', 'tensor<2x6x6xf32>', 'tensor<2x6x6xf32>'}}
  %0 = swy.sample %x at %r, %r : tensor<3x8x8xf32>, tensor<2x6x6xf32>, tensor<2x6x6xf32> -> tensor<2x6x6xf32>
  return
}

// -----

func.func @sample_slope_c1(%x: tensor<8x8xf32>, %r: tensor<6x6xf32>) {
  // expected-error @+1 {{needs images and places for each of their channels}}
  %0 = swy.sample_slope %x at %r, %r along 0 : tensor<8x8xf32>, tensor<6x6xf32>, tensor<6x6xf32> -> tensor<6x6xf32>
  return
}

// -----

func.func @sample_backward_c1(%x: tensor<3x6x6xf32>, %r: tensor<3x6x5xf32>) {
  // expected-error @+1 {{needs images and places for each of their channels}}
  %0 = swy.sample_backward %x at %r, %r : tensor<3x6x6xf32>, tensor<3x6x5xf32>, tensor<3x6x5xf32> -> tensor<3x8x8xf32>
  return
}

// -----

func.func @sort_groups_c1(%x: tensor<4x3x3xf32>) {
  // expected-error @+1 {{makes no groups of 3 along dimension 0 of 'tensor<4x3x3xf32>'}}
  %0 = swy.sort_groups %x along 0 size 3 : tensor<4x3x3xf32>
  return
}

// -----

func.func @sort_groups_c1_dimension(%x: tensor<4xf32>) {
  // expected-error @+1 {{makes no groups of 1 along dimension 1 of 'tensor<4xf32>'}}
  %0 = swy.sort_groups %x along 1 size 1 : tensor<4xf32>
  return
}

// -----

func.func @sort_groups_c2(%x: tensor<4x3x3xf32>) {
  // expected-error @+1 {{rank 3 in groups of 2}}
  %0 = swy.sort_groups %x along 0 size 2 rank 3 : tensor<4x3x3xf32>
  return
}

// -----

func.func @sort_groups_backward_c1(%x: tensor<4x3x3xf32>) {
  // expected-error @+1 {{makes no groups of 2 along dimension 1 of 'tensor<4x3x3xf32>'}}
  %0 = swy.sort_groups_backward %x, %x along 1 size 2 : tensor<4x3x3xf32>
  return
}

// -----

func.func @l1_threshold_c2(%x: tensor<2x3xf32>, %r: tensor<f32>) {
  // expected-error @+1 {{keeps 1 leading dimensions of 'tensor<2x3xf32>', which is not 'tensor<3xf32>'}}
  %0 = swy.l1_threshold %x, %x within %r keep 1 : tensor<2x3xf32>, tensor<f32> -> tensor<3xf32>
  return
}

// -----

func.func @l1_threshold_c3(%x: tensor<2x3xf32>, %r: tensor<3xf32>) {
  // expected-error @+1 {{takes one number for each example or one for all, got 'tensor<3xf32>'}}
  %0 = swy.l1_threshold %x, %x within %r keep 1 : tensor<2x3xf32>, tensor<3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @among_largest_c1(%x: tensor<2x3xf32>, %k: tensor<f32>) {
  // expected-error @+1 {{finds no pixels behind 1 dimensions of 'tensor<2x3xf32>'}}
  %0 = swy.among_largest %x number %k keep 1 pixels : tensor<2x3xf32>, tensor<f32> -> tensor<2x3xi1>
  return
}

// -----

func.func @among_largest_c2(%x: tensor<2x3xf32>, %k: tensor<3xf32>) {
  // expected-error @+1 {{takes one number for each example or one for all, got 'tensor<3xf32>'}}
  %0 = swy.among_largest %x number %k keep 1 : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xi1>
  return
}

// -----

func.func @among_largest_c3(%x: tensor<2x3xf32>, %k: tensor<f32>) {
  // expected-error @+1 {{must answer for each element of 'tensor<2x3xf32>', got 'tensor<2xi1>'}}
  %0 = swy.among_largest %x number %k keep 1 : tensor<2x3xf32>, tensor<f32> -> tensor<2xi1>
  return
}
