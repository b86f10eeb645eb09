// The uses of a defense give the scalars that it declares.
// RUN: switchyard-opt %s --swy-apply-defenses --swy-expand-grid -verify-diagnostics

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.defense @noise scalars ["deviation"] {
^bb0(%d: tensor<f32>):
}
swy.experiment @e network @net dataset {} training {} seed 1 settings {} {
  // expected-error @+1 {{has no argument for "deviation" of @noise}}
  swy.defend_with @noise label "noise" arguments [{inner = 0.5}] axes [] family "" strength ""
}
