// A defense's scalars have values wherever it is used, and an experiment says how it trains and judges.
// RUN: switchyard-opt %s --swy-apply-defenses --swy-expand-grid -split-input-file -verify-diagnostics

swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x2x5xf32>):
  %f = swy.block "all" %x : tensor<1x2x5xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<1x2x5xf32>):
    %g = swy.flatten_layer %a path "all/0" : tensor<1x2x5xf32> -> tensor<10xf32>
    swy.yield %g : tensor<10xf32>
  }
  swy.yield %f : tensor<10xf32>
}

swy.defense @noise scalars ["deviation"] {
^bb0(%d: tensor<f32>):
  swy.insert before every "flatten" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}

swy.experiment @e network @net dataset {} training {batch = 1 : i64, nesterov = false} seed 1
    settings {judge = {draws = 1 : i64, kind = "expected"}} {
  // expected-error @+1 {{`noise` has no value for "deviation"}}
  swy.defend_with @noise label "noise" arguments [{}] axes [] family "" strength ""
}

// -----

swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<10xf32>):
  swy.yield %x : tensor<10xf32>
}
// expected-error @+1 {{does not say how it trains and judges}}
swy.experiment @e network @net dataset {} training {} seed 1 settings {} {
}
