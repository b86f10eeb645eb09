// The exported function unpacks its arguments; loops get theirs through a struct made once at the start.
// RUN: switchyard-opt %s -swy-lower-all | FileCheck %s

// CHECK-DAG: llvm.func @swy_rt_parallel_for(!llvm.ptr, i64, i64, !llvm.ptr, !llvm.ptr)
// CHECK-DAG: llvm.func @swy_rt_dense_prepare(!llvm.ptr, i64, i64, i64, i64, i64, i64, !llvm.ptr) -> !llvm.ptr

// CHECK: llvm.func @scores(%[[CONTEXT:.*]]: !llvm.ptr, %[[ARGUMENTS:.*]]: !llvm.ptr) attributes {{{.*}}swy.signature
// CHECK: llvm.getelementptr %[[ARGUMENTS]][1]
// CHECK: llvm.call @scores.compute(%[[CONTEXT]],

// CHECK: llvm.func internal @scores.compute(%[[C:.*]]: !llvm.ptr,
// CHECK: %[[TASK:.*]] = llvm.mlir.addressof @scores_loop_0.task
// CHECK: llvm.alloca
// CHECK: %[[H:.*]] = llvm.call @swy_rt_dense_prepare(%[[C]],
// CHECK: llvm.call @swy_rt_dense_forward(%[[C]], %[[H]],
// CHECK: llvm.call @swy_rt_parallel_for(%[[C]], %{{.*}}, %{{.*}}, %[[TASK]],
// CHECK: llvm.call @swy_rt_release(%[[C]], %[[H]])

// CHECK: llvm.func internal @scores_loop_0.task(%{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr)
func.func @scores(%x: tensor<512x64xf32>, %w: tensor<256x64xf32>, %b: tensor<256xf32>) -> tensor<512x256xf32>
    attributes {swy.entry} {
  %y = swy.dense %x, %w, %b : tensor<512x64xf32>, tensor<256x64xf32>, tensor<256xf32> -> tensor<512x256xf32>
  %e = swy.exp %y : (tensor<512x256xf32>) -> tensor<512x256xf32>
  return %e : tensor<512x256xf32>
}
