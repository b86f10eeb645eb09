// Networks at program level: cotangents of their layers, layouts, threads; printed and parsed again.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: func.func @dense_cotangents
func.func @dense_cotangents(%x: tensor<8x64xf32>, %dy: tensor<8x10xf32>, %w: tensor<10x64xf32>) {
  // CHECK: swy.dense_backward_input %{{.*}}, %{{.*}} : tensor<8x10xf32>, tensor<10x64xf32> -> tensor<8x64xf32>
  %dx = swy.dense_backward_input %dy, %w : tensor<8x10xf32>, tensor<10x64xf32> -> tensor<8x64xf32>
  // CHECK: swy.dense_backward_weights %{{.*}}, %{{.*}} : tensor<8x64xf32>, tensor<8x10xf32> -> tensor<10x64xf32>, tensor<10xf32>
  %dw, %db = swy.dense_backward_weights %x, %dy : tensor<8x64xf32>, tensor<8x10xf32> -> tensor<10x64xf32>, tensor<10xf32>
  // CHECK: swy.relu_backward %{{.*}}, %{{.*}} : tensor<8x64xf32>
  %da = swy.relu_backward %dx, %x : tensor<8x64xf32>
  return
}

// CHECK-LABEL: func.func @image_cotangents
func.func @image_cotangents(%x: tensor<8x1x6x6xf32>, %dy: tensor<8x3x4x4xf32>, %dp: tensor<8x3x2x2xf32>,
                            %i: tensor<8x3x2x2xi8>) {
  // CHECK: swy.conv2d_backward_weights %{{.*}}, %{{.*}} stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<8x3x4x4xf32> -> tensor<3x1x3x3xf32>, tensor<3xf32>
  %dw, %db = swy.conv2d_backward_weights %x, %dy stride 1 padding 0
      : tensor<8x1x6x6xf32>, tensor<8x3x4x4xf32> -> tensor<3x1x3x3xf32>, tensor<3xf32>
  // CHECK: swy.max_pool_backward %{{.*}}, %{{.*}} size 2 : tensor<8x3x2x2xf32>, tensor<8x3x2x2xi8> -> tensor<8x3x4x4xf32>
  %d = swy.max_pool_backward %dp, %i size 2 : tensor<8x3x2x2xf32>, tensor<8x3x2x2xi8> -> tensor<8x3x4x4xf32>
  return
}

// CHECK-LABEL: func.func @layouts
func.func @layouts(%x: tensor<8x16x4x4xf32>) {
  // CHECK: swy.convert_layout %{{.*}} : tensor<8x16x4x4xf32> to tensor<8x16x4x4xf32, #swy.layout<blocked16>>
  %y = swy.convert_layout %x : tensor<8x16x4x4xf32> to tensor<8x16x4x4xf32, #swy.layout<blocked16>>
  return
}

func.func private @body(index, index, memref<1024xf32>)

// CHECK-LABEL: func.func @threads
func.func @threads(%x: memref<1024xf32>) {
  // CHECK: swy.parallel_for @body count 1024 grain 256(%{{.*}}) : memref<1024xf32>
  swy.parallel_for @body count 1024 grain 256 (%x) : memref<1024xf32>
  return
}

// CHECK-LABEL: func.func @means
func.func @means(%x: tensor<8x3x5x5xf32>, %w: tensor<4x3x3x3xf32>, %stack: tensor<5x4x3x3x3xf32>, %c: tensor<8xi32>)
    -> (tensor<8x3x5x5xf32>, tensor<8x4x3x3xf32>, tensor<8x4x3x3xf32>) {
  // CHECK: swy.avg_pool %{{.*}} size 2 : tensor<8x3x5x5xf32> -> tensor<8x3x2x2xf32>
  %p = swy.avg_pool %x size 2 : tensor<8x3x5x5xf32> -> tensor<8x3x2x2xf32>
  // CHECK: swy.avg_pool_backward %{{.*}} size 2 : tensor<8x3x2x2xf32> -> tensor<8x3x5x5xf32>
  %d = swy.avg_pool_backward %p size 2 : tensor<8x3x2x2xf32> -> tensor<8x3x5x5xf32>
  // CHECK: swy.conv2d %{{.*}}, %{{.*}} stride 1 padding 0 : tensor<8x3x5x5xf32>, tensor<4x3x3x3xf32> -> tensor<8x4x3x3xf32>
  %y = swy.conv2d %x, %w stride 1 padding 0 : tensor<8x3x5x5xf32>, tensor<4x3x3x3xf32> -> tensor<8x4x3x3xf32>
  // CHECK: swy.conv2d %{{.*}}, %{{.*}} channel %{{.*}} : tensor<8xi32> stride 1 padding 0 : tensor<8x3x5x5xf32>, tensor<5x4x3x3x3xf32> -> tensor<8x4x3x3xf32>
  %z = swy.conv2d %x, %stack channel %c : tensor<8xi32> stride 1 padding 0
      : tensor<8x3x5x5xf32>, tensor<5x4x3x3x3xf32> -> tensor<8x4x3x3xf32>
  return %d, %y, %z : tensor<8x3x5x5xf32>, tensor<8x4x3x3xf32>, tensor<8x4x3x3xf32>
}

// CHECK-LABEL: func.func @groups
func.func @groups(%x: tensor<8x4x6x6xf32>, %w: tensor<6x2x3x3xf32>) -> (tensor<8x4x6x6xf32>, tensor<6x2x3x3xf32>) {
  // CHECK: swy.conv2d %{{.*}}, %{{.*}} stride 1 padding 0 groups 2 relu : tensor<8x4x6x6xf32>, tensor<6x2x3x3xf32> -> tensor<8x6x4x4xf32>
  %y = swy.conv2d %x, %w stride 1 padding 0 groups 2 relu : tensor<8x4x6x6xf32>, tensor<6x2x3x3xf32> -> tensor<8x6x4x4xf32>
  // CHECK: swy.conv2d_backward_input %{{.*}}, %{{.*}} stride 1 padding 0 groups 2 :
  %dx = swy.conv2d_backward_input %y, %w stride 1 padding 0 groups 2
      : tensor<8x6x4x4xf32>, tensor<6x2x3x3xf32> -> tensor<8x4x6x6xf32>
  // CHECK: swy.conv2d_backward_weights %{{.*}}, %{{.*}} stride 1 padding 0 groups 2 :
  %dw, %db = swy.conv2d_backward_weights %x, %y stride 1 padding 0 groups 2
      : tensor<8x4x6x6xf32>, tensor<8x6x4x4xf32> -> tensor<6x2x3x3xf32>, tensor<6xf32>
  return %dx, %dw : tensor<8x4x6x6xf32>, tensor<6x2x3x3xf32>
}

// CHECK-LABEL: func.func @windows
func.func @windows(%x: tensor<8x3x5x5xf32>) -> (tensor<8x3x5x5xf32>, tensor<8x3x5x5xf32>) {
  // CHECK: swy.max_pool %{{.*}} size 3 stride 1 padding 1 : tensor<8x3x5x5xf32> -> tensor<8x3x5x5xf32>, tensor<8x3x5x5xi8>
  %y, %i = swy.max_pool %x size 3 stride 1 padding 1 : tensor<8x3x5x5xf32> -> tensor<8x3x5x5xf32>, tensor<8x3x5x5xi8>
  // CHECK: swy.max_pool_backward %{{.*}}, %{{.*}} size 3 stride 1 padding 1 :
  %dx = swy.max_pool_backward %y, %i size 3 stride 1 padding 1 : tensor<8x3x5x5xf32>, tensor<8x3x5x5xi8> -> tensor<8x3x5x5xf32>
  // CHECK: swy.avg_pool %{{.*}} size 2 stride 3 : tensor<8x3x5x5xf32> -> tensor<8x3x2x2xf32>
  %z = swy.avg_pool %x size 2 stride 3 : tensor<8x3x5x5xf32> -> tensor<8x3x2x2xf32>
  // CHECK: swy.avg_pool_backward %{{.*}} size 2 stride 3 : tensor<8x3x2x2xf32> -> tensor<8x3x5x5xf32>
  %dz = swy.avg_pool_backward %z size 2 stride 3 : tensor<8x3x2x2xf32> -> tensor<8x3x5x5xf32>
  return %dx, %dz : tensor<8x3x5x5xf32>, tensor<8x3x5x5xf32>
}

// CHECK-LABEL: func.func @sizes
func.func @sizes(%x: tensor<8x3x5x5xf32>) -> (tensor<8x3x5x5xf32>, tensor<8x3x5x5xf32>) {
  // CHECK: swy.pad %{{.*}} by 2 : tensor<8x3x5x5xf32> -> tensor<8x3x9x9xf32>
  %p = swy.pad %x by 2 : tensor<8x3x5x5xf32> -> tensor<8x3x9x9xf32>
  // CHECK: swy.crop %{{.*}} by 2 : tensor<8x3x9x9xf32> -> tensor<8x3x5x5xf32>
  %c = swy.crop %p by 2 : tensor<8x3x9x9xf32> -> tensor<8x3x5x5xf32>
  // CHECK: swy.resize %{{.*}} along 1 : tensor<8x3x5x5xf32> -> tensor<8x3x5x7xf32>
  %r = swy.resize %c along 1 : tensor<8x3x5x5xf32> -> tensor<8x3x5x7xf32>
  // CHECK: swy.resize_backward %{{.*}} along 1 nearest : tensor<8x3x5x7xf32> -> tensor<8x3x5x5xf32>
  %d = swy.resize_backward %r along 1 nearest : tensor<8x3x5x7xf32> -> tensor<8x3x5x5xf32>
  return %c, %d : tensor<8x3x5x5xf32>, tensor<8x3x5x5xf32>
}

// CHECK-LABEL: func.func @locally_connected
func.func @locally_connected(%x: tensor<8x1x6x6xf32>, %w: tensor<2x1x3x3x4x4xf32>, %own: tensor<8x2x1x3x3x4x4xf32>)
    -> (tensor<8x1x6x6xf32>, tensor<2x1x3x3x4x4xf32>) {
  // CHECK: swy.local_conv %{{.*}}, %{{.*}} stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<2x1x3x3x4x4xf32> -> tensor<8x2x4x4xf32>
  %y = swy.local_conv %x, %w stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<2x1x3x3x4x4xf32> -> tensor<8x2x4x4xf32>
  // CHECK: swy.local_conv %{{.*}}, %{{.*}} stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<8x2x1x3x3x4x4xf32> -> tensor<8x2x4x4xf32>
  %z = swy.local_conv %x, %own stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<8x2x1x3x3x4x4xf32> -> tensor<8x2x4x4xf32>
  // CHECK: swy.local_conv_backward_input %{{.*}}, %{{.*}} stride 1 padding 0 : tensor<8x2x4x4xf32>, tensor<8x2x1x3x3x4x4xf32> -> tensor<8x1x6x6xf32>
  %dx = swy.local_conv_backward_input %z, %own stride 1 padding 0
      : tensor<8x2x4x4xf32>, tensor<8x2x1x3x3x4x4xf32> -> tensor<8x1x6x6xf32>
  // CHECK: swy.local_conv_backward_weights %{{.*}}, %{{.*}} stride 1 padding 0 : tensor<8x1x6x6xf32>, tensor<8x2x4x4xf32> -> tensor<2x1x3x3x4x4xf32>
  %dw = swy.local_conv_backward_weights %x, %y stride 1 padding 0
      : tensor<8x1x6x6xf32>, tensor<8x2x4x4xf32> -> tensor<2x1x3x3x4x4xf32>
  return %dx, %dw : tensor<8x1x6x6xf32>, tensor<2x1x3x3x4x4xf32>
}
