// A sum and a length of what has no batch: nothing is kept. The length is scaled by a power of two of the largest
// element before it is squared.
// RUN: switchyard-opt %s --swy-lower-to-linalg --canonicalize --cse | FileCheck %s

// CHECK: #[[$ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK: #[[$NONE:.*]] = affine_map<(d0, d1) -> ()>

// CHECK-LABEL: func.func @sum
// CHECK: linalg.generic {indexing_maps = [#[[$ALL]], #[[$NONE]]], iterator_types = ["reduction", "reduction"]}
// CHECK: arith.addf
func.func @sum(%x: tensor<3x4xf32>) -> tensor<f32> {
  %s = swy.reduce_sum %x keep 0 : tensor<3x4xf32> -> tensor<f32>
  return %s : tensor<f32>
}

// CHECK-LABEL: func.func @length
// CHECK: math.absf
// CHECK: arith.maximumf
// CHECK: arith.bitcast
// CHECK: arith.andi
// CHECK: %[[SCALED:.*]] = arith.mulf
// CHECK: arith.mulf %[[SCALED]], %[[SCALED]]
// CHECK: math.sqrt
func.func @length(%x: tensor<3x4xf32>) -> tensor<f32> {
  %n = swy.norm %x keep 0 : tensor<3x4xf32> -> tensor<f32>
  return %n : tensor<f32>
}
