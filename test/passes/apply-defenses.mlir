// A defense rewrites the experiment's network: layers go in at their places, what is replaced goes out, real
// parameters become the network's scalars, inserted layers get unique paths.
// RUN: switchyard-opt %s --swy-apply-defenses | FileCheck %s

swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x8x8xf32>):
  %r = arith.constant dense<3.0e-01> : tensor<f32>
  %f = swy.block "features" %x : tensor<1x8x8xf32> -> tensor<144xf32> {
  ^bb0(%a: tensor<1x8x8xf32>):
    %c = swy.conv_layer %a channels 4 kernel 3 stride 1 padding 0 path "features/0" : tensor<1x8x8xf32> -> tensor<4x6x6xf32>
    %g = swy.flatten_layer %c path "features/1" : tensor<4x6x6xf32> -> tensor<144xf32>
    %d = swy.dropout_layer %g training %r path "features/2" : (tensor<144xf32>, tensor<f32>) -> tensor<144xf32>
    swy.yield %d : tensor<144xf32>
  }
  %z = swy.block "classifier" %f : tensor<144xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<144xf32>):
    %d = swy.dense_layer %a units 10 path "classifier/0" : tensor<144xf32> -> tensor<10xf32>
    swy.yield %d : tensor<10xf32>
  }
  swy.yield %z : tensor<10xf32>
}

swy.defense @noise scalars ["deviation"] {
^bb0(%d: tensor<f32>):
  swy.insert before every "conv" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}

swy.defense @drop scalars ["rate"] {
^bb0(%r: tensor<f32>):
  swy.insert end_of first "block" replace "dropout" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.dropout_layer %x inference %r path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}

swy.defense @twice {
  swy.insert after named "features" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.relu_layer %x path "" : tensor<*xf32> -> tensor<*xf32>
    %w = swy.relu_layer %y path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %w : tensor<*xf32>
  }
}

#data = #swy.dataset<name = "d", source = "s", input = [1, 8, 8], low = 0.0, high = 1.0, classes = 10>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @noise label "noise" arguments [{deviation = 0.1}] axes [] family "" strength ""
  swy.defend_with @drop label "drop" arguments [{rate = 0.1}] axes [] family "" strength ""
  swy.defend_with @twice label "twice" arguments [{}] axes [] family "" strength ""
}

// CHECK-LABEL: swy.network @net.twice
// CHECK: path "features+twice.relu"
// CHECK: path "features+twice.relu.2"

// CHECK-LABEL: swy.network @net.drop
// CHECK-NOT: path "features/2"
// CHECK: swy.dropout_layer %{{.*}} inference %{{.*}} path "features/end+drop.dropout"

// CHECK-LABEL: swy.network @net.noise
// CHECK-SAME: scalars ["noise.deviation"]
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<1x8x8xf32>, %[[D:.*]]: tensor<f32>):
// CHECK: %[[N:.*]] = swy.gaussian_noise_layer %{{.*}}, %[[D]] when always path "features/0+noise.gaussian_noise" {swy.inserted_by = @noise} : (tensor<1x8x8xf32>, tensor<f32>) -> tensor<1x8x8xf32>
// CHECK-NEXT: swy.conv_layer %[[N]]

// CHECK: swy.defend_with @noise {{.*}} network @net.noise

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
