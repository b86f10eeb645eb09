// Groups of neighbours, sorted: each counts how many come before it, then each place looks for its own. Both loops run over
// neighbours before they run along the pixels behind.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s
// RUN: switchyard-opt %s --swy-lower-to-kernels | FileCheck %s --check-prefix=KERNEL

// CHECK-DAG: #[[$ELEMENT:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d4)>
// CHECK-DAG: #[[$OTHER:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>
// CHECK-DAG: #[[$UNIT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// CHECK-DAG: #[[$OTHER_UNIT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>

// CHECK-LABEL: func.func @second
// CHECK-SAME: (%[[X:.*]]: tensor<8x6x4x5xf32>
// KERNEL-LABEL: func.func @second
// KERNEL: gpu.launch_func
func.func @second(%x: tensor<8x6x4x5xf32> {swy.role = "image", swy.name = "x"})
    -> (tensor<8x6x4x5xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  // CHECK: %[[G:.*]] = tensor.expand_shape %{{.*}} into tensor<8x2x3x20xf32>
  // CHECK: %[[N:.*]] = linalg.generic {indexing_maps = [#[[$ELEMENT]], #[[$OTHER]], #[[$ELEMENT]]], iterator_types = ["parallel", "parallel", "parallel", "reduction", "parallel"]} ins(%[[G]], %[[G]] :
  // CHECK: linalg.generic {indexing_maps = [#[[$OTHER]], #[[$OTHER]], #[[$ELEMENT]]], {{.*}} ins(%[[N]], %[[G]] :
  // CHECK: %[[RANK:.*]] = arith.constant 1 : i32
  // CHECK: arith.cmpi eq, %{{.*}}, %[[RANK]]
  // CHECK: arith.select
  %y = swy.sort_groups %x along 1 size 3 rank 2 : tensor<8x6x4x5xf32>
  return %y : tensor<8x6x4x5xf32>
}

// CHECK-LABEL: func.func @in_order
// KERNEL-LABEL: func.func @in_order
func.func @in_order(%x: tensor<8x6xf32> {swy.role = "image", swy.name = "x"},
                    %d: tensor<8x6xf32> {swy.role = "image", swy.name = "d"})
    -> (tensor<8x6xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  // CHECK: %[[N:.*]] = linalg.generic {indexing_maps = [#[[$UNIT]], #[[$OTHER_UNIT]], #[[$UNIT]]]
  // CHECK: linalg.generic {indexing_maps = [#[[$UNIT]], #[[$OTHER_UNIT]], #[[$UNIT]]], {{.*}} ins(%[[N]], %{{.*}} : tensor<8x3x2xi32>, tensor<8x3x2xf32>)
  // CHECK: %[[PLACE:.*]] = linalg.index 3
  // CHECK: arith.index_cast %[[PLACE]]
  // CHECK: arith.addf
  %y = swy.sort_groups_backward %d, %x along 1 size 2 : tensor<8x6xf32>
  return %y : tensor<8x6xf32>
}
