// Windows that overlap or are padded, images of other sizes, layers without bias.
// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-lower-to-linalg))" | FileCheck %s

// CHECK-DAG: #[[$STEP:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2 * 2 + 1, d3 * 2 + 2)>
// CHECK-DAG: #[[$NEAREST:.*]] = affine_map<(d0) -> ((d0 * 6) floordiv 4)>

// What pads is written out, below all numbers; windows read it by one map for each place.
// CHECK-LABEL: func.func @padded_pooling
func.func @padded_pooling(%x: tensor<2x3x5x5xf32>) -> tensor<2x3x3x3xf32> {
  // CHECK: %[[P:.*]] = linalg.generic {{.*}}outs(%{{.*}} : tensor<2x3x7x7xf32>)
  // CHECK: tensor.extract
  // CHECK: arith.constant 0xFF800000 : f32
  // CHECK: linalg.generic {indexing_maps = [{{.*}}#[[$STEP]], {{.*}}ins(%[[P]], %[[P]],
  %y, %i = swy.max_pool %x size 3 stride 2 padding 1 : tensor<2x3x5x5xf32> -> tensor<2x3x3x3xf32>, tensor<2x3x3x3xi8>
  return %y : tensor<2x3x3x3xf32>
}

// An element asks each of four windows.
// CHECK-LABEL: func.func @overlap
func.func @overlap(%d: tensor<2x3x3x3xf32>, %i: tensor<2x3x3x3xi8>) -> tensor<2x3x5x5xf32> {
  // CHECK: linalg.generic {{.*}}outs(%{{.*}} : tensor<2x3x5x5xf32>)
  // CHECK-COUNT-4: tensor.extract %{{.*}} : tensor<2x3x3x3xi8>
  // CHECK-NOT: tensor.extract %{{.*}} : tensor<2x3x3x3xi8>
  %x = swy.max_pool_backward %d, %i size 3 stride 2 padding 1 : tensor<2x3x3x3xf32>, tensor<2x3x3x3xi8> -> tensor<2x3x5x5xf32>
  return %x : tensor<2x3x5x5xf32>
}

// CHECK-LABEL: func.func @nearest
func.func @nearest(%x: tensor<2x3x6x5xf32>) -> tensor<2x3x4x5xf32> {
  // CHECK: affine.apply #[[$NEAREST]]
  // CHECK-NEXT: tensor.extract
  // CHECK-NEXT: linalg.yield
  %y = swy.resize %x along 0 nearest : tensor<2x3x6x5xf32> -> tensor<2x3x4x5xf32>
  return %y : tensor<2x3x4x5xf32>
}

// Halved: no element became a part of more than two.
// CHECK-LABEL: func.func @linear_backward
func.func @linear_backward(%d: tensor<2x3x6x4xf32>) -> tensor<2x3x6x8xf32> {
  // CHECK-COUNT-1: tensor.extract
  // CHECK-NOT: tensor.extract
  %x = swy.resize_backward %d along 1 : tensor<2x3x6x4xf32> -> tensor<2x3x6x8xf32>
  return %x : tensor<2x3x6x8xf32>
}

// CHECK-LABEL: func.func @no_bias
func.func @no_bias(%x: tensor<8x4x6x6xf32>, %w: tensor<6x2x3x3xf32>, %v: tensor<10x96xf32>) -> tensor<8x10xf32> {
  // CHECK-NOT: linalg.fill
  // CHECK: swy.prepare conv2d forward [8, 4, 6, 6, 6, 3, 3, 1, 0, 2, 0, 0, 0, 0] weights
  // CHECK: swy.library_call conv2d forward %{{.*}} ins(%{{[^,]*}} : tensor<8x4x6x6xf32>)
  %y = swy.conv2d %x, %w stride 1 padding 0 groups 2 : tensor<8x4x6x6xf32>, tensor<6x2x3x3xf32> -> tensor<8x6x4x4xf32>
  %f = swy.reshape %y : tensor<8x6x4x4xf32> to tensor<8x96xf32>
  %b = arith.constant dense<0.0> : tensor<10xf32>
  // CHECK: swy.library_call dense forward %{{.*}} ins(%{{[^,]*}} : tensor<8x96xf32>)
  %z = swy.dense %f, %v, %b : tensor<8x96xf32>, tensor<10x96xf32>, tensor<10xf32> -> tensor<8x10xf32>
  return %z : tensor<8x10xf32>
}
