// Elementwise operations: printed and parsed again; scalars and per-example values broadcast by prefix.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: func.func @of_one
func.func @of_one(%x: tensor<4x3xf32>) {
  // CHECK: swy.neg %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %0 = swy.neg %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.abs %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %1 = swy.abs %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.sign %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %2 = swy.sign %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.exp %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %3 = swy.exp %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.log %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %4 = swy.log %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.sqrt %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %5 = swy.sqrt %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.erf %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %erf = swy.erf %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.model_input %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %input = swy.model_input %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.compared %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %compared = swy.compared %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.tanh %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %6 = swy.tanh %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.floor %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %7 = swy.floor %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.relu %{{.*}} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %8 = swy.relu %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  return
}

// CHECK-LABEL: func.func @of_two
func.func @of_two(%x: tensor<4x3xf32>, %s: tensor<4xf32>) {
  // CHECK: swy.add %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  %0 = swy.add %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  // CHECK: swy.sub %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  %1 = swy.sub %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  // CHECK: swy.mul %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  %2 = swy.mul %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  // CHECK: swy.div %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  %3 = swy.div %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  // CHECK: swy.max %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  %4 = swy.max %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  // CHECK: swy.min %{{.*}}, %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  %5 = swy.min %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  return
}

// CHECK-LABEL: func.func @truth
func.func @truth(%a: tensor<4xi1>, %b: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: swy.and %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %0 = swy.and %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  // CHECK: swy.or %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %1 = swy.or %0, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  // CHECK: swy.not %{{.*}} : (tensor<4xi1>) -> tensor<4xi1>
  %2 = swy.not %1 : (tensor<4xi1>) -> tensor<4xi1>
  // CHECK: swy.to_real %{{.*}} : (tensor<4xi1>) -> tensor<4xf32>
  %3 = swy.to_real %2 : (tensor<4xi1>) -> tensor<4xf32>
  // CHECK: swy.expected %{{.*}} : tensor<4xf32>
  %mean = swy.expected %3 : tensor<4xf32>
  // CHECK: swy.chance %{{.*}} : tensor<4xi1> -> tensor<4xf32>
  %4 = swy.chance %2 : tensor<4xi1> -> tensor<4xf32>
  return %3, %4 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @classes_and_constants
func.func @classes_and_constants(%z: tensor<4x10xf32>, %t: tensor<4xi32>, %rows: tensor<4x2xi32>, %d: tensor<i32>)
    -> (tensor<4x10xf32>, tensor<4x10xf32>, tensor<4x2xi32>) {
  // CHECK: swy.one_hot %{{.*}} : tensor<4xi32> to tensor<4x10xf32>
  %h = swy.one_hot %t : tensor<4xi32> to tensor<4x10xf32>
  // CHECK: swy.softmax %{{.*}} : tensor<4x10xf32>
  %p = swy.softmax %z : tensor<4x10xf32>
  // CHECK: swy.stop_gradient %{{.*}} : tensor<4x10xf32>
  %c = swy.stop_gradient %p : tensor<4x10xf32>
  // CHECK: swy.with_draw %{{.*}}, %{{.*}} : tensor<4x2xi32>, tensor<i32>
  %r = swy.with_draw %rows, %d : tensor<4x2xi32>, tensor<i32>
  // CHECK: swy.rows_of_answer %{{.*}} draws 3 : tensor<4x2xi32>
  %a = swy.rows_of_answer %r draws 3 : tensor<4x2xi32>
  return %h, %c, %a : tensor<4x10xf32>, tensor<4x10xf32>, tensor<4x2xi32>
}
