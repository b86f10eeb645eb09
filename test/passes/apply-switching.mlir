// hrs as rewrites: the network is cut into blocks, every block gets its channels, and the network says how it is
// trained. Layers keep their paths, and so parameters their names and draws their sites.
// RUN: switchyard-opt %s --swy-apply-defenses | FileCheck %s

swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x8x8xf32>):
  %r = arith.constant dense<3.0e-01> : tensor<f32>
  %f = swy.block "features" %x : tensor<1x8x8xf32> -> tensor<16xf32> {
  ^bb0(%a: tensor<1x8x8xf32>):
    %c = swy.conv_layer %a channels 4 kernel 3 stride 1 padding 0 path "features/0" : tensor<1x8x8xf32> -> tensor<4x6x6xf32>
    %d = swy.conv_layer %c channels 4 kernel 3 stride 1 padding 0 path "features/1" : tensor<4x6x6xf32> -> tensor<4x4x4xf32>
    %g = swy.flatten_layer %d path "features/2" : tensor<4x4x4xf32> -> tensor<64xf32>
    %h = swy.dense_layer %g units 16 path "features/3" : tensor<64xf32> -> tensor<16xf32>
    %i = swy.dropout_layer %h training %r path "features/4" : (tensor<16xf32>, tensor<f32>) -> tensor<16xf32>
    swy.yield %i : tensor<16xf32>
  }
  %z = swy.block "classifier" %f : tensor<16xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<16xf32>):
    %d = swy.dense_layer %a units 10 path "classifier/0" : tensor<16xf32> -> tensor<10xf32>
    swy.yield %d : tensor<10xf32>
  }
  swy.yield %z : tensor<10xf32>
}

swy.defense @own_blocks {
  swy.switch [5, 2]
  swy.bottom_up draw per_example
}
swy.defense @three {
  swy.split [#swy.place<first, "dense">, #swy.place<named, "classifier">]
  swy.switch [2, 3, 2]
  swy.bottom_up draw per_batch
}
swy.defense @one {
  swy.split []
  swy.switch [7]
  swy.bottom_up draw per_example
}
swy.defense @convs {
  swy.split [#swy.place<every_later, "conv">, #swy.place<every, "dense">]
  swy.switch [2, 2, 2, 2]
  swy.bottom_up draw per_example
}
swy.defense @noisy scalars ["deviation"] {
^bb0(%d: tensor<f32>):
  swy.insert before first "conv" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
  swy.split [#swy.place<first, "conv">, #swy.place<named, "classifier">]
  swy.switch [2, 2, 2]
  swy.bottom_up draw per_example
}

#data = #swy.dataset<name = "d", source = "s", input = [1, 8, 8], low = 0.0, high = 1.0, classes = 10>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @own_blocks label "a" arguments [{}] axes [] family "" strength ""
  swy.defend_with @three label "b" arguments [{}] axes [] family "" strength ""
  swy.defend_with @one label "c" arguments [{}] axes [] family "" strength ""
  swy.defend_with @convs label "d" arguments [{}] axes [] family "" strength ""
  swy.defend_with @noisy label "e" arguments [{deviation = 0.1}] axes [] family "" strength ""
}

// What is inserted counts as the network's: the noise begins the block, and before the layer behind it a cut can be.
// CHECK-LABEL: swy.network @net.noisy
// CHECK-SAME: scalars ["noisy.deviation"] bottom_up per_example
// CHECK: swy.block "features" %{{.*}} channels 2 : tensor<1x8x8xf32> -> tensor<1x8x8xf32>
// CHECK: swy.gaussian_noise_layer
// CHECK: swy.block "conv" %{{.*}} channels 2 : tensor<1x8x8xf32> -> tensor<16xf32>
// CHECK: swy.block "classifier" %{{.*}} channels 2

// CHECK-LABEL: swy.network @net.convs
// CHECK: swy.block "features" %{{.*}} channels 2 : tensor<1x8x8xf32> -> tensor<4x6x6xf32>
// CHECK: swy.block "conv" %{{.*}} channels 2 : tensor<4x6x6xf32> -> tensor<64xf32>
// CHECK: swy.block "dense" %{{.*}} channels 2 : tensor<64xf32> -> tensor<16xf32>
// CHECK: swy.block "classifier" %{{.*}} channels 2 : tensor<16xf32> -> tensor<10xf32>

// CHECK-LABEL: swy.network @net.one
// CHECK-SAME: bottom_up per_example
// CHECK: arith.constant
// CHECK-NEXT: swy.block "features" %{{.*}} channels 7 : tensor<1x8x8xf32> -> tensor<10xf32>
// CHECK: swy.dropout_layer %{{.*}} training %{{.*}} path "features/4"
// CHECK-NEXT: swy.dense_layer %{{.*}} units 10 path "classifier/0"
// CHECK-NOT: swy.block

// CHECK-LABEL: swy.network @net.three
// CHECK-SAME: bottom_up per_batch
// CHECK: %[[A:.*]] = swy.block "features" %{{.*}} channels 2 : tensor<1x8x8xf32> -> tensor<64xf32>
// CHECK: path "features/2"
// CHECK-NEXT: swy.yield
// CHECK: %[[B:.*]] = swy.block "dense" %[[A]] channels 3 : tensor<64xf32> -> tensor<16xf32>
// CHECK: path "features/3"
// CHECK: path "features/4"
// CHECK-NEXT: swy.yield
// CHECK: %[[C:.*]] = swy.block "classifier" %[[B]] channels 2 : tensor<16xf32> -> tensor<10xf32>
// CHECK: swy.yield %[[C]]

// CHECK-LABEL: swy.network @net.own_blocks
// CHECK-SAME: bottom_up per_example
// CHECK: swy.block "features" %{{.*}} channels 5 : tensor<1x8x8xf32> -> tensor<16xf32>
// CHECK: swy.block "classifier" %{{.*}} channels 2 : tensor<16xf32> -> tensor<10xf32>

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
