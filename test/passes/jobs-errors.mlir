// Passes over experiments and jobs say what they need.
// RUN: switchyard-opt %s --swy-expand-grid -verify-diagnostics

swy.network @net range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [2], low = 0.0, high = 1.0, classes = 2>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{has no network: swy-apply-defenses must run first}}
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
