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
    training <rate = 0.1, momentum = 0.0, decay = 0.0, nesterov = false, batch = 1, epochs = 1> scalars {} seed 1
