// Two results that are one value (equal zeros of an init function) fill one buffer and copy it to the other.
// RUN: switchyard-opt %s --swy-lower-to-buffers | FileCheck %s

// CHECK-LABEL: func.func @zeros
// CHECK-SAME: %[[S:[a-z0-9]+]]: memref<f32>, %[[A:[a-z0-9]+]]: memref<4xf32>, %[[B:[a-z0-9]+]]: memref<4xf32>
// CHECK: linalg.generic {{.*}} outs(%[[A]] :
// CHECK: memref.copy {{.*}}, %[[B]]
func.func @zeros(%s: tensor<f32> {swy.role = "scalar", swy.name = "s"})
    -> (tensor<4xf32> {swy.role = "parameter", swy.name = "a"}, tensor<4xf32> {swy.role = "state", swy.name = "a"})
    attributes {swy.entry} {
  %z = swy.broadcast %s : tensor<f32> to tensor<4xf32>
  return %z, %z : tensor<4xf32>, tensor<4xf32>
}
