// Locally connected layers: sums in which the weights of a row of places and what they make lie side by side; the image's
// cotangent is gathered. No call of a library.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s
// RUN: switchyard-opt %s --swy-lower-to-kernels | FileCheck %s --check-prefix=KERNEL

// Rows, channels, examples, the input's channels, windows, columns.
// CHECK-DAG: #[[$IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d2, d3, d0 * 2 + d4, d6 * 2 + d5)>
// CHECK-DAG: #[[$WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d3, d4, d5, d0, d6)>
// CHECK-DAG: #[[$OWN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d2, d1, d3, d4, d5, d0, d6)>
// CHECK-DAG: #[[$MADE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d2, d1, d0, d6)>
// CHECK-DAG: #[[$WINDOWS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d3, d4, d5, 0, 0)>
// CHECK-DAG: #[[$PIXEL:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d2, d3, d0, d6)>
// CHECK-DAG: #[[$PLACE:.*]] = affine_map<(d0, d1) -> ((d0 - d1 + 1) floordiv 2)>
// CHECK-NOT: swy.library_call

// CHECK-LABEL: func.func @forward
// KERNEL-LABEL: func.func @forward
// KERNEL: gpu.launch_func
func.func @forward(%x: tensor<8x3x5x6xf32> {swy.role = "image", swy.name = "x"},
                   %w: tensor<4x3x3x3x3x3xf32> {swy.role = "weight", swy.name = "w"})
    -> (tensor<8x4x3x3xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  // CHECK: %[[P:.*]] = linalg.generic {{.*}}outs(%{{.*}} : tensor<8x3x7x8xf32>)
  // CHECK: linalg.generic {indexing_maps = [#[[$IMAGE]], #[[$WEIGHTS]], #[[$MADE]]], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]} ins(%[[P]],
  // CHECK: arith.mulf
  // CHECK: arith.addf
  %y = swy.local_conv %x, %w stride 2 padding 1 : tensor<8x3x5x6xf32>, tensor<4x3x3x3x3x3xf32> -> tensor<8x4x3x3xf32>
  return %y : tensor<8x4x3x3xf32>
}

// CHECK-LABEL: func.func @each_examples_own
func.func @each_examples_own(%x: tensor<8x3x5x6xf32>, %w: tensor<8x4x3x3x3x3x3xf32>) -> tensor<8x4x3x3xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$IMAGE]], #[[$OWN]], #[[$MADE]]]
  %y = swy.local_conv %x, %w stride 2 padding 1 : tensor<8x3x5x6xf32>, tensor<8x4x3x3x3x3x3xf32> -> tensor<8x4x3x3xf32>
  return %y : tensor<8x4x3x3xf32>
}

// CHECK-LABEL: func.func @weights
func.func @weights(%x: tensor<8x3x5x6xf32>, %d: tensor<8x4x3x3xf32>) -> tensor<4x3x3x3x3x3xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$IMAGE]], #[[$MADE]], #[[$WEIGHTS]]], iterator_types = ["parallel", "parallel", "reduction", "parallel", "parallel", "parallel", "parallel"]}
  %w = swy.local_conv_backward_weights %x, %d stride 2 padding 1
      : tensor<8x3x5x6xf32>, tensor<8x4x3x3xf32> -> tensor<4x3x3x3x3x3xf32>
  return %w : tensor<4x3x3x3x3x3xf32>
}

// CHECK-LABEL: func.func @input
// KERNEL-LABEL: func.func @input
// KERNEL: gpu.launch_func
func.func @input(%d: tensor<8x4x3x3xf32> {swy.role = "image", swy.name = "d"},
                 %w: tensor<4x3x3x3x3x3xf32> {swy.role = "weight", swy.name = "w"})
    -> (tensor<8x3x5x6xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  // CHECK: linalg.generic {indexing_maps = [#[[$WINDOWS]], #[[$PIXEL]]], iterator_types = ["parallel", "reduction", "parallel", "parallel", "reduction", "reduction", "parallel"]}
  // CHECK-COUNT-2: affine.apply #[[$PLACE]]
  // CHECK: tensor.extract %{{.*}} : tensor<4x3x3x3x3x3xf32>
  // CHECK: tensor.extract %{{.*}} : tensor<8x4x3x3xf32>
  // CHECK: arith.select
  %x = swy.local_conv_backward_input %d, %w stride 2 padding 1
      : tensor<8x4x3x3xf32>, tensor<4x3x3x3x3x3xf32> -> tensor<8x3x5x6xf32>
  return %x : tensor<8x3x5x6xf32>
}
