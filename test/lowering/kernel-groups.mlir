// RUN: switchyard-opt %s -swy-outline-kernels -split-input-file | FileCheck %s

// A draw and what it is added to are one kernel: a thread draws a block's four words and keeps them. The shapes may
// differ, as long as element is element.
// CHECK-LABEL: func.func @draw
// CHECK: gpu.launch_func @kernels::@draw_kernel_0 blocks in (%{{.*}}) threads in (%c32{{.*}} args(%{{[^:]*}} : memref<2x2x10xf32>, %{{[^:]*}} : memref<2x2x10xf32>)
// CHECK: gpu.launch_func @kernels::@odd_rows_kernel_0 {{.*}} args(%{{[^:]*}} : memref<4xf32>, %{{[^:]*}} : memref<4x3xf32>)
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func @draw_kernel_0
// CHECK-NOT: memref.alloca
// CHECK-NOT: memref.store
// CHECK-COUNT-4: memref.load %{{.*}} : memref<40xf32>
// CHECK-NOT: memref.load
// CHECK-COUNT-4: memref.store %{{.*}} : memref<40xf32>
// CHECK-NOT: memref.store
#id = affine_map<(i, j, k) -> (i, j, k)>
func.func @draw(%x: memref<2x2x10xf32>, %y: memref<2x2x10xf32>, %arena: memref<256xi8>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %u = memref.view %arena[%c0][] : memref<256xi8> to memref<2x5x4xf32>
  %flat = memref.collapse_shape %u [[0], [1, 2]] : memref<2x5x4xf32> into memref<2x20xf32>
  %noise = memref.expand_shape %flat [[0], [1, 2]] output_shape [2, 2, 10] : memref<2x20xf32> into memref<2x2x10xf32>
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel", "parallel"]}
      outs(%u : memref<2x5x4xf32>) attrs = {swy.words} {
  ^bb0(%o: f32):
    %block = linalg.index 1 : index
    %word = linalg.index 2 : index
    %n = arith.addi %block, %word : index
    %i = arith.index_cast %n : index to i32
    %s = arith.sitofp %i : i32 to f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %noise : memref<2x2x10xf32>, memref<2x2x10xf32>) outs(%y : memref<2x2x10xf32>) {
  ^bb0(%a: f32, %n: f32, %o: f32):
    %s = arith.addf %a, %n : f32
    linalg.yield %s : f32
  }
  return
}

// Rows need not be of fours: then a thread's neighbours have their indices each, and their positions in memory in common.
// CHECK: gpu.func @odd_rows_kernel_0
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %{{.*}} {{\[\[}}0, 1]] : memref<4x3xf32> into memref<12xf32>
// CHECK: memref.store %{{.*}}, %[[FLAT]][%{{.*}}] : memref<12xf32>
// CHECK-NOT: memref.store {{.*}}4x3
func.func @odd_rows(%x: memref<4xf32>, %y: memref<4x3xf32>, %arena: memref<64xi8>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %u = memref.view %arena[%c0][] : memref<64xi8> to memref<1x3x4xf32>
  %flat = memref.collapse_shape %u [[0, 1, 2]] : memref<1x3x4xf32> into memref<12xf32>
  %noise = memref.expand_shape %flat [[0, 1]] output_shape [4, 3] : memref<12xf32> into memref<4x3xf32>
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel", "parallel"]}
      outs(%u : memref<1x3x4xf32>) attrs = {swy.words} {
  ^bb0(%o: f32):
    %word = linalg.index 2 : index
    %i = arith.index_cast %word : index to i32
    %s = arith.sitofp %i : i32 to f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %noise : memref<4xf32>, memref<4x3xf32>) outs(%y : memref<4x3xf32>) {
  ^bb0(%a: f32, %n: f32, %o: f32):
    %s = arith.addf %a, %n : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// What is read again elsewhere is stored, and still not loaded within the kernel.
// CHECK-LABEL: func.func @read_again
// CHECK-COUNT-2: gpu.launch_func
// CHECK: gpu.func @read_again_kernel_0
// CHECK: %[[V:.*]] = arith.negf
// CHECK: memref.store %[[V]]
// CHECK-NOT: memref.load
// CHECK: %[[W:.*]] = math.absf %[[V]]
// CHECK: memref.store %[[W]]
#id = affine_map<(i) -> (i)>
#back = affine_map<(i) -> (9 - i)>
func.func @read_again(%x: memref<10xf32>, %y: memref<10xf32>, %arena: memref<128xi8>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %t = memref.view %arena[%c0][] : memref<128xi8> to memref<10xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<10xf32>) outs(%t : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%t : memref<10xf32>) outs(%y : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.absf %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#back, #id], iterator_types = ["parallel"]}
      ins(%t : memref<10xf32>) outs(%x : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

// A place of the arena that is used again within the group does not matter where the first values are in registers.
// CHECK-LABEL: func.func @place_used_again
// CHECK: gpu.launch_func {{.*}} args(%{{[^:]*}} : memref<10xf32>, %{{[^:]*}} : memref<10xf32>)
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func
#id = affine_map<(i) -> (i)>
func.func @place_used_again(%x: memref<10xf32>, %y: memref<10xf32>, %arena: memref<256xi8>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %s = memref.view %arena[%c0][] : memref<256xi8> to memref<10xf32>
  %t = memref.view %arena[%c64][] : memref<256xi8> to memref<10xf32>
  %u = memref.view %arena[%c0][] : memref<256xi8> to memref<10xf32>
  memref.copy %x, %s : memref<10xf32> to memref<10xf32>
  memref.copy %s, %t : memref<10xf32> to memref<10xf32>
  memref.copy %t, %u : memref<10xf32> to memref<10xf32>
  memref.copy %u, %y : memref<10xf32> to memref<10xf32>
  return
}

// -----

// A part of a buffer is met by the whole.
// CHECK-LABEL: func.func @part
// CHECK-COUNT-2: gpu.launch_func
func.func @part(%x: memref<10xf32>, %y: memref<20xf32>, %z: memref<10xf32>) attributes {swy.entry} {
  %first = memref.subview %y[0] [10] [1] : memref<20xf32> to memref<10xf32, strided<[1]>>
  %next = memref.subview %y[1] [10] [1] : memref<20xf32> to memref<10xf32, strided<[1], offset: 1>>
  memref.copy %x, %first : memref<10xf32> to memref<10xf32, strided<[1]>>
  memref.copy %next, %z : memref<10xf32, strided<[1], offset: 1>> to memref<10xf32>
  return
}

// -----

// A row's values that only its group reads stay in registers, the loops over a short row being written out.
// CHECK-LABEL: func.func @softmax
// CHECK: gpu.launch_func {{.*}} args(%{{[^:]*}} : memref<2048x3xf32>, %{{[^:]*}} : memref<2048x3xf32>)
// CHECK: gpu.func @softmax_kernel_0
// CHECK-NOT: memref.store
// CHECK-COUNT-3: math.exp
// CHECK-NOT: memref.store
// CHECK-COUNT-3: arith.addf
// CHECK-NOT: scf.for
// CHECK: arith.divf
// CHECK-NEXT: memref.store
// CHECK: arith.divf
// CHECK: arith.divf
// CHECK-NOT: memref.load
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @softmax(%x: memref<2048x3xf32>, %y: memref<2048x3xf32>, %arena: memref<32768xi8>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c24576 = arith.constant 24576 : index
  %e = memref.view %arena[%c0][] : memref<32768xi8> to memref<2048x3xf32>
  %sum = memref.view %arena[%c24576][] : memref<32768xi8> to memref<2048xf32>
  %zero = arith.constant 0.0 : f32
  linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<2048x3xf32>) outs(%e : memref<2048x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  }
  linalg.fill ins(%zero : f32) outs(%sum : memref<2048xf32>)
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%e : memref<2048x3xf32>) outs(%sum : memref<2048xf32>) {
  ^bb0(%a: f32, %so_far: f32):
    %s = arith.addf %a, %so_far : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%e, %sum : memref<2048x3xf32>, memref<2048xf32>) outs(%y : memref<2048x3xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Long rows want more threads than there are rows, unless a reduction of the row ties them together. What does not
// meet has blocks of its own in one kernel.
// CHECK-LABEL: func.func @long_rows
// CHECK: gpu.launch_func {{.*}} blocks in (%c14{{.*}} threads in (%c256
// CHECK: gpu.launch_func {{.*}} blocks in (%c1{{.*}} threads in (%c32
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func @long_rows_kernel_0
// CHECK: %[[BLOCK:.*]] = gpu.block_id
// CHECK: %[[FIRST:.*]] = arith.cmpi ult, %[[BLOCK]], %c1
// CHECK: scf.if %[[FIRST]] {
// CHECK: } else {
// CHECK: arith.subi %[[BLOCK]], %c1
// CHECK: gpu.func
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @long_rows(%b: memref<32xf32>, %c: memref<32xf32>, %w: memref<32x100xf32>, %v: memref<32x100xf32>,
                     %m: memref<32xf32>, %y: memref<32x100xf32>) attributes {swy.entry} {
  memref.copy %b, %c : memref<32xf32> to memref<32xf32>
  memref.copy %w, %v : memref<32x100xf32> to memref<32x100xf32>
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
      ins(%v : memref<32x100xf32>) outs(%m : memref<32xf32>) {
  ^bb0(%a: f32, %so_far: f32):
    %s = arith.maximumf %a, %so_far : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
      ins(%v, %m : memref<32x100xf32>, memref<32xf32>) outs(%y : memref<32x100xf32>) {
  ^bb0(%a: f32, %b0: f32, %o: f32):
    %s = arith.subf %a, %b0 : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A scalar that follows from the call's is computed where it is read, by the kernel; no kernel is left that writes it.
// CHECK-LABEL: func.func @rate
// CHECK: gpu.launch_func {{.*}} args(%{{[^:]*}} : memref<f32>, %{{[^:]*}} : memref<10xf32>)
// CHECK-NOT: gpu.launch_func
// CHECK: gpu.func @rate_kernel_0(%[[BASE:[^:]*]]: memref<f32>
// CHECK: %[[GIVEN:.*]] = memref.load %[[BASE]][]
// CHECK: arith.addf %[[GIVEN]], %[[GIVEN]]
#id = affine_map<(i) -> (i)>
#one = affine_map<(i) -> ()>
#none = affine_map<() -> ()>
func.func @rate(%base: memref<f32>, %x: memref<10xf32>, %arena: memref<64xi8>) attributes {swy.entry,
    swy.signature = [{access = "in"}, {access = "inout"}]} {
  %c0 = arith.constant 0 : index
  %rate = memref.view %arena[%c0][] : memref<64xi8> to memref<f32>
  linalg.generic {indexing_maps = [#none, #none], iterator_types = []} ins(%base : memref<f32>) outs(%rate : memref<f32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  linalg.generic {indexing_maps = [#one, #id], iterator_types = ["parallel"]} ins(%rate : memref<f32>) outs(%x : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.mulf %a, %o : f32
    linalg.yield %s : f32
  }
  return
}
