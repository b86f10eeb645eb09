// One example becomes four: what belongs to examples gets a leading dimension, what they share does not.
// RUN: switchyard-opt %s --swy-batch | FileCheck %s

// CHECK-LABEL: func.func @step
// CHECK-SAME: %{{.*}}: tensor<4x1x2x2xf32> {swy.role = "image"}
// CHECK-SAME: %{{.*}}: tensor<4x2xi32> {swy.role = "rows"}
// CHECK-SAME: %{{.*}}: tensor<f32> {swy.name = "eps", swy.role = "scalar"}
// CHECK-SAME: -> (tensor<4x1x2x2xf32>
func.func @step(%x: tensor<1x2x2xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                %stream: tensor<i64> {swy.role = "stream"}, %eps: tensor<f32> {swy.role = "scalar", swy.name = "eps"})
    -> (tensor<1x2x2xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  // CHECK: swy.random_uniform {{.*}} -> tensor<4x1x2x2xf32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "s"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<1x2x2xf32>
  // CHECK: swy.mul %{{.*}} : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %w = swy.mul %eps, %eps : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // CHECK: swy.mul %{{.*}} : (tensor<f32>, tensor<4x1x2x2xf32>) -> tensor<4x1x2x2xf32>
  %d = swy.mul %w, %u : (tensor<f32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  // CHECK: swy.reduce_sum %{{.*}} keep 1 : tensor<4x1x2x2xf32> -> tensor<4xf32>
  %s = swy.reduce_sum %d keep 0 : tensor<1x2x2xf32> -> tensor<f32>
  // CHECK: swy.mul %{{.*}} : (tensor<4xf32>, tensor<4x1x2x2xf32>)
  %r = swy.mul %s, %x : (tensor<f32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  return %r : tensor<1x2x2xf32>
}

// A loop's start is shared by all examples, what it carries is not: the start is spread over the batch.
// CHECK-LABEL: func.func @momentum
func.func @momentum(%x: tensor<3xf32> {swy.role = "image"}) -> (tensor<3xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  // CHECK: %[[START:.*]] = swy.broadcast %{{.*}} : tensor<f32> to tensor<4x3xf32>
  %start = swy.broadcast %zero : tensor<f32> to tensor<3xf32>
  // CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[START]]) -> (tensor<4x3xf32>)
  %m = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %start) -> (tensor<3xf32>) {
    %n = swy.add %a, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %n : tensor<3xf32>
  }
  return %m : tensor<3xf32>
}
