// Passes over experiments and jobs say what they need.
// RUN: switchyard-opt %s --swy-expand-grid -verify-diagnostics

swy.network @net range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}
swy.defense @none {
}
swy.experiment @e network @net dataset {} training {batch = 1 : i64, nesterov = false} seed 1
    settings {judge = {draws = 1 : i64, kind = "expected"}} {
  // expected-error @+1 {{has no network: swy-apply-defenses must run first}}
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
}
