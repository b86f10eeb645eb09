// Images that all examples share are spread over the batch where an example's own value meets them.
// RUN: switchyard-opt %s --swy-batch | FileCheck %s

// CHECK-LABEL: func.func @window
func.func @window(%x: tensor<1x4x4xf32> {swy.role = "image"}, %t: tensor<f32> {swy.role = "scalar", swy.name = "t"})
    -> (tensor<1x4x4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  // CHECK-DAG: swy.iota along 2 : tensor<8x1x4x4xf32>
  %rows = swy.iota along 1 : tensor<1x4x4xf32>
  // CHECK-DAG: swy.compare lt %{{.*}}, %{{.*}} : (tensor<8x1x4x4xf32>, tensor<f32>) -> tensor<8x1x4x4xi1>
  %below = swy.compare lt %rows, %t : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xi1>
  // CHECK: swy.select %{{.*}} : (tensor<8x1x4x4xi1>, tensor<8x1x4x4xf32>, tensor<f32>) -> tensor<8x1x4x4xf32>
  %y = swy.select %below, %x, %t : (tensor<1x4x4xi1>, tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
  return %y : tensor<1x4x4xf32>
}

// What a loop makes of shared images alone.
// CHECK-LABEL: func.func @carried
func.func @carried(%x: tensor<1x4x4xf32> {swy.role = "image"}) -> (tensor<1x4x4xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %one = arith.constant dense<1.0> : tensor<f32>
  %rows = swy.iota along 1 : tensor<1x4x4xf32>
  // CHECK: scf.for {{.*}} -> (tensor<8x1x4x4xf32>)
  %m = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %rows) -> (tensor<1x4x4xf32>) {
    %n = swy.add %a, %one : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
    scf.yield %n : tensor<1x4x4xf32>
  }
  %y = swy.add %m, %x : (tensor<1x4x4xf32>, tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
  return %y : tensor<1x4x4xf32>
}
