// What names jobs and what counts their work needs the functions that they call.
// RUN: switchyard-opt %s --swy-name-jobs -verify-diagnostics
// RUN: switchyard-opt %s --swy-fit-batches -verify-diagnostics

swy.network @net range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}
// expected-error @+1 {{has no functions: swy-build-programs must run first}}
swy.train_job @t network @net label ""
    dataset <name = "d", source = "s", input = [2], low = 0.0, high = 1.0, classes = 2>
    training <optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1> scalars {} seed 1

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
