// A layer without bias gives the runtime none: no zeros are filled in, no address stands for them.
// RUN: switchyard-opt %s -swy-lower-all | FileCheck %s

// CHECK: llvm.func internal @without_bias.compute(
// CHECK: %[[NONE:.*]] = llvm.mlir.zero : !llvm.ptr
// CHECK: llvm.call @swy_rt_dense_forward(%{{.*}}, %{{.*}}, %{{.*}}, %[[NONE]], %{{.*}})
func.func @without_bias(%x: tensor<512x64xf32>, %w: tensor<256x64xf32>) -> tensor<512x256xf32> attributes {swy.entry} {
  %b = arith.constant dense<0.0> : tensor<256xf32>
  %y = swy.dense %x, %w, %b : tensor<512x64xf32>, tensor<256x64xf32>, tensor<256xf32> -> tensor<512x256xf32>
  return %y : tensor<512x256xf32>
}
