// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg),swy-fuse-elementwise)" | FileCheck %s

// CHECK-LABEL: func.func @a_chain_is_one_loop
// CHECK-COUNT-1: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @a_chain_is_one_loop(%s: tensor<f32>, %x: tensor<8x4xf32>, %y: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %a = swy.mul %s, %x : (tensor<f32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %b = swy.sub %a, %y : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %c = swy.relu %b : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return %c : tensor<8x4xf32>
}

// A value used again later is yielded by the same loop, not computed twice.
// CHECK-LABEL: func.func @a_later_use_is_a_second_result
// CHECK: %[[R:.*]]:2 = linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]]#{{[01]}}, %[[R]]#{{[01]}}
func.func @a_later_use_is_a_second_result(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %a = swy.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %b = swy.neg %a : (tensor<8xf32>) -> tensor<8xf32>
  return %a, %b : tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func.func @what_is_broadcast_is_computed_once
// CHECK-COUNT-2: linalg.generic
func.func @what_is_broadcast_is_computed_once(%v: tensor<8xf32>, %x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %e = swy.exp %v : (tensor<8xf32>) -> tensor<8xf32>
  %y = swy.mul %e, %x : (tensor<8xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// The second reads pixels of the first's result by index, wherever they are: it cannot be the loop that makes them.
// CHECK-LABEL: func.func @what_is_read_by_index_is_there_before
// CHECK: %[[A:.*]]:2 = linalg.generic
// CHECK: linalg.generic
// CHECK-COUNT-4: tensor.extract %[[A]]#{{[01]}}
func.func @what_is_read_by_index_is_there_before(%x: tensor<2x1x4x4xf32>, %c: tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32> {
  %r = swy.exp %c : (tensor<2x1x4x4xf32>) -> tensor<2x1x4x4xf32>
  %a = swy.sample %x at %r, %c
      : tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32> -> tensor<2x1x4x4xf32>
  %b = swy.sample %a at %c, %r
      : tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32>, tensor<2x1x4x4xf32> -> tensor<2x1x4x4xf32>
  return %b : tensor<2x1x4x4xf32>
}
