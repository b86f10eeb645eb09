// Scalars of a call are read, and what follows from them computed, in the kernels; the host reads its own copy of
// what its loops need, and computes the channel that a whole batch draws.
// RUN: switchyard-opt %s -swy-lower-to-kernels | FileCheck %s

// CHECK-LABEL: func.func @steps(
// CHECK-SAME: %[[STEPS:.*]]: memref<i32>, %{{.*}}: memref<{{.*}}xi8>, %[[HOST:.*]]: memref<i32> {swy.host_copy = 2 : i64})
// CHECK: %[[COUNT:.*]] = memref.load %[[HOST]][] : memref<i32>
// CHECK-NOT: memref.load
// CHECK: scf.for
// CHECK: gpu.launch_func
// CHECK-SAME: args(%{{.*}} : memref<f32>, %{{.*}} : memref<8x100xf32>)
// CHECK-NOT: memref.load
// CHECK: return
func.func @steps(%x: tensor<8x100xf32>, %rate: tensor<f32>, %steps: tensor<i32>) -> tensor<8x100xf32> attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.extract %steps[] : tensor<i32>
  %end = arith.index_cast %n : i32 to index
  %y = scf.for %i = %c0 to %end step %c1 iter_args(%v = %x) -> tensor<8x100xf32> {
    %next = swy.mul %rate, %v : (tensor<f32>, tensor<8x100xf32>) -> tensor<8x100xf32>
    scf.yield %next : tensor<8x100xf32>
  }
  return %y : tensor<8x100xf32>
}

// CHECK-LABEL: gpu.func @steps_kernel_
