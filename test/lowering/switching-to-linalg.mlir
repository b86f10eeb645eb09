// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s

// CHECK-LABEL: func.func @sorting_is_the_runtimes
// CHECK: %[[S:.*]]:3 = swy.sort_rows %{{.*}} below 5 : tensor<8xi32> outs(%{{.*}}, %{{.*}}, %{{.*}} : tensor<8xi32>, tensor<8xi32>, tensor<6xi32>)
// CHECK: return %[[S]]#0, %[[S]]#1, %[[S]]#2
func.func @sorting_is_the_runtimes(%c: tensor<8xi32>) -> (tensor<8xi32>, tensor<8xi32>, tensor<6xi32>) {
  %o, %i, %f = swy.group_order %c : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
  return %o, %i, %f : tensor<8xi32>, tensor<8xi32>, tensor<6xi32>
}

// CHECK-LABEL: func.func @rows_are_gathered
// CHECK-SAME: %[[X:.*]]: tensor<8x4xf32>, %[[O:.*]]: tensor<8xi32>
// CHECK: linalg.generic {{.*}} ins(%[[O]] : tensor<8xi32>) outs(%{{.*}} : tensor<8x4xf32>)
// CHECK-DAG: %[[ROW:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK-DAG: %[[COLUMN:.*]] = linalg.index 1
// CHECK: tensor.extract %[[X]][%[[ROW]], %[[COLUMN]]]
func.func @rows_are_gathered(%x: tensor<8x4xf32>, %o: tensor<8xi32>) -> tensor<8x4xf32> {
  %y = swy.take_rows %x, %o : tensor<8x4xf32>, tensor<8xi32> -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// Row r reads row r - restart[r] + number.
// CHECK-LABEL: func.func @another_restart
// CHECK-SAME: %[[X:.*]]: tensor<8x4xf32>, %[[R:.*]]: tensor<8xi32>, %[[N:.*]]: tensor<i32>
// CHECK: %[[E:.*]] = tensor.extract %[[N]][] : tensor<i32>
// CHECK: %[[NUMBER:.*]] = arith.index_cast %[[E]]
// CHECK: linalg.generic {{.*}} ins(%[[R]] : tensor<8xi32>) outs(%{{.*}} : tensor<8x4xf32>)
// CHECK-DAG: %[[OWN:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK-DAG: %[[ROW:.*]] = linalg.index 0
// CHECK-DAG: %[[COLUMN:.*]] = linalg.index 1
// CHECK: %[[FIRST:.*]] = arith.subi %[[ROW]], %[[OWN]]
// CHECK: %[[FROM:.*]] = arith.addi %[[FIRST]], %[[NUMBER]]
// CHECK: tensor.extract %[[X]][%[[FROM]], %[[COLUMN]]]
func.func @another_restart(%x: tensor<8x4xf32>, %r: tensor<8xi32>, %n: tensor<i32>) -> tensor<8x4xf32> {
  %y = swy.from_restart %x, %r, %n : tensor<8x4xf32>, tensor<8xi32>, tensor<i32>
  return %y : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @one_channel_is_a_slice
// CHECK: %[[C:.*]] = tensor.extract %{{.*}}[] : tensor<i32>
// CHECK: %[[I:.*]] = arith.index_cast %[[C]]
// CHECK: tensor.extract_slice %{{.*}}[%[[I]], 0, 0] [1, 10, 64] [1, 1, 1] : tensor<5x10x64xf32> to tensor<10x64xf32>
func.func @one_channel_is_a_slice(%w: tensor<5x10x64xf32>, %b: tensor<10xf32>, %x: tensor<8x64xf32>, %c: tensor<i32>) -> tensor<8x10xf32> {
  %t = swy.take_channel %w at %c : tensor<5x10x64xf32>, tensor<i32> -> tensor<10x64xf32>
  %y = swy.dense %x, %t, %b : tensor<8x64xf32>, tensor<10x64xf32>, tensor<10xf32> -> tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}

// Loops begin at the buffers that they are given.
// CHECK-LABEL: func.func @for_loops_a_copy
// CHECK-NOT: extract_slice
// CHECK: linalg.generic
// CHECK: tensor.extract %{{.*}}[%{{.*}}, %{{.*}}] : tensor<5x16xf32>
func.func @for_loops_a_copy(%w: tensor<5x16xf32>, %x: tensor<16xf32>, %c: tensor<i32>) -> tensor<16xf32> {
  %t = swy.take_channel %w at %c : tensor<5x16xf32>, tensor<i32> -> tensor<16xf32>
  %y = swy.mul %t, %x : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
  return %y : tensor<16xf32>
}

// CHECK-LABEL: func.func @grouped_layers_become_grouped_calls
// CHECK: %[[H:.*]] = swy.prepare conv2d forward [8, 1, 6, 6, 3, 3, 3, 1, 0, 1, 0, 0, 0, 5] weights %{{.*}} : tensor<5x3x1x3x3xf32>
// CHECK: swy.library_call conv2d forward %[[H]] groups %[[F:.*]] : tensor<6xi32> ins(%{{.*}}, %{{.*}} : tensor<8x1x6x6xf32>, tensor<5x3xf32>)
// CHECK: swy.release %[[H]]
// CHECK: %[[D:.*]] = swy.prepare dense forward [8, 48, 10, 0, 5] weights %{{.*}} : tensor<5x10x48xf32>
// CHECK: swy.library_call dense forward %[[D]] groups %[[F]]
// CHECK: %[[B:.*]] = swy.prepare dense backward_input [8, 48, 10, 0, 5] weights
// CHECK: swy.library_call dense backward_input %[[B]] groups %[[F]]
// CHECK: %[[K:.*]] = swy.prepare conv2d backward_input [8, 1, 6, 6, 3, 3, 3, 1, 0, 1, 0, 0, 0, 5] weights
// CHECK: swy.library_call conv2d backward_input %[[K]] groups %[[F]]
func.func @grouped_layers_become_grouped_calls(%x: tensor<8x1x6x6xf32>, %f: tensor<6xi32>, %w: tensor<5x3x1x3x3xf32>,
    %b: tensor<5x3xf32>, %v: tensor<5x10x48xf32>, %d: tensor<5x10xf32>) -> (tensor<8x10xf32>, tensor<8x1x6x6xf32>) {
  %y = swy.conv2d %x, %w, %b channel %f : tensor<6xi32> stride 1 padding 0
      : tensor<8x1x6x6xf32>, tensor<5x3x1x3x3xf32>, tensor<5x3xf32> -> tensor<8x3x4x4xf32>
  %r = swy.reshape %y : tensor<8x3x4x4xf32> to tensor<8x48xf32>
  %z = swy.dense %r, %v, %d channel %f : tensor<6xi32>
      : tensor<8x48xf32>, tensor<5x10x48xf32>, tensor<5x10xf32> -> tensor<8x10xf32>
  %e = swy.dense_backward_input %z, %v channel %f : tensor<6xi32>
      : tensor<8x10xf32>, tensor<5x10x48xf32> -> tensor<8x48xf32>
  %k = swy.reshape %e : tensor<8x48xf32> to tensor<8x3x4x4xf32>
  %h = swy.conv2d_backward_input %k, %w channel %f : tensor<6xi32> stride 1 padding 0
      : tensor<8x3x4x4xf32>, tensor<5x3x1x3x3xf32> -> tensor<8x1x6x6xf32>
  return %z, %h : tensor<8x10xf32>, tensor<8x1x6x6xf32>
}

// The channel is a word of Philox times their number, its upper half.
// CHECK-LABEL: func.func @channels_are_integers_below
// CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<8xi32>)
// CHECK: %[[BELOW:.*]] = arith.constant 5 : i64
// CHECK: %[[PRODUCT:.*]] = arith.muli %{{.*}}, %[[BELOW]] : i64
// CHECK: %[[HIGH:.*]] = arith.shrui %[[PRODUCT]]
// CHECK: %[[CHANNEL:.*]] = arith.trunci %[[HIGH]] : i64 to i32
// CHECK: linalg.yield %[[CHANNEL]] : i32
func.func @channels_are_integers_below(%s: tensor<i64>, %r: tensor<8x2xi32>, %p: tensor<i32>) -> tensor<8xi32> {
  %c = swy.random_channel %s, %r, %p site <model, "b/channel"> below 5 : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  return %c : tensor<8xi32>
}

// With chances the word is a uniform number, and the member how many sums of first chances it has reached. The last sum is
// 1, whatever rounding says.
// CHECK-LABEL: func.func @members_are_counted_by_sums_of_chances
// CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<8xi32>)
// CHECK: %[[U:.*]] = arith.mulf
// CHECK: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK: %[[FIRST:.*]] = arith.cmpf oge, %[[U]], %[[HALF]] : f32
// CHECK: %[[ONE:.*]] = arith.extui %[[FIRST]] : i1 to i32
// CHECK: %[[SOME:.*]] = arith.addi %{{.*}}, %[[ONE]]
// CHECK: %[[EDGE:.*]] = arith.constant 8.000000e-01 : f32
// CHECK: %[[SECOND:.*]] = arith.cmpf oge, %[[U]], %[[EDGE]] : f32
// CHECK: %[[TWO:.*]] = arith.extui %[[SECOND]] : i1 to i32
// CHECK: %[[MEMBER:.*]] = arith.addi %[[SOME]], %[[TWO]]
// CHECK-NOT: arith.cmpf
// CHECK: linalg.yield %[[MEMBER]] : i32
func.func @members_are_counted_by_sums_of_chances(%s: tensor<i64>, %r: tensor<8x2xi32>, %p: tensor<i32>) -> tensor<8xi32> {
  %c = swy.random_channel %s, %r, %p site <model, "b/choose/member"> below 3 chances [5.0e-01, 3.0e-01, 2.0e-01]
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8xi32>
  return %c : tensor<8xi32>
}

// CHECK-LABEL: func.func @other_classes
// CHECK: arith.cmpi sge
// CHECK: arith.extui
// CHECK: arith.addi
func.func @other_classes(%i: tensor<i32>, %label: tensor<8xi32>) -> tensor<8xi32> {
  %k = swy.other_class %i, %label : (tensor<i32>, tensor<8xi32>) -> tensor<8xi32>
  return %k : tensor<8xi32>
}

// CHECK-LABEL: func.func @drawn_are_compared
// CHECK: arith.constant 1 : i32
// CHECK: arith.cmpi eq
func.func @drawn_are_compared(%c: tensor<8xi32>) -> tensor<8xi1> {
  %m = swy.is_member %c is 1 : (tensor<8xi32>) -> tensor<8xi1>
  return %m : tensor<8xi1>
}
