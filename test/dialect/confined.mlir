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

// CHECK-LABEL: func.func @confined
func.func @confined(%x: tensor<8x4xf32>, %e: tensor<8xf32>) -> tensor<8x4xf32> {
  // CHECK: swy.confined %{{.*}}, %{{.*}} : (tensor<8x4xf32>, tensor<8xf32>) -> tensor<8x4xf32>
  %y = swy.confined %x, %e : (tensor<8x4xf32>, tensor<8xf32>) -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
