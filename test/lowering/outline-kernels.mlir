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
// CHECK: gpu.launch_func @kernels::@few_kernel_0 blocks in (%{{.*}}) threads in (%c32
// CHECK-LABEL: func.func @again
// CHECK: gpu.launch_func @kernels::@few_kernel_0
// CHECK-LABEL: func.func @copy
// CHECK: gpu.launch_func @kernels::@copy_kernel_0
// CHECK: gpu.func @few_kernel_0
// CHECK: scf.if
// CHECK: gpu.func @copy_kernel_0
// CHECK-NOT: gpu.func
#id = affine_map<(i) -> (i)>
func.func @few(%x: memref<10xf32>, %y: memref<10xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<10xf32>) outs(%y : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  return
}
func.func @again(%x: memref<10xf32>, %y: memref<10xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<10xf32>) outs(%y : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  return
}
func.func @copy(%x: memref<10xf32>, %y: memref<10xf32>) attributes {swy.entry} {
  memref.copy %x, %y : memref<10xf32> to memref<10xf32>
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

// -----

// A softmax of few classes: everything that is done for a row is one thread's, in one kernel.
// CHECK-LABEL: func.func @softmax
// CHECK: gpu.launch_func @kernels::@softmax_kernel_0 blocks in (%c16{{.*}}) threads in (%c128
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func @softmax_kernel_0
// CHECK-NOT: scf.for
// CHECK-COUNT-10: math.exp
// CHECK-COUNT-10: arith.addf
// CHECK-COUNT-10: arith.divf
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @softmax(%x: memref<2048x10xf32>, %sum: memref<2048xf32>, %y: memref<2048x10xf32>) attributes {swy.entry} {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%sum : memref<2048xf32>)
  linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<2048x10xf32>) outs(%y : memref<2048x10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%y : memref<2048x10xf32>) outs(%sum : memref<2048xf32>) {
  ^bb0(%a: f32, %so_far: f32):
    %s = arith.addf %a, %so_far : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%sum : memref<2048xf32>) outs(%y : memref<2048x10xf32>) {
  ^bb0(%a: f32, %e: f32):
    %s = arith.divf %e, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Not where a row reads what other rows write, nor over the end of a loop, nor where a buffer takes another's place.
// CHECK-LABEL: func.func @other_rows
// CHECK-COUNT-2: gpu.launch_func
// CHECK-LABEL: func.func @loop_end
// CHECK-COUNT-2: gpu.launch_func
// CHECK-LABEL: func.func @same_place
// CHECK-COUNT-2: gpu.launch_func
#id = affine_map<(i) -> (i)>
func.func @other_rows(%x: memref<10xf32>, %y: memref<10xf32>, %z: memref<10xf32>) attributes {swy.entry} {
  memref.copy %x, %y : memref<10xf32> to memref<10xf32>
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%z : memref<10xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %last = arith.constant 9 : index
    %other = arith.subi %last, %i : index
    %s = memref.load %y[%other] : memref<10xf32>
    linalg.yield %s : f32
  }
  return
}
func.func @loop_end(%x: memref<10xf32>, %y: memref<10xf32>, %z: memref<10xf32>, %n: index) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    memref.copy %x, %y : memref<10xf32> to memref<10xf32>
  }
  memref.copy %y, %z : memref<10xf32> to memref<10xf32>
  return
}
func.func @same_place(%x: memref<10xf32>, %y: memref<10xf32>, %arena: memref<128xi8>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  %a = memref.view %arena[%c0][] : memref<128xi8> to memref<10xf32>
  %b = memref.view %arena[%c32][] : memref<128xi8> to memref<10xf32>
  memref.copy %a, %x : memref<10xf32> to memref<10xf32>
  memref.copy %y, %b : memref<10xf32> to memref<10xf32>
  return
}

// -----

// A constant tensor is data of the kernels' module: the host's memory is not the device's.
// CHECK-LABEL: func.func @constant
// CHECK: gpu.launch_func @kernels::@constant_kernel_0 {{.*}} args(%{{[^:]*}} : memref<4xf32>)
// CHECK: gpu.module @kernels
// CHECK: memref.global "private" constant @weights : memref<4xf32>
// CHECK: gpu.func @constant_kernel_0(%{{[^:]*}}: memref<4xf32>
// CHECK: memref.get_global @weights
memref.global "private" constant @weights : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @constant(%y: memref<4xf32>) attributes {swy.entry} {
  %w = memref.get_global @weights : memref<4xf32>
  memref.copy %w, %y : memref<4xf32> to memref<4xf32>
  return
}

// -----

// The host does not write the device's memory: the number of a draw reaches it as a kernel's parameter.
// CHECK-LABEL: func.func @draw_number
// CHECK: scf.for %[[DRAW:.*]] =
// CHECK-NOT: memref.store
// CHECK: gpu.launch_func @kernels::@draw_number_kernel_0 {{.*}} args({{.*}} : memref<i32>, %{{.*}} : i32)
// CHECK: return
// CHECK: gpu.func @draw_number_kernel_0
// CHECK: memref.store
func.func @draw_number(%y: memref<i32>, %n: index) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %draw = arith.index_cast %i : index to i32
    memref.store %draw, %y[] : memref<i32>
  }
  return
}

// -----

// Channels that follow from the rows' counter words are drawn on the host, which sorts the rows: nothing is read back.
// CHECK-LABEL: func.func @drawn_rows
// CHECK: %[[DRAWN:.*]] = memref.alloca() : memref<8xi32>
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: %[[WORD:.*]] = memref.load %arg0[%[[ROW]], %{{.*}}] : memref<8x2xi32>
// CHECK: %[[CHANNEL:.*]] = arith.andi %[[WORD]]
// CHECK: memref.store %[[CHANNEL]], %[[DRAWN]][%[[ROW]]]
// CHECK: swy.sort_rows %[[DRAWN]] below 2 {{.*}}{swy.drawn_on_host}
// CHECK-NOT: gpu.launch_func
// CHECK-LABEL: func.func @computed_rows
// CHECK: gpu.launch_func
// CHECK: swy.sort_rows %arg1 below 2
// CHECK-NOT: swy.drawn_on_host
#id = affine_map<(i) -> (i)>
func.func @drawn_rows(%rows: memref<8x2xi32>, %channel: memref<8xi32>, %order: memref<8xi32>, %inverse: memref<8xi32>,
                      %offsets: memref<3xi32>)
    attributes {swy.entry, swy.signature = [{access = "in", role = "rows"}]} {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%channel : memref<8xi32>)
      attrs = {swy.of_rows} {
  ^bb0(%o: i32):
    %i = linalg.index 0 : index
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : i32
    %word = memref.load %rows[%i, %c0] : memref<8x2xi32>
    %drawn = arith.andi %word, %c1 : i32
    linalg.yield %drawn : i32
  }
  swy.sort_rows %channel below 2 : memref<8xi32> outs(%order, %inverse, %offsets : memref<8xi32>, memref<8xi32>, memref<3xi32>)
  return
}
func.func @computed_rows(%x: memref<8xi32>, %channel: memref<8xi32>, %order: memref<8xi32>, %inverse: memref<8xi32>,
                         %offsets: memref<3xi32>)
    attributes {swy.entry, swy.signature = [{access = "in", role = "label"}]} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<8xi32>)
      outs(%channel : memref<8xi32>) attrs = {swy.of_rows} {
  ^bb0(%a: i32, %o: i32):
    linalg.yield %a : i32
  }
  swy.sort_rows %channel below 2 : memref<8xi32> outs(%order, %inverse, %offsets : memref<8xi32>, memref<8xi32>, memref<3xi32>)
  return
}
