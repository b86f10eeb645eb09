// Gradients of what loops make go back through their turns.
// RUN: switchyard-opt %s --swy-split-loops --swy-differentiate --canonicalize --cse | FileCheck %s

// Of a sum no turn needs the turns before it: one loop is left, from 0 to n, that adds up x + x.
// CHECK-LABEL: func.func @sum
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>
func.func @sum(%x: tensor<3xf32>, %n: index) -> tensor<3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  // CHECK: scf.for
  // CHECK-NOT: scf.for
  // CHECK: swy.add
  // CHECK: return
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%t = %zero) -> (tensor<f32>) {
    %y = swy.mul %x, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %e = swy.reduce_sum %y keep 0 : tensor<3xf32> -> tensor<f32>
    %next = swy.add %t, %e : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %next : tensor<f32>
  }
  %g = swy.gradient of %s at %x : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// A power: each turn's slope is that of the product so far, which the turns before it give again.
// CHECK-LABEL: func.func @power
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[N:.*]]: index
func.func @power(%x: tensor<f32>, %n: index) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant dense<1.0> : tensor<f32>
  // CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]] {{.*}} iter_args(%[[D:.*]] = %{{.*}}, %[[SUM:.*]] = %{{.*}})
  // CHECK: %[[LAST:.*]] = arith.subi %[[N]], %{{.*}}
  // CHECK: %[[TURN:.*]] = arith.subi %{{.*}}, %[[I]]
  // CHECK: %[[BEFORE:.*]] = scf.for %{{.*}} = %{{.*}} to %[[TURN]]
  // CHECK: %[[C:.*]] = swy.mul %{{.*}}, %[[D]]
  // CHECK: %[[DB:.*]] = swy.mul %[[C]], %[[X]]
  // CHECK: %[[DX:.*]] = swy.mul %[[C]], %[[BEFORE]]
  // CHECK: %[[NEXT:.*]] = swy.add %[[SUM]], %[[DX]]
  // CHECK: scf.yield %[[DB]], %[[NEXT]]
  %p = scf.for %i = %c0 to %n step %c1 iter_args(%t = %one) -> (tensor<f32>) {
    %next = swy.mul %t, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %next : tensor<f32>
  }
  %g = swy.gradient of %p at %x : tensor<f32>, tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}
