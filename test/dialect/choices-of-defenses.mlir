// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s
// A choice of defenses is read as it is printed.

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.defense @a {
}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // CHECK: swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" chances [2.500000e-01, 7.500000e-01] members {
  // CHECK-NEXT: swy.defend_with @a with @a label "a with a" arguments [{}, {}] axes [] family "" strength ""
  // CHECK-NEXT: swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" mounted
  // CHECK-NEXT: }
  swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" chances [0.25, 0.75] members {
    swy.defend_with @a with @a label "a with a" arguments [{}, {}] axes [] family "" strength ""
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" mounted
  }
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
