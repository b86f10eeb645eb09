// A switching block down to calls of the runtime: rows sorted once, grouped layers prepared with all their channels,
// one channel of a stack passed as the address where it begins.
// RUN: switchyard-opt %s -swy-lower-all | FileCheck %s
// RUN: switchyard-opt %s -swy-lower-all | FileCheck %s --check-prefix=VIEW

// CHECK-DAG: llvm.func @swy_rt_group_rows(!llvm.ptr, i64, i64, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr)
// CHECK-DAG: llvm.func @swy_rt_conv2d_grouped_forward(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr)
// CHECK-DAG: llvm.func @swy_rt_conv2d_grouped_backward_input(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr)
// CHECK-DAG: llvm.func @swy_rt_dense_grouped_forward(
// CHECK-DAG: llvm.func @swy_rt_dense_grouped_backward_input(

// CHECK: llvm.func internal @switching.compute(%[[C:.*]]: !llvm.ptr,
// CHECK-DAG: %[[CONV:.*]] = llvm.call @swy_rt_conv2d_prepare(%[[C]],
// CHECK-DAG: %[[DENSE:.*]] = llvm.call @swy_rt_dense_prepare(%[[C]],
// CHECK-DAG: llvm.call @swy_rt_group_rows(%[[C]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[OFFSETS:[^)]*]])
// CHECK: llvm.call @swy_rt_conv2d_grouped_forward(%[[C]], %{{.*}}, %[[OFFSETS]],
// CHECK: llvm.call @swy_rt_dense_grouped_forward(%[[C]], %{{.*}}, %[[OFFSETS]],
// CHECK: llvm.call @swy_rt_dense_grouped_backward_input(%[[C]], %{{.*}}, %[[OFFSETS]],
// CHECK: llvm.call @swy_rt_conv2d_grouped_backward_input(%[[C]], %{{.*}}, %[[OFFSETS]],
func.func @switching(%x: tensor<8x1x6x6xf32>, %stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>,
                     %w: tensor<5x16x1x3x3xf32>, %b: tensor<5x16xf32>, %v: tensor<5x10x256xf32>, %d: tensor<5x10xf32>)
    -> (tensor<8x10xf32>, tensor<8x1x6x6xf32>) attributes {swy.entry} {
  %c = swy.random_channel %stream, %rows, %pass site <model, "features/channel"> below 5
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  %g = swy.group %x by %c below 5 : tensor<8x1x6x6xf32>, tensor<8xi32>
  %y = swy.conv2d %g, %w, %b channel %c : tensor<8xi32> stride 1 padding 0
      : tensor<8x1x6x6xf32>, tensor<5x16x1x3x3xf32>, tensor<5x16xf32> -> tensor<8x16x4x4xf32>
  %f = swy.reshape %y : tensor<8x16x4x4xf32> to tensor<8x256xf32>
  %z = swy.dense %f, %v, %d channel %c : tensor<8xi32>
      : tensor<8x256xf32>, tensor<5x10x256xf32>, tensor<5x10xf32> -> tensor<8x10xf32>
  %u = swy.ungroup %z by %c below 5 : tensor<8x10xf32>, tensor<8xi32>
  %e = swy.dense_backward_input %z, %v channel %c : tensor<8xi32>
      : tensor<8x10xf32>, tensor<5x10x256xf32> -> tensor<8x256xf32>
  %k = swy.reshape %e : tensor<8x256xf32> to tensor<8x16x4x4xf32>
  %h = swy.conv2d_backward_input %k, %w channel %c : tensor<8xi32> stride 1 padding 0
      : tensor<8x16x4x4xf32>, tensor<5x16x1x3x3xf32> -> tensor<8x1x6x6xf32>
  %i = swy.ungroup %h by %c below 5 : tensor<8x1x6x6xf32>, tensor<8xi32>
  return %u, %i : tensor<8x10xf32>, tensor<8x1x6x6xf32>
}

// No copy: the weights are packed from where their channel stands in the stack.
// VIEW: llvm.func internal @view.compute(
// VIEW-NOT: llvm.memcpy
// VIEW: %[[START:.*]] = llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// VIEW: llvm.call @swy_rt_dense_prepare({{.*}}, %[[START]])
func.func @view(%x: tensor<8x64xf32>, %w: tensor<5x10x64xf32>, %b: tensor<5x10xf32>, %c: tensor<i32>) -> tensor<8x10xf32>
    attributes {swy.entry} {
  %wc = swy.take_channel %w at %c : tensor<5x10x64xf32>, tensor<i32> -> tensor<10x64xf32>
  %bc = swy.take_channel %b at %c : tensor<5x10xf32>, tensor<i32> -> tensor<10xf32>
  %y = swy.dense %x, %wc, %bc : tensor<8x64xf32>, tensor<10x64xf32>, tensor<10xf32> -> tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}
