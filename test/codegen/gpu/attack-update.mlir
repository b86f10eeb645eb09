// An attack's update goes the whole way to PTX: one kernel, one store, no call of a library that a GPU machine
// may lack. Nothing in the lowering to linalg and to buffers is for the CPU alone.
// RUN: switchyard-opt %s -swy-lower-to-buffers \
// RUN: | switchyard-opt -pass-pipeline="builtin.module(func.func(convert-linalg-to-parallel-loops,scf-parallel-loop-tiling{parallel-loop-tile-sizes=256},gpu-map-parallel-loops,convert-parallel-loops-to-gpu),lower-affine,canonicalize,cse,func.func(gpu-launch-sink-index-computations),gpu-kernel-outlining,canonicalize,cse)" \
// RUN: | switchyard-opt -pass-pipeline="builtin.module(gpu-lower-to-nvvm-pipeline{cubin-chip=sm_80 cubin-features=+ptx80 cubin-format=isa opt-level=3 kernel-bare-ptr-calling-convention=true})" \
// RUN: | FileCheck %s

// CHECK: gpu.binary
// CHECK-NOT: .extern .func
// CHECK: .visible .entry
// CHECK: st.global
// CHECK-NOT: st.global
// CHECK-NOT: .visible .entry
func.func @update(%x0: tensor<307200xf32>, %x: tensor<307200xf32>, %g: tensor<307200xf32>, %step: tensor<f32>,
    %eps: tensor<f32>) -> (tensor<307200xf32> {swy.into = 1 : i64}) attributes {swy.entry} {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %s = swy.sign %g : (tensor<307200xf32>) -> tensor<307200xf32>
  %d = swy.mul %step, %s : (tensor<f32>, tensor<307200xf32>) -> tensor<307200xf32>
  %a = swy.sub %x, %d : (tensor<307200xf32>, tensor<307200xf32>) -> tensor<307200xf32>
  %lo = swy.sub %x0, %eps : (tensor<307200xf32>, tensor<f32>) -> tensor<307200xf32>
  %hi = swy.add %x0, %eps : (tensor<307200xf32>, tensor<f32>) -> tensor<307200xf32>
  %b = swy.max %a, %lo : (tensor<307200xf32>, tensor<307200xf32>) -> tensor<307200xf32>
  %c = swy.min %b, %hi : (tensor<307200xf32>, tensor<307200xf32>) -> tensor<307200xf32>
  %e = swy.max %c, %zero : (tensor<307200xf32>, tensor<f32>) -> tensor<307200xf32>
  %f = swy.min %e, %one : (tensor<307200xf32>, tensor<f32>) -> tensor<307200xf32>
  return %f : tensor<307200xf32>
}
