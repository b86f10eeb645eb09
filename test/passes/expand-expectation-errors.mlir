// A value of the random model that is compared or returned would have to be averaged too (S4.2).
// RUN: switchyard-opt %s --swy-expand-expectation -verify-diagnostics

func.func @returned(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                    %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  // expected-error @+1 {{under eot(3) this attack uses the random model's value outside a gradient}}
  %u = swy.random_uniform %stream, %rows, %pass site "features/1" : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  return %u : tensor<4xf32>
}
