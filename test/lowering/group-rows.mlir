// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-group-rows))" | FileCheck %s

// One order for each draw, right where it is drawn, whoever needs it; layers get the offsets in the channels' place.
// CHECK-LABEL: func.func @sorted_once
// CHECK: %[[C:.*]] = swy.random_channel
// CHECK-NEXT: %[[ORDER:.*]], %[[INVERSE:.*]], %[[OFFSETS:.*]] = swy.group_order %[[C]] : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
// CHECK-NOT: swy.group_order
// CHECK: swy.take_rows %{{.*}}, %[[ORDER]] : tensor<8x2xi32>, tensor<8xi32> -> tensor<8x2xi32>
// CHECK: %[[X:.*]] = swy.take_rows %{{.*}}, %[[ORDER]] : tensor<8x1x6x6xf32>
// CHECK: swy.conv2d %[[X]], %{{.*}}, %{{.*}} channel %[[OFFSETS]] : tensor<6xi32>
// CHECK: swy.dense %{{.*}} channel %[[OFFSETS]] : tensor<6xi32>
// CHECK: swy.take_rows %{{.*}}, %[[INVERSE]] : tensor<8x10xf32>
// CHECK: swy.dense_backward_input %{{.*}} channel %[[OFFSETS]] : tensor<6xi32>
// CHECK: swy.conv2d_backward_input %{{.*}} channel %[[OFFSETS]] : tensor<6xi32>
// CHECK-NOT: swy.ungroup
// CHECK: return
func.func @sorted_once(%x: tensor<8x1x6x6xf32>, %stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>,
                       %w: tensor<5x3x1x3x3xf32>, %b: tensor<5x3xf32>, %v: tensor<5x10x48xf32>, %d: tensor<5x10xf32>)
    -> (tensor<8x2xi32>, tensor<8x10xf32>, tensor<8x1x6x6xf32>) {
  %c = swy.random_channel %stream, %rows, %pass site <model, "features/channel"> below 5
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  %r = swy.group %rows by %c below 5 : tensor<8x2xi32>, tensor<8xi32>
  %g = swy.group %x by %c below 5 : tensor<8x1x6x6xf32>, tensor<8xi32>
  %y = swy.conv2d %g, %w, %b channel %c : tensor<8xi32> stride 1 padding 0
      : tensor<8x1x6x6xf32>, tensor<5x3x1x3x3xf32>, tensor<5x3xf32> -> tensor<8x3x4x4xf32>
  %f = swy.reshape %y : tensor<8x3x4x4xf32> to tensor<8x48xf32>
  %z = swy.dense %f, %v, %d channel %c : tensor<8xi32>
      : tensor<8x48xf32>, tensor<5x10x48xf32>, tensor<5x10xf32> -> tensor<8x10xf32>
  %u = swy.ungroup %z by %c below 5 : tensor<8x10xf32>, tensor<8xi32>
  %e = swy.dense_backward_input %z, %v channel %c : tensor<8xi32>
      : tensor<8x10xf32>, tensor<5x10x48xf32> -> tensor<8x48xf32>
  %k = swy.reshape %e : tensor<8x48xf32> to tensor<8x3x4x4xf32>
  %h = swy.conv2d_backward_input %k, %w channel %c : tensor<8xi32> stride 1 padding 0
      : tensor<8x3x4x4xf32>, tensor<5x3x1x3x3xf32> -> tensor<8x1x6x6xf32>
  return %r, %u, %h : tensor<8x2xi32>, tensor<8x10xf32>, tensor<8x1x6x6xf32>
}

// Two blocks that draw apart are sorted apart; a draw that is an argument is sorted at the start.
// CHECK-LABEL: func.func @each_draw_its_order
// CHECK-SAME: %[[A:.*]]: tensor<8xi32>, %[[B:.*]]: tensor<8xi32>
// CHECK-DAG: %[[OA:.*]], %{{.*}}, %{{.*}} = swy.group_order %[[A]] : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<3xi32>
// CHECK-DAG: %[[OB:.*]], %{{.*}}, %{{.*}} = swy.group_order %[[B]] : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<4xi32>
// CHECK: swy.take_rows %{{.*}}, %[[OA]]
// CHECK: swy.take_rows %{{.*}}, %[[OB]]
func.func @each_draw_its_order(%a: tensor<8xi32>, %b: tensor<8xi32>, %x: tensor<8x4xf32>)
    -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %g = swy.group %x by %a below 2 : tensor<8x4xf32>, tensor<8xi32>
  %h = swy.group %x by %b below 3 : tensor<8x4xf32>, tensor<8xi32>
  return %g, %h : tensor<8x4xf32>, tensor<8x4xf32>
}

// CHECK-LABEL: func.func @plain_layers_stay
// CHECK-NOT: swy.group_order
// CHECK: swy.dense %{{.*}}, %{{.*}}, %{{.*}} : tensor<8x4xf32>
func.func @plain_layers_stay(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) -> tensor<8x3xf32> {
  %y = swy.dense %x, %w, %b : tensor<8x4xf32>, tensor<3x4xf32>, tensor<3xf32> -> tensor<8x3xf32>
  return %y : tensor<8x3xf32>
}
