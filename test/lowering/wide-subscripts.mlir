// Kernels subscript with 32 bits as long as a buffer and a kernel's last block stay below 2^31 elements, else with 64.
// RUN: switchyard-opt %s -split-input-file -swy-outline-kernels | FileCheck %s --check-prefix=CHOICE
// RUN: switchyard-opt %s -split-input-file -swy-outline-kernels -swy-lower-kernels-to-nvvm | FileCheck %s

// CHOICE: gpu.module @kernels attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i64>}
// CHECK-LABEL: llvm.func @below_kernel_0
// CHECK-NOT: (!llvm.ptr, i64)
// CHECK: llvm.getelementptr {{.*}} : (!llvm.ptr, i32) -> !llvm.ptr, f32
#id = affine_map<(i) -> (i)>
func.func @below(%x: memref<2146435068xf32>, %y: memref<2146435068xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<2146435068xf32>) outs(%y : memref<2146435068xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// The last block would run past 2^31.
// CHOICE: gpu.module @kernels {
// CHECK-LABEL: llvm.func @border_kernel_0
// CHECK: llvm.getelementptr {{.*}} : (!llvm.ptr, i64) -> !llvm.ptr, f32
#id = affine_map<(i) -> (i)>
func.func @border(%x: memref<2147483647xf32>, %y: memref<2147483647xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<2147483647xf32>) outs(%y : memref<2147483647xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A batch of 2048 of 64 channels of 128x128: 2^31.
// CHOICE: gpu.module @kernels {
// CHECK-LABEL: llvm.func @large_kernel_0
// CHECK: llvm.getelementptr {{.*}} : (!llvm.ptr, i64) -> !llvm.ptr, f32
#all = affine_map<(b, c, h, w) -> (b, c, h, w)>
func.func @large(%x: memref<2048x64x128x128xf32>, %y: memref<2048x64x128x128xf32>) attributes {swy.entry} {
  linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : memref<2048x64x128x128xf32>) outs(%y : memref<2048x64x128x128xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}
