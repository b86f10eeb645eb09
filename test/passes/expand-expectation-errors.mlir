// A draw of the model where the passes know no loop to put it in: nothing is guessed. (No program of the language
// comes to this; `if` is a select.)
// RUN: switchyard-opt %s --swy-expand-expectation -verify-diagnostics

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
