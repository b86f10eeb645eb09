// A rank is taken of the mean over the draws, as the index of the largest element is (S4.2).
// RUN: switchyard-opt %s --swy-expand-expectation | FileCheck %s

// CHECK-LABEL: func.func @second
// CHECK: %[[SUM:.*]] = scf.for
// CHECK: swy.expectation
// CHECK: %[[MEAN:.*]] = swy.div %[[SUM]]
// CHECK: swy.arg_largest %[[MEAN]] rank 2
func.func @second(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                  %stream: tensor<i64> {swy.role = "stream"}) -> (tensor<4xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %z = swy.add %x, %u : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %i = swy.arg_largest %z rank 2 : tensor<4xf32> -> tensor<i32>
  %v = swy.take %x, %i : tensor<4xf32>, tensor<i32> -> tensor<f32>
  %y = swy.add %x, %v : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
