// RUN: switchyard-opt %s -swy-outline-kernels -split-input-file | FileCheck %s

// Four neighbours a thread: all loads, then all computation, then all stores.
// CHECK-LABEL: func.func @neighbours
// CHECK: gpu.launch_func @kernels::@neighbours_kernel_0 blocks in (%c1024, %{{.*}}, %{{.*}}) threads in (%c256,
// CHECK-SAME: args(%{{.*}} : memref<64x16384xf32>, %{{.*}} : memref<64x16384xf32>)
// CHECK: gpu.func @neighbours_kernel_0(%{{.*}}: memref<64x16384xf32> {llvm.align = 64 : i64, llvm.noalias}
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK-NOT: scf.if
// CHECK-COUNT-4: memref.load
// CHECK-COUNT-4: arith.addf
// CHECK-COUNT-4: memref.store
#id = affine_map<(i, j) -> (i, j)>
func.func @neighbours(%x: memref<64x16384xf32>, %y: memref<64x16384xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<64x16384xf32>) outs(%y : memref<64x16384xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Few elements: one a thread, whole warps, and a guard; equal kernels are one. A copy is a kernel too.
// CHECK-LABEL: func.func @few
// CHECK-COUNT-2: gpu.launch_func @kernels::@few_kernel_{{0|1}} blocks in (%{{.*}}) threads in (%c32
// CHECK-COUNT-2: gpu.func
// CHECK-NOT: gpu.func
#id = affine_map<(i) -> (i)>
func.func @few(%x: memref<10xf32>, %y: memref<10xf32>, %z: memref<10xf32>) attributes {swy.entry} {
  memref.copy %x, %y : memref<10xf32> to memref<10xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<10xf32>) outs(%z : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%y : memref<10xf32>) outs(%z : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A long reduction is a block's: strided reads, shuffles in the warps, one word of shared memory for each warp.
// CHECK-LABEL: func.func @long_sum
// CHECK: gpu.func @long_sum_kernel_0(
// CHECK-SAME: workgroup(%[[SHARED:.*]] : memref<8xf32, #gpu.address_space<workgroup>>)
// CHECK: scf.for %{{.*}} = %thread_id_x{{.*}} to %c3072{{.*}} step %c256{{.*}} iter_args
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: memref.store %{{.*}}, %[[SHARED]]
// CHECK: gpu.barrier
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK: scf.if
// CHECK: memref.store
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @long_sum(%x: memref<100x3072xf32>, %y: memref<100xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<100x3072xf32>) outs(%y : memref<100xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %a, %sum : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A short one is a thread's, its sum in a register.
// CHECK-LABEL: func.func @short_sum
// CHECK: gpu.func @short_sum_kernel_0
// CHECK-NOT: gpu.shuffle
// CHECK: %[[SUM:.*]] = scf.for {{.*}} iter_args
// CHECK: memref.store %[[SUM]]
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @short_sum(%x: memref<100x10xf32>, %y: memref<100xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<100x10xf32>) outs(%y : memref<100xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %a, %sum : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// What cannot be joined in any order stays in order, however long.
// CHECK-LABEL: func.func @last_one
// CHECK: gpu.func @last_one_kernel_0
// CHECK-NOT: gpu.shuffle
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @last_one(%x: memref<10x3072xf32>, %y: memref<10xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<10x3072xf32>) outs(%y : memref<10xf32>) {
  ^bb0(%a: f32, %last: f32):
    %positive = arith.cmpf ogt, %a, %last : f32
    %s = arith.select %positive, %a, %last : f32
    linalg.yield %s : f32
  }
  return
}
