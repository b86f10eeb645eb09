// The layers of the language: printed and parsed again.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: swy.network @every_layer
swy.network @every_layer range 0.0 to 1.0 classes 10 scalars ["r", "d", "n"] {
^bb0(%x: tensor<1x8x8xf32>, %r: tensor<f32>, %d: tensor<f32>, %n: tensor<f32>):
  %z = swy.block "all" %x : tensor<1x8x8xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<1x8x8xf32>):
    // CHECK: swy.gaussian_noise_layer %{{.*}}, %{{.*}} when always path "all/0" : (tensor<1x8x8xf32>, tensor<f32>) -> tensor<1x8x8xf32>
    %0 = swy.gaussian_noise_layer %a, %d when always path "all/0" : (tensor<1x8x8xf32>, tensor<f32>) -> tensor<1x8x8xf32>
    // CHECK: swy.conv_layer %{{.*}} channels 4 kernel 3 stride 1 padding 0 path "all/1" : tensor<1x8x8xf32> -> tensor<4x6x6xf32>
    %1 = swy.conv_layer %0 channels 4 kernel 3 stride 1 padding 0 path "all/1" : tensor<1x8x8xf32> -> tensor<4x6x6xf32>
    // CHECK: swy.relu_layer %{{.*}} path "all/2" : tensor<4x6x6xf32> -> tensor<4x6x6xf32>
    %2 = swy.relu_layer %1 path "all/2" : tensor<4x6x6xf32> -> tensor<4x6x6xf32>
    // CHECK: swy.max_pool_layer %{{.*}} size 2 path "all/3" : tensor<4x6x6xf32> -> tensor<4x3x3xf32>
    %3 = swy.max_pool_layer %2 size 2 path "all/3" : tensor<4x6x6xf32> -> tensor<4x3x3xf32>
    // CHECK: swy.flatten_layer %{{.*}} path "all/4" : tensor<4x3x3xf32> -> tensor<36xf32>
    %4 = swy.flatten_layer %3 path "all/4" : tensor<4x3x3xf32> -> tensor<36xf32>
    // CHECK: swy.tanh_layer %{{.*}} path "all/5" : tensor<36xf32> -> tensor<36xf32>
    %5 = swy.tanh_layer %4 path "all/5" : tensor<36xf32> -> tensor<36xf32>
    // CHECK: swy.dropout_layer %{{.*}} training %{{.*}} path "all/6" : (tensor<36xf32>, tensor<f32>) -> tensor<36xf32>
    %6 = swy.dropout_layer %5 training %r path "all/6" : (tensor<36xf32>, tensor<f32>) -> tensor<36xf32>
    // CHECK: swy.sap_layer %{{.*}}, %{{.*}} when inference path "all/7" : (tensor<36xf32>, tensor<f32>) -> tensor<36xf32>
    %7 = swy.sap_layer %6, %n when inference path "all/7" : (tensor<36xf32>, tensor<f32>) -> tensor<36xf32>
    // CHECK: swy.dense_layer %{{.*}} units 10 path "all/8" : tensor<36xf32> -> tensor<10xf32>
    %8 = swy.dense_layer %7 units 10 path "all/8" : tensor<36xf32> -> tensor<10xf32>
    swy.yield %8 : tensor<10xf32>
  }
  swy.yield %z : tensor<10xf32>
}

// CHECK-LABEL: swy.network @of_windows
swy.network @of_windows range 0.0 to 1.0 classes 4 scalars [] {
^bb0(%x: tensor<4x8x8xf32>):
  %z = swy.block "all" %x : tensor<4x8x8xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4x8x8xf32>):
    // CHECK: swy.conv_layer %{{.*}} channels 6 kernel 3 stride 1 padding 0 groups 2 path "all/0" : tensor<4x8x8xf32> -> tensor<6x6x6xf32>
    %0 = swy.conv_layer %a channels 6 kernel 3 stride 1 padding 0 groups 2 path "all/0" : tensor<4x8x8xf32> -> tensor<6x6x6xf32>
    // CHECK: swy.depthwise_conv_layer %{{.*}} kernel 3 stride 1 padding 1 bias false path "all/1" : tensor<6x6x6xf32> -> tensor<6x6x6xf32>
    %1 = swy.depthwise_conv_layer %0 kernel 3 stride 1 padding 1 bias false path "all/1" : tensor<6x6x6xf32> -> tensor<6x6x6xf32>
    // CHECK: swy.pad_layer %{{.*}} size 1 path "all/2" : tensor<6x6x6xf32> -> tensor<6x8x8xf32>
    %2 = swy.pad_layer %1 size 1 path "all/2" : tensor<6x6x6xf32> -> tensor<6x8x8xf32>
    // CHECK: swy.max_pool_layer %{{.*}} size 3 stride 2 padding 1 path "all/3" : tensor<6x8x8xf32> -> tensor<6x4x4xf32>
    %3 = swy.max_pool_layer %2 size 3 stride 2 padding 1 path "all/3" : tensor<6x8x8xf32> -> tensor<6x4x4xf32>
    // CHECK: swy.avg_pool_layer %{{.*}} size 2 stride 1 path "all/4" : tensor<6x4x4xf32> -> tensor<6x3x3xf32>
    %4 = swy.avg_pool_layer %3 size 2 stride 1 path "all/4" : tensor<6x4x4xf32> -> tensor<6x3x3xf32>
    // CHECK: swy.resize_layer %{{.*}} rows 2 columns 6 path "all/5" : tensor<6x3x3xf32> -> tensor<6x2x6xf32>
    %5 = swy.resize_layer %4 rows 2 columns 6 path "all/5" : tensor<6x3x3xf32> -> tensor<6x2x6xf32>
    // CHECK: swy.resize_layer %{{.*}} rows 2 columns 3 nearest true path "all/6" : tensor<6x2x6xf32> -> tensor<6x2x3xf32>
    %6 = swy.resize_layer %5 rows 2 columns 3 nearest true path "all/6" : tensor<6x2x6xf32> -> tensor<6x2x3xf32>
    // CHECK: swy.local_conv_layer %{{.*}} channels 5 kernel 2 stride 1 padding 1 path "all/7" : tensor<6x2x3xf32> -> tensor<5x3x4xf32>
    %7 = swy.local_conv_layer %6 channels 5 kernel 2 stride 1 padding 1 path "all/7" : tensor<6x2x3xf32> -> tensor<5x3x4xf32>
    // CHECK: swy.local_conv_layer %{{.*}} channels 3 kernel 1 stride 1 padding 0 bias false path "all/8" : tensor<5x3x4xf32> -> tensor<3x3x4xf32>
    %8 = swy.local_conv_layer %7 channels 3 kernel 1 stride 1 padding 0 bias false path "all/8" : tensor<5x3x4xf32> -> tensor<3x3x4xf32>
    %9 = swy.flatten_layer %8 path "all/9" : tensor<3x3x4xf32> -> tensor<36xf32>
    // CHECK: swy.dense_layer %{{.*}} units 4 bias false path "all/10" : tensor<36xf32> -> tensor<4xf32>
    %10 = swy.dense_layer %9 units 4 bias false path "all/10" : tensor<36xf32> -> tensor<4xf32>
    swy.yield %10 : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}

// CHECK-LABEL: swy.network @that_normalize
swy.network @that_normalize range 0.0 to 1.0 classes 4 scalars ["m", "e"] {
^bb0(%x: tensor<1x9x9xf32>, %m: tensor<f32>, %e: tensor<f32>):
  %z = swy.block "all" %x : tensor<1x9x9xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<1x9x9xf32>):
    // CHECK: swy.normalize_layer %{{.*}} mean [5.000000e-01] deviation [2.000000e-01] path "all/0" : tensor<1x9x9xf32> -> tensor<1x9x9xf32>
    %0 = swy.normalize_layer %a mean [0.5] deviation [0.2] path "all/0" : tensor<1x9x9xf32> -> tensor<1x9x9xf32>
    // CHECK: swy.conv_layer %{{.*}} channels 4 kernel 3 stride 1 padding 0 bias false path "all/1" : tensor<1x9x9xf32> -> tensor<4x7x7xf32>
    %1 = swy.conv_layer %0 channels 4 kernel 3 stride 1 padding 0 bias false path "all/1" : tensor<1x9x9xf32> -> tensor<4x7x7xf32>
    // CHECK: swy.batch_norm_layer %{{.*}}, %{{.*}}, %{{.*}} path "all/2" : (tensor<4x7x7xf32>, tensor<f32>, tensor<f32>) -> tensor<4x7x7xf32>
    %2 = swy.batch_norm_layer %1, %m, %e path "all/2" : (tensor<4x7x7xf32>, tensor<f32>, tensor<f32>) -> tensor<4x7x7xf32>
    // CHECK: swy.group_norm_layer %{{.*}}, %{{.*}} groups 2 path "all/3" : (tensor<4x7x7xf32>, tensor<f32>) -> tensor<4x7x7xf32>
    %3 = swy.group_norm_layer %2, %e groups 2 path "all/3" : (tensor<4x7x7xf32>, tensor<f32>) -> tensor<4x7x7xf32>
    // CHECK: swy.layer_norm_layer %{{.*}}, %{{.*}} path "all/4" : (tensor<4x7x7xf32>, tensor<f32>) -> tensor<4x7x7xf32>
    %4 = swy.layer_norm_layer %3, %e path "all/4" : (tensor<4x7x7xf32>, tensor<f32>) -> tensor<4x7x7xf32>
    // CHECK: swy.instance_norm_layer %{{.*}}, %{{.*}} path "all/5" : (tensor<4x7x7xf32>, tensor<f32>) -> tensor<4x7x7xf32>
    %5 = swy.instance_norm_layer %4, %e path "all/5" : (tensor<4x7x7xf32>, tensor<f32>) -> tensor<4x7x7xf32>
    // CHECK: swy.avg_pool_layer %{{.*}} size 2 path "all/6" : tensor<4x7x7xf32> -> tensor<4x3x3xf32>
    %6 = swy.avg_pool_layer %5 size 2 path "all/6" : tensor<4x7x7xf32> -> tensor<4x3x3xf32>
    // CHECK: swy.relu_layer %{{.*}} path "all/7" {swy.when = 0 : i32} : tensor<4x3x3xf32> -> tensor<4x3x3xf32>
    %7 = swy.relu_layer %6 path "all/7" {swy.when = 0 : i32} : tensor<4x3x3xf32> -> tensor<4x3x3xf32>
    // CHECK: swy.global_avg_pool_layer %{{.*}} path "all/8" : tensor<4x3x3xf32> -> tensor<4xf32>
    %8 = swy.global_avg_pool_layer %7 path "all/8" : tensor<4x3x3xf32> -> tensor<4xf32>
    swy.yield %8 : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
