// A loop inside another that goes on with the outer loop's value has a buffer of its own; the outer loop's is written
// when the inner one is done.
// RUN: switchyard-opt %s --swy-lower-to-buffers | FileCheck %s

// CHECK-LABEL: func.func @nested
// CHECK: %[[OUTER:.*]] = memref.view
// CHECK: %[[INNER:.*]] = memref.view
// CHECK: scf.for
// CHECK-NEXT: linalg.copy ins(%[[OUTER]] : {{.*}} outs(%[[INNER]] :
// CHECK-NEXT: scf.for
// CHECK-NEXT: linalg.generic {{.*}} ins(%[[INNER]], {{.*}} outs(%[[INNER]] :
// CHECK: memref.copy %[[INNER]], %[[OUTER]]
func.func @nested(%s: tensor<f32> {swy.role = "scalar", swy.name = "s"},
                  %x: tensor<4xf32> {swy.role = "image", swy.name = "x"})
    -> (tensor<4xf32> {swy.role = "adversarial", swy.name = "y"}) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %y = scf.for %i = %c0 to %c3 step %c1 iter_args(%outer = %x) -> (tensor<4xf32>) {
    %z = scf.for %j = %c0 to %c3 step %c1 iter_args(%inner = %outer) -> (tensor<4xf32>) {
      %next = swy.mul %inner, %s : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
      scf.yield %next : tensor<4xf32>
    }
    scf.yield %z : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
