// One error for each constraint of layers, blocks and their programs.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @conv2d_stride(%x: tensor<8x1x6x6xf32>, %w: tensor<3x1x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{attribute 'stride' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = swy.conv2d %x, %w, %b stride 0 padding 0 : tensor<8x1x6x6xf32>, tensor<3x1x3x3xf32>, tensor<3xf32> -> tensor<8x3x4x4xf32>
  return
}

// -----

func.func @conv2d_kernel(%x: tensor<8x1x2x2xf32>, %w: tensor<3x1x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{weights of 3x3 do not fit images of 2x2}}
  %0 = swy.conv2d %x, %w, %b stride 1 padding 0 : tensor<8x1x2x2xf32>, tensor<3x1x3x3xf32>, tensor<3xf32> -> tensor<8x3x0x0xf32>
  return
}

// -----

func.func @conv2d_c2(%x: tensor<8x1x6x6xf32>, %w: tensor<5x3x1x3x3xf32>, %b: tensor<5x3xf32>, %c: tensor<7xi32>) {
  // expected-error @+1 {{channel must name one channel for each example or hold 'tensor<5x3x1x3x3xf32>''s offsets, got 'tensor<7xi32>'}}
  %0 = swy.conv2d %x, %w, %b channel %c : tensor<7xi32> stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<5x3x1x3x3xf32>, tensor<5x3xf32> -> tensor<8x3x4x4xf32>
  return
}

// -----

func.func @conv2d_backward_input_c1(%d: tensor<8x3x4x4xf32>, %w: tensor<3x1x3x3xf32>) {
  // expected-error @+1 {{result must be 3x5x4, got 3x4x4}}
  %0 = swy.conv2d_backward_input %d, %w stride 1 padding 0 : tensor<8x3x4x4xf32>, tensor<3x1x3x3xf32> -> tensor<8x1x7x6xf32>
  return
}

// -----

func.func @conv2d_backward_weights_c1(%x: tensor<8x1x6x6xf32>, %d: tensor<8x3x4x4xf32>) {
  // expected-error @+1 {{bias must have one element for each of 3 output channels}}
  %0, %1 = swy.conv2d_backward_weights %x, %d stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<8x3x4x4xf32> -> tensor<3x1x3x3xf32>, tensor<4xf32>
  return
}

// -----

func.func @dense_backward_input_c1(%d: tensor<8x10xf32>, %w: tensor<10x64xf32>) {
  // expected-error @+1 {{weights expect 64 inputs, got 63}}
  %0 = swy.dense_backward_input %d, %w : tensor<8x10xf32>, tensor<10x64xf32> -> tensor<8x63xf32>
  return
}

// -----

func.func @dense_backward_weights_c1(%x: tensor<8x64xf32>, %d: tensor<8x10xf32>) {
  // expected-error @+1 {{bias and result must have 10 units}}
  %0, %1 = swy.dense_backward_weights %x, %d : tensor<8x64xf32>, tensor<8x10xf32> -> tensor<10x64xf32>, tensor<f32>
  return
}

// -----

func.func @max_pool_backward_c1(%d: tensor<4x3x3xf32>, %i: tensor<4x3x3xi8>) {
  // expected-error @+1 {{windows of 2 do not make 'tensor<4x3x3xf32>' of 'tensor<4x9x6xf32>'}}
  %0 = swy.max_pool_backward %d, %i size 2 : tensor<4x3x3xf32>, tensor<4x3x3xi8> -> tensor<4x9x6xf32>
  return
}

// -----

func.func @softmax_c1(%z: tensor<f32>) {
  // expected-error @+1 {{needs logits with at least one dimension}}
  %0 = swy.softmax %z : tensor<f32>
  return
}

// -----

func.func @chance_c1(%c: tensor<4xi1>) {
  // expected-error @+1 {{of 'tensor<4xi1>' has its shape, got 'tensor<3xf32>'}}
  %0 = swy.chance %c : tensor<4xi1> -> tensor<3xf32>
  return
}

// -----

func.func @group_c1(%x: tensor<8x4xf32>, %c: tensor<7xi32>) {
  // expected-error @+1 {{by one channel for each example, got 'tensor<7xi32>' for 'tensor<8x4xf32>'}}
  %0 = swy.group %x by %c below 5 : tensor<8x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @ungroup_c1(%x: tensor<8x4xf32>, %c: tensor<8x1xi32>) {
  // expected-error @+1 {{by one channel for each example, got 'tensor<8x1xi32>' for 'tensor<8x4xf32>'}}
  %0 = swy.ungroup %x by %c below 5 : tensor<8x4xf32>, tensor<8x1xi32>
  return
}

// -----

func.func @group_order_c1(%c: tensor<8xi32>) {
  // expected-error @+1 {{order and inverse must have one element for each of 'tensor<8xi32>'}}
  %0, %1, %2 = swy.group_order %c : tensor<8xi32> -> tensor<8xi32>, tensor<7xi32>, tensor<6xi32>
  return
}

// -----

func.func @group_order_c2(%c: tensor<8xi32>) {
  // expected-error @+1 {{offsets must have one element more than there are channels, got 'tensor<1xi32>'}}
  %0, %1, %2 = swy.group_order %c : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<1xi32>
  return
}

// -----

func.func @take_rows_c1(%x: tensor<8x4xf32>, %o: tensor<7xi32>) {
  // expected-error @+1 {{order must name one example for each of the result's, got 'tensor<7xi32>' for 'tensor<8x4xf32>'}}
  %0 = swy.take_rows %x, %o : tensor<8x4xf32>, tensor<7xi32> -> tensor<8x4xf32>
  return
}

// -----

func.func @take_rows_c2(%x: tensor<8x4xf32>, %o: tensor<8xi32>) {
  // expected-error @+1 {{takes examples of 'tensor<8x4xf32>', which makes no 'tensor<8x3xf32>'}}
  %0 = swy.take_rows %x, %o : tensor<8x4xf32>, tensor<8xi32> -> tensor<8x3xf32>
  return
}

// -----

func.func @path_channel_below() {
  // expected-error @+1 {{attribute 'below' failed to satisfy constraint}}
  %0 = swy.path_channel block 0 below 0 : tensor<i32>
  return
}

// -----

func.func @sort_rows_c1(%c: tensor<8xi32>, %o: tensor<8xi32>, %f: tensor<5xi32>) {
  // expected-error @+1 {{writes order, inverse and 6 offsets of 'tensor<8xi32>'}}
  %0:3 = swy.sort_rows %c below 5 : tensor<8xi32> outs(%o, %o, %f : tensor<8xi32>, tensor<8xi32>, tensor<5xi32>) -> tensor<8xi32>, tensor<8xi32>, tensor<5xi32>
  return
}

// -----

func.func @layer_type(%x: tensor<1x8x8xf32>) {
  // expected-error @+1 {{of 'tensor<1x8x8xf32>' gives 'tensor<64xf32>', not 'tensor<63xf32>'}}
  %0 = swy.flatten_layer %x path "a/0" : tensor<1x8x8xf32> -> tensor<63xf32>
  return
}

// -----

func.func @layer_rank(%x: tensor<1x8x8xf32>) {
  // expected-error @+1 {{layer `dense` takes a flat input, got 1x8x8; put `flatten` before it}}
  %0 = swy.dense_layer %x units 10 path "a/0" : tensor<1x8x8xf32> -> tensor<10xf32>
  return
}

// -----

func.func @conv_layer_fit(%x: tensor<1x8x8xf32>) {
  // expected-error @+1 {{layer `conv` has a kernel of 9x9, larger than its input of 8x8}}
  %0 = swy.conv_layer %x channels 4 kernel 9 stride 1 padding 0 path "a/0" : tensor<1x8x8xf32> -> tensor<4x1x1xf32>
  return
}

// -----

func.func @max_pool_layer_fit(%x: tensor<1x8x8xf32>) {
  // expected-error @+1 {{layer `max_pool` pools windows of 9x9, larger than its input of 8x8}}
  %0 = swy.max_pool_layer %x size 9 path "a/0" : tensor<1x8x8xf32> -> tensor<1x1x1xf32>
  return
}

// -----

func.func @max_pool_layer_size(%x: tensor<1x8x8xf32>) {
  // expected-error @+1 {{attribute 'size' failed to satisfy constraint}}
  %0 = swy.max_pool_layer %x size 12 path "a/0" : tensor<1x8x8xf32> -> tensor<1x1x1xf32>
  return
}

// -----

func.func @residual_c1(%x: tensor<16xf32>) {
  // expected-error @+1 {{needs one argument of its input's type, 'tensor<16xf32>'}}
  %y = swy.residual %x path "a/residual" : tensor<16xf32> -> tensor<16xf32> {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  } shortcut {
  ^bb0(%a: tensor<15xf32>):
    swy.yield %a : tensor<15xf32>
  }
  return
}

// -----

func.func @residual_c2(%x: tensor<16xf32>) {
  // expected-error @+1 {{must yield one value of its result's type, 'tensor<4xf32>'}}
  %y = swy.residual %x path "a/residual" : tensor<16xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<16xf32>):
    %d = swy.dense_layer %a units 4 path "a/residual/0" : tensor<16xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  } shortcut {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }
  return
}

// -----

func.func @choose_c1(%x: tensor<16xf32>) {
  // expected-error @+1 {{needs one argument of its input's type, 'tensor<16xf32>'}}
  %y = swy.choose %x path "a/choose" : tensor<16xf32> -> tensor<16xf32> {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }, {
  ^bb0(%a: tensor<15xf32>):
    swy.yield %a : tensor<15xf32>
  }
  return
}

// -----

func.func @choose_c2(%x: tensor<16xf32>) {
  // expected-error @+1 {{must yield one value of its result's type, 'tensor<4xf32>'}}
  %y = swy.choose %x path "a/choose" : tensor<16xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<16xf32>):
    %d = swy.dense_layer %a units 4 path "a/choose/0/0" : tensor<16xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }, {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }
  return
}

// -----

func.func @choose_c3(%x: tensor<16xf32>) {
  // expected-error @+1 {{needs two members or more}}
  %y = swy.choose %x path "a/choose" : tensor<16xf32> -> tensor<16xf32> {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }
  return
}

// -----

func.func @choose_c3_chances(%x: tensor<16xf32>) {
  // expected-error @+1 {{needs a chance above 0 for each of 2, together 1}}
  %y = swy.choose %x path "a/choose" chances [2.5e-01, 2.5e-01, 5.0e-01] : tensor<16xf32> -> tensor<16xf32> {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }, {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }
  return
}

// -----

func.func @block_c1(%x: tensor<16xf32>) {
  // expected-error @+1 {{needs one argument of its input's type, 'tensor<16xf32>'}}
  %y = swy.block "head" %x : tensor<16xf32> -> tensor<16xf32> {
  ^bb0(%a: tensor<15xf32>):
    swy.yield %a : tensor<15xf32>
  }
  return
}

// -----

func.func @block_c2(%x: tensor<16xf32>) {
  // expected-error @+1 {{must yield one value of its result's type, 'tensor<10xf32>'}}
  %y = swy.block "head" %x : tensor<16xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<16xf32>):
    swy.yield %a : tensor<16xf32>
  }
  return
}

// -----

func.func @avg_pool_c1(%x: tensor<4x6x6xf32>) {
  // expected-error @+1 {{windows of 2 do not make 'tensor<4x3x2xf32>' of 'tensor<4x6x6xf32>'}}
  %0 = swy.avg_pool %x size 2 : tensor<4x6x6xf32> -> tensor<4x3x2xf32>
  return
}

// -----

func.func @avg_pool_backward_c1(%d: tensor<4x3x3xf32>) {
  // expected-error @+1 {{windows of 2 do not make 'tensor<4x3x3xf32>' of 'tensor<4x8x6xf32>'}}
  %0 = swy.avg_pool_backward %d size 2 : tensor<4x3x3xf32> -> tensor<4x8x6xf32>
  return
}
