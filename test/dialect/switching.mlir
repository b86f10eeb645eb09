// Switching blocks: every operation in its pretty form, printed and parsed again; into an order and back is nothing.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s
// RUN: switchyard-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: func.func @channels
func.func @channels(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>, %w: tensor<5x10x64xf32>)
    -> (tensor<8xi32>, tensor<10x64xf32>) {
  // CHECK: swy.random_channel %{{.*}}, %{{.*}}, %{{.*}} site <model, "features/channel"> below 5 : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  %c = swy.random_channel %stream, %rows, %pass site <model, "features/channel"> below 5
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  // CHECK: swy.random_channel %{{.*}}, %{{.*}}, %{{.*}} site <model, "features/choose/member"> below 2 chances [7.500000e-01, 2.500000e-01] : tensor<i64>
  %m = swy.random_channel %stream, %rows, %pass site <model, "features/choose/member"> below 2 chances [7.5e-01, 2.5e-01]
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  // CHECK: swy.other_class %{{.*}}, %{{.*}} : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  %other = swy.other_class %m, %m : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  // CHECK: swy.is_member %{{.*}} is 1 : (tensor<8xi32>) -> tensor<8xi1>
  %i = swy.is_member %m is 1 : (tensor<8xi32>) -> tensor<8xi1>
  // CHECK: swy.path_channel block 0 below 3 chances [5.000000e-01, 3.000000e-01, 2.000000e-01] : tensor<i32>
  %q = swy.path_channel block 0 below 3 chances [5.0e-01, 3.0e-01, 2.0e-01] : tensor<i32>
  // CHECK: %[[P:.*]] = swy.path_channel block 1 below 5 : tensor<i32>
  %p = swy.path_channel block 1 below 5 : tensor<i32>
  // CHECK: swy.take_channel %{{.*}} at %[[P]] : tensor<5x10x64xf32>, tensor<i32> -> tensor<10x64xf32>
  %t = swy.take_channel %w at %p : tensor<5x10x64xf32>, tensor<i32> -> tensor<10x64xf32>
  return %c, %t : tensor<8xi32>, tensor<10x64xf32>
}

// CHECK-LABEL: func.func @grouped_layers
func.func @grouped_layers(%x: tensor<8x1x6x6xf32>, %c: tensor<8xi32>, %w: tensor<5x3x1x3x3xf32>, %b: tensor<5x3xf32>,
                          %v: tensor<5x10x48xf32>, %d: tensor<5x10xf32>)
    -> (tensor<8x10xf32>, tensor<8x1x6x6xf32>, tensor<8x48xf32>) {
  // CHECK: %[[G:.*]] = swy.group %{{.*}} by %{{.*}} below 5 : tensor<8x1x6x6xf32>, tensor<8xi32>
  %g = swy.group %x by %c below 5 : tensor<8x1x6x6xf32>, tensor<8xi32>
  // CHECK: swy.conv2d %[[G]], %{{.*}}, %{{.*}} channel %{{.*}} : tensor<8xi32> stride 1 padding 0 relu : tensor<8x1x6x6xf32>, tensor<5x3x1x3x3xf32>, tensor<5x3xf32> -> tensor<8x3x4x4xf32>
  %y = swy.conv2d %g, %w, %b channel %c : tensor<8xi32> stride 1 padding 0 relu
      : tensor<8x1x6x6xf32>, tensor<5x3x1x3x3xf32>, tensor<5x3xf32> -> tensor<8x3x4x4xf32>
  %f = swy.reshape %y : tensor<8x3x4x4xf32> to tensor<8x48xf32>
  // CHECK: swy.dense %{{.*}}, %{{.*}}, %{{.*}} channel %{{.*}} : tensor<8xi32> : tensor<8x48xf32>, tensor<5x10x48xf32>, tensor<5x10xf32> -> tensor<8x10xf32>
  %z = swy.dense %f, %v, %d channel %c : tensor<8xi32>
      : tensor<8x48xf32>, tensor<5x10x48xf32>, tensor<5x10xf32> -> tensor<8x10xf32>
  // CHECK: swy.ungroup %{{.*}} by %{{.*}} below 5 : tensor<8x10xf32>, tensor<8xi32>
  %u = swy.ungroup %z by %c below 5 : tensor<8x10xf32>, tensor<8xi32>
  // CHECK: swy.dense_backward_input %{{.*}}, %{{.*}} channel %{{.*}} : tensor<8xi32> : tensor<8x10xf32>, tensor<5x10x48xf32> -> tensor<8x48xf32>
  %e = swy.dense_backward_input %z, %v channel %c : tensor<8xi32>
      : tensor<8x10xf32>, tensor<5x10x48xf32> -> tensor<8x48xf32>
  // CHECK: swy.conv2d_backward_input %{{.*}}, %{{.*}} channel %{{.*}} : tensor<8xi32> stride 1 padding 0 : tensor<8x3x4x4xf32>, tensor<5x3x1x3x3xf32> -> tensor<8x1x6x6xf32>
  %h = swy.conv2d_backward_input %y, %w channel %c : tensor<8xi32> stride 1 padding 0
      : tensor<8x3x4x4xf32>, tensor<5x3x1x3x3xf32> -> tensor<8x1x6x6xf32>
  return %u, %h, %e : tensor<8x10xf32>, tensor<8x1x6x6xf32>, tensor<8x48xf32>
}

// CHECK-LABEL: func.func @orders
func.func @orders(%c: tensor<8xi32>, %x: tensor<8x64xf32>) -> (tensor<8x64xf32>, tensor<6xi32>) {
  // CHECK: %[[O:.*]], %{{.*}}, %{{.*}} = swy.group_order %{{.*}} : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
  %o, %i, %f = swy.group_order %c : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
  // CHECK: swy.take_rows %{{.*}}, %[[O]] : tensor<8x64xf32>, tensor<8xi32> -> tensor<8x64xf32>
  %y = swy.take_rows %x, %o : tensor<8x64xf32>, tensor<8xi32> -> tensor<8x64xf32>
  return %y, %f : tensor<8x64xf32>, tensor<6xi32>
}

// CHECK-LABEL: func.func @library
func.func @library(%c: tensor<8xi32>, %o: tensor<8xi32>, %f: tensor<6xi32>, %x: tensor<8x64xf32>,
                   %w: tensor<5x10x64xf32>, %b: tensor<5x10xf32>, %out: tensor<8x10xf32>) -> tensor<8x10xf32> {
  // CHECK: %[[S:.*]]:3 = swy.sort_rows %{{.*}} below 5 : tensor<8xi32> outs(%{{.*}}, %{{.*}}, %{{.*}} : tensor<8xi32>, tensor<8xi32>, tensor<6xi32>) -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
  %s:3 = swy.sort_rows %c below 5 : tensor<8xi32> outs(%o, %o, %f : tensor<8xi32>, tensor<8xi32>, tensor<6xi32>) -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
  // CHECK: %[[H:.*]] = swy.prepare dense forward [8, 64, 10, 0, 5] weights %{{.*}} : tensor<5x10x64xf32>
  %h = swy.prepare dense forward [8, 64, 10, 0, 5] weights %w : tensor<5x10x64xf32>
  // CHECK: swy.library_call dense forward %[[H]] groups %[[S]]#2 : tensor<6xi32> ins(
  %y = swy.library_call dense forward %h groups %s#2 : tensor<6xi32> ins(%x, %b : tensor<8x64xf32>, tensor<5x10xf32>)
      outs(%out : tensor<8x10xf32>) -> tensor<8x10xf32>
  swy.release %h
  return %y : tensor<8x10xf32>
}

// CHECK-LABEL: func.func @scattered
func.func @scattered(%d: tensor<2x3x6x6xf32>, %o: tensor<2x3x8x8xf32>) -> tensor<2x3x8x8xf32> {
  // CHECK: swy.scatter_samples %{{.*}} at %{{.*}}, %{{.*}} : tensor<2x3x6x6xf32> outs(%{{.*}} : tensor<2x3x8x8xf32>)
  %s = swy.scatter_samples %d at %d, %d : tensor<2x3x6x6xf32> outs(%o : tensor<2x3x8x8xf32>)
  return %s : tensor<2x3x8x8xf32>
}

// FOLD-LABEL: func.func @there_and_back
// FOLD-SAME: %[[X:.*]]: tensor<8x4xf32>, %{{.*}}: tensor<8xi32>, %[[OTHER:.*]]: tensor<8xi32>
// FOLD: %[[G:.*]] = swy.group %[[X]] by %[[OTHER]] below 5
// FOLD: %[[R:.*]] = swy.ungroup %[[G]] by %{{.*}} below 5
// FOLD: return %[[X]], %[[X]], %[[R]]
func.func @there_and_back(%x: tensor<8x4xf32>, %c: tensor<8xi32>, %other: tensor<8xi32>)
    -> (tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>) {
  %g = swy.group %x by %c below 5 : tensor<8x4xf32>, tensor<8xi32>
  %a = swy.ungroup %g by %c below 5 : tensor<8x4xf32>, tensor<8xi32>
  %u = swy.ungroup %x by %c below 5 : tensor<8x4xf32>, tensor<8xi32>
  %b = swy.group %u by %c below 5 : tensor<8x4xf32>, tensor<8xi32>
  %h = swy.group %x by %other below 5 : tensor<8x4xf32>, tensor<8xi32>
  %r = swy.ungroup %h by %c below 5 : tensor<8x4xf32>, tensor<8xi32>
  return %a, %b, %r : tensor<8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>
}

// CHECK-LABEL: swy.network @switching range 0.000000e+00 to 1.000000e+00 classes 10 bottom_up per_batch answer <by = mean, draws = 4>
swy.network @switching range 0.0 to 1.0 classes 10 bottom_up per_batch answer <by = mean, draws = 4> {
^bb0(%x: tensor<16xf32>):
  // CHECK: swy.block "head" %{{.*}} channels 5 : tensor<16xf32> -> tensor<10xf32>
  %y = swy.block "head" %x channels 5 : tensor<16xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<16xf32>):
    %d = swy.dense_layer %a units 10 path "head/0" : tensor<16xf32> -> tensor<10xf32>
    swy.yield %d : tensor<10xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.defense @hrs
swy.defense @hrs {
  // CHECK: swy.split [#swy.place<first, "dense">, #swy.place<named, "head">]
  swy.split [#swy.place<first, "dense">, #swy.place<named, "head">]
  // CHECK: swy.switch [5, 10]
  swy.switch [5, 10]
  // CHECK: swy.answer <by = majority, draws = 11>
  swy.answer <by = majority, draws = 11>
  // CHECK: swy.bottom_up draw per_example
  swy.bottom_up draw per_example
}

// CHECK-LABEL: func.func @each_examples_own
func.func @each_examples_own(%stack: tensor<5x16xf32>, %c: tensor<8xi32>) -> (tensor<8x16xf32>, tensor<16xf32>) {
  // CHECK: swy.take_channel %{{.*}} at %{{.*}} : tensor<5x16xf32>, tensor<8xi32> -> tensor<8x16xf32>
  %own = swy.take_channel %stack at %c : tensor<5x16xf32>, tensor<8xi32> -> tensor<8x16xf32>
  // CHECK: swy.sum_examples %{{.*}} : tensor<8x16xf32> to tensor<16xf32>
  %sum = swy.sum_examples %own : tensor<8x16xf32> to tensor<16xf32>
  // CHECK: swy.for_examples %{{.*}} : tensor<16xf32> to tensor<8x16xf32>
  %each = swy.for_examples %sum : tensor<16xf32> to tensor<8x16xf32>
  return %each, %sum : tensor<8x16xf32>, tensor<16xf32>
}
