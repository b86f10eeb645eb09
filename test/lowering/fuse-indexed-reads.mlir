// What is read by index joins its reader for a GPU, where it saves a kernel; a CPU would lose its vectors.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg),swy-fuse-elementwise{into-indexed-reads=true})" | FileCheck %s
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg),swy-fuse-elementwise)" | FileCheck %s --check-prefix=CPU

// The gradient of a relu over pooled images, where the pooling's gradient reads it.
// CHECK-LABEL: func.func @relu_under_pooling
// CHECK-SAME: %[[D:[^:]*]]: tensor<2x1x2x2xf32>, %[[Y:[^:]*]]: tensor<2x1x2x2xf32>
// CHECK: linalg.generic
// CHECK-DAG: tensor.extract %[[D]][%[[A:.*]], %[[B:.*]], %[[C:.*]], %[[E:.*]]]
// CHECK-DAG: tensor.extract %[[Y]][%[[A]], %[[B]], %[[C]], %[[E]]]
// CHECK: arith.select
// CHECK-NOT: linalg.generic
// CHECK: return
// CPU-LABEL: func.func @relu_under_pooling
// CPU-COUNT-2: linalg.generic
func.func @relu_under_pooling(%d: tensor<2x1x2x2xf32>, %y: tensor<2x1x2x2xf32>, %i: tensor<2x1x2x2xi8>) -> tensor<2x1x4x4xf32> {
  %m = swy.relu_backward %d, %y : tensor<2x1x2x2xf32>
  %g = swy.max_pool_backward %m, %i size 2 : tensor<2x1x2x2xf32>, tensor<2x1x2x2xi8> -> tensor<2x1x4x4xf32>
  return %g : tensor<2x1x4x4xf32>
}

// Two changes of order are one: the second's rows are looked up in the first's.
// CHECK-LABEL: func.func @order_of_order
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x4xf32>, %[[P:[^:]*]]: tensor<8xi32>, %[[Q:[^:]*]]: tensor<8xi32>
// CHECK: linalg.generic {{.*}}ins(%[[Q]] : tensor<8xi32>)
// CHECK: ^bb0(%[[ROW:[^:]*]]: i32
// CHECK: %[[AT:.*]] = arith.index_cast %[[ROW]]
// CHECK: %[[BEFORE:.*]] = tensor.extract %[[P]][%[[AT]]]
// CHECK: %[[FROM:.*]] = arith.index_cast %[[BEFORE]]
// CHECK: tensor.extract %[[X]][%[[FROM]], %{{.*}}]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @order_of_order(%x: tensor<8x4xf32>, %p: tensor<8xi32>, %q: tensor<8xi32>) -> tensor<8x4xf32> {
  %a = swy.take_rows %x, %p : tensor<8x4xf32>, tensor<8xi32> -> tensor<8x4xf32>
  %b = swy.take_rows %a, %q : tensor<8x4xf32>, tensor<8xi32> -> tensor<8x4xf32>
  return %b : tensor<8x4xf32>
}

// What a draw reads of its row is read twice; the number of the draw is put in at both places.
// CHECK-LABEL: func.func @rows_of_a_draw
// CHECK: linalg.generic {{.*}}attrs = {swy.words}
// CHECK-NOT: linalg.generic
// CHECK: return
// CPU-LABEL: func.func @rows_of_a_draw
// CPU-COUNT-2: linalg.generic
func.func @rows_of_a_draw(%s: tensor<i64>, %r: tensor<2x2xi32>, %p: tensor<i32>, %n: tensor<i32>) -> tensor<2x8xf32> {
  %rows = swy.with_draw %r, %n : tensor<2x2xi32>, tensor<i32>
  %u = swy.random_uniform %s, %rows, %p site <model, "a"> : tensor<i64>, tensor<2x2xi32>, tensor<i32> -> tensor<2x8xf32>
  return %u : tensor<2x8xf32>
}

// A row's pass is computed where the draw reads it, also in a loop that it does not change in; what is more than a number
// for each row, or made of more than the call is given, stays outside.
// CHECK-LABEL: func.func @pass_of_restart
// CHECK-SAME: %[[RESTART:[^:]*]]: tensor<2xi32>
// CHECK-NOT: linalg.generic
// CHECK: scf.for
// CHECK: linalg.generic {{.*}}attrs = {swy.words}
// CHECK: %[[MINE:.*]] = tensor.extract %[[RESTART]][%{{.*}}]
// CHECK: %[[GROWN:.*]] = arith.muli %[[MINE]], %{{.*}} : i32
// CHECK: arith.addi %{{.*}}, %[[GROWN]]
// CHECK-LABEL: func.func @image_outside
// CHECK: linalg.generic
// CHECK: scf.for
// CPU-LABEL: func.func @pass_of_restart
// CPU: linalg.generic
// CPU: scf.for
func.func @pass_of_restart(%s: tensor<i64>, %restart: tensor<2xi32>, %r: tensor<2x2xi32>, %p: tensor<i32>, %x: tensor<2x8xf32>)
    -> tensor<2x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %own = swy.restart_pass %p, %restart, %p : tensor<i32>, tensor<2xi32>, tensor<i32>
  %sum = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %x) -> (tensor<2x8xf32>) {
    %u = swy.random_uniform %s, %r, %own site <model, "a"> : tensor<i64>, tensor<2x2xi32>, tensor<2xi32> -> tensor<2x8xf32>
    %n = swy.add %a, %u : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
    scf.yield %n : tensor<2x8xf32>
  }
  return %sum : tensor<2x8xf32>
}
func.func @image_outside(%y: tensor<2x8xf32>, %order: tensor<2xi32>, %x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %z = swy.neg %y : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %sum = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %x) -> (tensor<2x8xf32>) {
    %t = swy.take_rows %z, %order : tensor<2x8xf32>, tensor<2xi32> -> tensor<2x8xf32>
    %n = swy.add %a, %t : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
    scf.yield %n : tensor<2x8xf32>
  }
  return %sum : tensor<2x8xf32>
}

// Not what takes long to compute, nor what is used again.
// CHECK-LABEL: func.func @computed_once
// CHECK-COUNT-2: linalg.generic
// CHECK-LABEL: func.func @used_again
// CHECK-COUNT-2: linalg.generic
func.func @computed_once(%x: tensor<8x4xf32>, %p: tensor<8xi32>) -> tensor<8x4xf32> {
  %a = swy.exp %x : (tensor<8x4xf32>) -> tensor<8x4xf32>
  %b = swy.take_rows %a, %p : tensor<8x4xf32>, tensor<8xi32> -> tensor<8x4xf32>
  return %b : tensor<8x4xf32>
}
func.func @used_again(%x: tensor<8x4xf32>, %p: tensor<8xi32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %a = swy.relu %x : (tensor<8x4xf32>) -> tensor<8x4xf32>
  %b = swy.take_rows %a, %p : tensor<8x4xf32>, tensor<8xi32> -> tensor<8x4xf32>
  return %a, %b : tensor<8x4xf32>, tensor<8x4xf32>
}
