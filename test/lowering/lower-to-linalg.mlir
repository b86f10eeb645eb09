// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s

// CHECK-DAG: #[[$SCALAR:.*]] = affine_map<(d0, d1) -> ()>
// CHECK-DAG: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[$ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[$CORNER:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2 * 2 + 1, d3 * 2 + 1)>
// CHECK-DAG: #[[$LAST:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1 * 12 + d4)>
// CHECK-DAG: #[[$CHANNELS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1 * 16 + d4)>

// CHECK-LABEL: func.func @broadcasting_is_an_indexing_map
func.func @broadcasting_is_an_indexing_map(%c: tensor<8xi1>, %s: tensor<f32>, %x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$ROW]], #[[$SCALAR]], #[[$ALL]], #[[$ALL]]]
  // CHECK: arith.select
  %0 = swy.select %c, %s, %x : (tensor<8xi1>, tensor<f32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @pooling_reads_one_map_for_each_place
func.func @pooling_reads_one_map_for_each_place(%x: tensor<2x3x4x4xf32>) -> tensor<2x3x2x2xf32> {
  // CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[$CORNER]], {{.*}}ins(%[[X:.*]], %[[X]], %[[X]], %[[X]] :
  %y, %i = swy.max_pool %x size 2 : tensor<2x3x4x4xf32> -> tensor<2x3x2x2xf32>, tensor<2x3x2x2xi8>
  return %y : tensor<2x3x2x2xf32>
}

// CHECK-LABEL: func.func @layouts_become_shapes
func.func @layouts_become_shapes(%v: tensor<2x32xf32>) -> tensor<2x32x4x4xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$CHANNELS]], {{.*}}tensor<2x2x4x4x16xf32>
  %b = swy.broadcast %v : tensor<2x32xf32> to tensor<2x32x4x4xf32, #swy.layout<blocked16>>
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x2x16x4x4xf32>)
  // CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2], [3], [4]]
  %p = swy.convert_layout %b : tensor<2x32x4x4xf32, #swy.layout<blocked16>> to tensor<2x32x4x4xf32>
  return %p : tensor<2x32x4x4xf32>
}

// CHECK-LABEL: func.func @channels_last_are_one_block
func.func @channels_last_are_one_block(%v: tensor<2x12xf32>, %w: tensor<16x12x1x1xf32>, %c: tensor<16xf32>)
    -> tensor<2x16x4x4xf32> {
  // CHECK: linalg.generic {indexing_maps = [#[[$LAST]], {{.*}}tensor<2x1x4x4x12xf32>
  %b = swy.broadcast %v : tensor<2x12xf32> to tensor<2x12x4x4xf32, #swy.layout<channels_last>>
  // CHECK: swy.prepare conv2d forward [2, 12, 4, 4, 16, 1, 1, 1, 0, 1, 2, 2, 0, 0]
  %y = swy.conv2d %b, %w, %c stride 1 padding 0 : tensor<2x12x4x4xf32, #swy.layout<channels_last>>,
    tensor<16x12x1x1xf32>, tensor<16xf32> -> tensor<2x16x4x4xf32, #swy.layout<channels_last>>
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x1x16x4x4xf32>)
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x1x4x4x16xf32>)
  // CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2], [3], [4]]
  %z = swy.convert_layout %y :
    tensor<2x16x4x4xf32, #swy.layout<channels_last>> to tensor<2x16x4x4xf32, #swy.layout<blocked16>>
  %p = swy.convert_layout %z : tensor<2x16x4x4xf32, #swy.layout<blocked16>> to tensor<2x16x4x4xf32>
  return %p : tensor<2x16x4x4xf32>
}

// CHECK-LABEL: func.func @layers_become_library_calls
func.func @layers_become_library_calls(%x: tensor<8x1x6x6xf32>, %d: tensor<8x3x4x4xf32>)
    -> (tensor<3x1x3x3xf32>, tensor<3xf32>) {
  // CHECK: %[[H:.*]] = swy.prepare conv2d backward_weights [8, 1, 6, 6, 3, 3, 3, 1, 0, 1, 0, 0, 0, 0]
  // CHECK: swy.library_call conv2d backward_weights %[[H]] ins(%{{.*}}, %{{.*}} :
  // CHECK: swy.release %[[H]]
  %w, %b = swy.conv2d_backward_weights %x, %d stride 1 padding 0 :
    tensor<8x1x6x6xf32>, tensor<8x3x4x4xf32> -> tensor<3x1x3x3xf32>, tensor<3xf32>
  return %w, %b : tensor<3x1x3x3xf32>, tensor<3xf32>
}

// CHECK-LABEL: func.func @one_block_makes_four_draws
func.func @one_block_makes_four_draws(%s: tensor<i64>, %r: tensor<2x2xi32>, %p: tensor<i32>) -> tensor<2x8xf32> {
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x2x4xf32>) attrs = {swy.words}
  // CHECK-COUNT-20: arith.mului_extended
  // CHECK-NOT: arith.mului_extended
  %u = swy.random_uniform %s, %r, %p site <model, "a"> : tensor<i64>, tensor<2x2xi32>, tensor<i32> -> tensor<2x8xf32>
  return %u : tensor<2x8xf32>
}
