// Draws that elements share are made once each, at the counter of their first element, and repeated.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s

// CHECK-DAG: #[[$COLUMNS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[$PIXELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-DAG: #[[$CHANNELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1)>

// CHECK-LABEL: func.func @one_draw_for_each_column
func.func @one_draw_for_each_column(%s: tensor<i64>, %r: tensor<2x2xi32>, %p: tensor<i32>) -> tensor<2x3x4x6xf32> {
  // CHECK: %[[ONCE:.*]] = linalg.generic {{.*}}outs(%{{.*}} : tensor<2x3x6xf32>) {
  // CHECK-DAG: %[[COLUMN:.*]] = linalg.index 2
  // CHECK-DAG: %[[IMAGE:.*]] = arith.constant 24 : index
  // CHECK: arith.muli %{{.*}}, %[[IMAGE]] : index
  // CHECK: linalg.generic {indexing_maps = [#[[$COLUMNS]], {{.*}}ins(%[[ONCE]] : tensor<2x3x6xf32>) outs(%{{.*}} : tensor<2x3x4x6xf32>)
  %u = swy.random_uniform %s, %r, %p site <model, "a"> shared [1] : tensor<i64>, tensor<2x2xi32>, tensor<i32> -> tensor<2x3x4x6xf32>
  return %u : tensor<2x3x4x6xf32>
}

// The first channel's elements are neighbours, four of a block.
// CHECK-LABEL: func.func @one_draw_for_each_pixel
func.func @one_draw_for_each_pixel(%s: tensor<i64>, %r: tensor<2x2xi32>, %p: tensor<i32>) -> tensor<2x3x4x6xf32> {
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x6x4xf32>) attrs = {swy.words}
  // CHECK: linalg.generic {indexing_maps = [#[[$PIXELS]], {{.*}}outs(%{{.*}} : tensor<2x3x4x6xf32>)
  %u = swy.random_normal %s, %r, %p site <model, "a"> shared [0] : tensor<i64>, tensor<2x2xi32>, tensor<i32> -> tensor<2x3x4x6xf32>
  return %u : tensor<2x3x4x6xf32>
}

// CHECK-LABEL: func.func @one_draw_for_each_channel
func.func @one_draw_for_each_channel(%s: tensor<i64>, %r: tensor<2x2xi32>, %p: tensor<i32>) -> tensor<2x3x4x6xf32> {
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x3xf32>)
  // CHECK: linalg.generic {indexing_maps = [#[[$CHANNELS]],
  %u = swy.random_uniform %s, %r, %p site <model, "a"> shared [1, 2] : tensor<i64>, tensor<2x2xi32>, tensor<i32> -> tensor<2x3x4x6xf32>
  return %u : tensor<2x3x4x6xf32>
}
