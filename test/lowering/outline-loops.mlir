// RUN: switchyard-opt %s -swy-outline-loops -split-input-file | FileCheck %s

// Dimensions merge into one long range, which the runtime's threads share.
// CHECK-LABEL: func.func @merges_and_shares
// CHECK: swy.parallel_for @merges_and_shares_loop_0 count 1048576 grain 21856(%{{.*}}, %{{.*}})
// CHECK: func.func private @merges_and_shares_loop_0(%[[BEGIN:.*]]: index, %[[END:.*]]: index, %{{.*}}: memref<64x16384xf32> {llvm.align = 64 : i64, llvm.noalias}
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK-NOT: scf.for
#id = affine_map<(i, j) -> (i, j)>
func.func @merges_and_shares(%x: memref<64x16384xf32>, %y: memref<64x16384xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<64x16384xf32>) outs(%y : memref<64x16384xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Little work is done at once; equal loops are one function.
// CHECK-LABEL: func.func @small
// CHECK-COUNT-2: call @small_loop_0(
// CHECK: func.func private @small_loop_0({{.*}}) attributes {passthrough = ["noinline"]}
// CHECK-NOT: func.func private @small_loop_1
#id = affine_map<(i) -> (i)>
func.func @small(%x: memref<10xf32>, %y: memref<10xf32>, %z: memref<10xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<10xf32>) outs(%y : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%y : memref<10xf32>) outs(%z : memref<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}
