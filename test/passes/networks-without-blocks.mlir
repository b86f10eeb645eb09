// A network without blocks is trained in one part, and runs.
// RUN: switchyard-opt %s --swy-apply-defenses --swy-expand-grid --swy-build-programs --swy-name-jobs | FileCheck %s

// CHECK: swy.weights @{{.*}} [#swy.parameter<name = "a/weights", {{.*}}, #swy.parameter<name = "a/bias"
// CHECK: func.func @predict_net_none
// CHECK: swy.dense
swy.network @net range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<3xf32>):
  %y = swy.dense_layer %x units 2 path "a" : tensor<3xf32> -> tensor<2xf32>
  swy.yield %y : tensor<2xf32>
}
swy.defense @none {
}
swy.experiment @e network @net dataset <name = "d", source = "s", input = [3], low = 0.0, high = 1.0, classes = 2>
    training <optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1> seed 1
    judge <by = expected> report <baseline = 0> {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
