// A composition rewrites what the defenses before have made of the network. Where two put layers at one place, the
// later ones stand next to it. Sites have the names that the defenses were declared by, whatever their symbols and
// neighbours are, and no two of a network are alike.
// RUN: switchyard-opt %s --swy-apply-defenses | FileCheck %s

swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x8x8xf32>):
  %f = swy.block "features" %x : tensor<1x8x8xf32> -> tensor<144xf32> {
  ^bb0(%a: tensor<1x8x8xf32>):
    %c = swy.conv_layer %a channels 4 kernel 3 stride 1 padding 0 path "features/0" : tensor<1x8x8xf32> -> tensor<4x6x6xf32>
    %g = swy.flatten_layer %c path "features/1" : tensor<4x6x6xf32> -> tensor<144xf32>
    swy.yield %g : tensor<144xf32>
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
  swy.insert before first "conv" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}
swy.defense @other declared "curb" {
  swy.insert before first "conv" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.tanh_layer %x path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
  swy.insert after first "conv" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.tanh_layer %x path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
  swy.insert end_of first "block" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.tanh_layer %x path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}
swy.defense @rect {
  swy.insert after first "conv" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.relu_layer %x path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
  swy.insert end_of first "block" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.relu_layer %x path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}
// The constant comes before the block's first layer and hides it from no split.
swy.defense @early {
  swy.insert before first "dense" {
  ^bb0(%x: tensor<*xf32>):
    %d = arith.constant dense<0.1> : tensor<f32>
    %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}
swy.defense @switched {
  swy.split [#swy.place<named, "classifier">]
  swy.switch [3, 2]
  swy.bottom_up draw per_example
}

#data = #swy.dataset<name = "d", source = "s", input = [1, 8, 8], low = 0.0, high = 1.0, classes = 10>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @noise with @other label "a" arguments [{deviation = 0.1}, {}] axes [] family "" strength ""
  swy.defend_with @other with @rect label "b" arguments [{}, {}] axes [] family "" strength ""
  swy.defend_with @noise with @noise label "c" arguments [{deviation = 0.1}, {deviation = 0.1}] axes [] family "" strength ""
  swy.defend_with @early with @switched label "d" arguments [{}, {}] axes [] family "" strength ""
  swy.defend_with @switched with @early label "e" arguments [{}, {}] axes [] family "" strength ""
}

// CHECK-LABEL: swy.network @"net.switched+early"
// CHECK-SAME: bottom_up per_example
// CHECK: swy.block "features" %{{.*}} channels 3
// CHECK: swy.block "classifier" %{{.*}} channels 2
// CHECK: path "classifier/0+early.gaussian_noise"
// CHECK-NEXT: path "classifier/0"

// CHECK-LABEL: swy.network @"net.early+switched"
// CHECK-SAME: bottom_up per_example
// CHECK: swy.block "features" %{{.*}} channels 3
// CHECK: swy.block "classifier" %{{.*}} channels 2
// CHECK: path "classifier/0+early.gaussian_noise"
// CHECK-NEXT: path "classifier/0"

// CHECK-LABEL: swy.network @"net.other+rect"
// CHECK: swy.tanh_layer %{{.*}} path "features/0+curb.tanh"
// CHECK-NEXT: swy.conv_layer
// CHECK-NEXT: swy.relu_layer %{{.*}} path "features/0+rect.relu"
// CHECK-NEXT: swy.tanh_layer %{{.*}} path "features/0+curb.tanh.2"
// CHECK-NEXT: swy.flatten_layer
// CHECK-NEXT: swy.tanh_layer %{{.*}} path "features/end+curb.tanh"
// CHECK-NEXT: swy.relu_layer %{{.*}} path "features/end+rect.relu"
// CHECK-NEXT: swy.yield

// CHECK-LABEL: swy.network @"net.noise+noise"
// CHECK-SAME: scalars ["noise.deviation", "noise.deviation.2"]
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<1x8x8xf32>, %[[A:.*]]: tensor<f32>, %[[B:.*]]: tensor<f32>):
// CHECK: swy.gaussian_noise_layer %{{.*}}, %[[A]] when always path "features/0+noise.gaussian_noise"
// CHECK-NEXT: swy.gaussian_noise_layer %{{.*}}, %[[B]] when always path "features/0+noise.gaussian_noise.2"
// CHECK-NEXT: swy.conv_layer

// CHECK-LABEL: swy.network @"net.noise+other"
// CHECK: swy.gaussian_noise_layer %{{.*}} path "features/0+noise.gaussian_noise"
// CHECK-NEXT: swy.tanh_layer %{{.*}} path "features/0+curb.tanh"
// CHECK-NEXT: swy.conv_layer

// CHECK: swy.defend_with @noise with @other {{.*}} network @"net.noise+other"

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
