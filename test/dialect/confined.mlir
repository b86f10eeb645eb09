// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s
// What an attack gives, and what a training holds it to, are read as they are printed.

// CHECK-LABEL: swy.attack @near
swy.attack @near away true scalars ["eps"] {
^bb0(%x: tensor<1x4x4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>):
  // CHECK: swy.finished %{{.*}}, %{{.*}} norm <linf> low 0.000000e+00 high 1.000000e+00 : tensor<1x4x4xf32>, tensor<f32>
  %y = swy.finished %x, %eps norm <linf> low 0.0 high 1.0 : tensor<1x4x4xf32>, tensor<f32>
  // CHECK: swy.finished %{{.*}} norm <none> : tensor<1x4x4xf32>
  %z = swy.finished %y norm <none> : tensor<1x4x4xf32>
  swy.yield %z : tensor<1x4x4xf32>
}

// CHECK-LABEL: swy.loss @sampled
swy.loss @sampled scalars ["eps"] {
^bb0(%x: tensor<1x4x4xf32>, %label: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %eps: tensor<f32>):
  // CHECK: swy.attacked %{{.*}} by @near(%{{.*}}) sampled <by = eot, draws = 4> : tensor<1x4x4xf32>, tensor<f32>
  %y = swy.attacked %x by @near(%eps) sampled <by = eot, draws = 4> : tensor<1x4x4xf32>, tensor<f32>
  // CHECK: swy.attacked %{{.*}} by @near(%{{.*}}) sampled <by = frozen_draw> : tensor<1x4x4xf32>, tensor<f32>
  %z = swy.attacked %y by @near(%eps) sampled <by = frozen_draw> : tensor<1x4x4xf32>, tensor<f32>
  %s = swy.reduce_sum %z keep 0 : tensor<1x4x4xf32> -> tensor<f32>
  swy.yield %s : tensor<f32>
}

// CHECK-LABEL: func.func @given
func.func @given(%x: tensor<1x4x4xf32>) -> tensor<1x4x4xf32> {
  // CHECK: swy.given %{{.*}} low 0.000000e+00 high 1.000000e+00 : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
  %y = swy.given %x low 0.0 high 1.0 : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
  return %y : tensor<1x4x4xf32>
}

// CHECK-LABEL: func.func @confined
func.func @confined(%x: tensor<8x4xf32>, %e: tensor<8xf32>) -> tensor<8x4xf32> {
  // CHECK: swy.confined %{{.*}}, %{{.*}} : (tensor<8x4xf32>, tensor<8xf32>) -> tensor<8x4xf32>
  %y = swy.confined %x, %e : (tensor<8x4xf32>, tensor<8xf32>) -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
