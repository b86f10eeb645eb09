// A draw of the model where the passes know no loop to put it in: nothing is guessed. (No program of the language
// comes to this; `if` is a select.)
// RUN: switchyard-opt %s --split-input-file --swy-expand-expectation -verify-diagnostics

func.func @branch(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                  %stream: tensor<i64> {swy.role = "stream"}, %c: i1)
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %r = scf.if %c -> (tensor<4xf32>) {
    // expected-error @+1 {{a value of the random model is used in a way that cannot be averaged over the estimator's draws}}
    %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
    scf.yield %u : tensor<4xf32>
  } else {
    scf.yield %x : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// A gradient at what the model answers, which is another value under each draw.
func.func @at_a_draw(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                     %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64, swy.draws = 3 : i64} {
  %pass = arith.constant dense<0> : tensor<i32>
  %u = swy.random_uniform %stream, %rows, %pass site <model, "features/1"> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<4xf32>
  %y = swy.mul %x, %u : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  // expected-error @+1 {{this gradient is taken at a value that differs from draw to draw of the model: take it at what the model is asked with, or at `expected(...)` of the value}}
  %g = swy.gradient of %e at %y : tensor<f32>, tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}
