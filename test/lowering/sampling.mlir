// Images read at other places: a loop over places that reads four pixels, fused with what computes the places; its
// transpose a loop over planes that reads and writes the plane by index.
// RUN: switchyard-opt %s --swy-lower-to-fused-linalg | FileCheck %s
// RUN: switchyard-opt %s --swy-lower-to-buffers | FileCheck %s --check-prefix=BUFFER
// RUN: switchyard-opt %s --swy-lower-to-kernels | FileCheck %s --check-prefix=KERNEL

// BUFFER-DAG: #[[$FIRST:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, 0)>

// CHECK-LABEL: func.func @shifted
// CHECK: linalg.generic
// CHECK: arith.addf
// CHECK: math.floor
// CHECK-COUNT-4: tensor.extract %{{.*}} : tensor<2x3x8x8xf32>
// CHECK-NOT: linalg.generic
func.func @shifted(%x: tensor<2x3x8x8xf32> {swy.role = "image", swy.name = "x"},
                   %r: tensor<2x3x6x6xf32> {swy.role = "image", swy.name = "r"})
    -> (tensor<2x3x6x6xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  %rows = swy.add %r, %r : (tensor<2x3x6x6xf32>, tensor<2x3x6x6xf32>) -> tensor<2x3x6x6xf32>
  %y = swy.sample %x at %rows, %r : tensor<2x3x8x8xf32>, tensor<2x3x6x6xf32>, tensor<2x3x6x6xf32> -> tensor<2x3x6x6xf32>
  return %y : tensor<2x3x6x6xf32>
}

// CHECK-LABEL: func.func @transposed
// CHECK: swy.scatter_samples
// BUFFER-LABEL: func.func @transposed
// BUFFER: linalg.fill {{.*}} outs(%[[IMAGE:.*]] :
// BUFFER: linalg.generic {indexing_maps = [{{.*}}, #[[$FIRST]]], iterator_types = ["parallel", "parallel", "reduction", "reduction"]
// BUFFER-SAME: outs(%[[IMAGE]] :
// BUFFER: memref.load %[[IMAGE]]
// BUFFER: memref.store %{{.*}}, %[[IMAGE]]
// One thread does a plane.
// KERNEL-LABEL: func.func @transposed
// KERNEL: gpu.launch_func @kernels::@[[KERNEL:.*]] blocks
// KERNEL: gpu.func
func.func @transposed(%d: tensor<2x3x6x6xf32> {swy.role = "image", swy.name = "d"})
    -> (tensor<2x3x8x8xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  %y = swy.sample_backward %d at %d, %d : tensor<2x3x6x6xf32>, tensor<2x3x6x6xf32>, tensor<2x3x6x6xf32> -> tensor<2x3x8x8xf32>
  return %y : tensor<2x3x8x8xf32>
}
