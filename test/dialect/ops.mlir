// Every program-level operation in its pretty form, printed and parsed again.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: func.func @broadcasts_by_prefix
func.func @broadcasts_by_prefix(%s: tensor<f32>, %p: tensor<4xf32>, %x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // CHECK: swy.mul %{{.*}}, %{{.*}} : (tensor<f32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %0 = swy.mul %s, %x : (tensor<f32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.add %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %1 = swy.add %p, %0 : (tensor<4xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  // CHECK: swy.compare lt
  %2 = swy.compare lt %1, %s : (tensor<4x3xf32>, tensor<f32>) -> tensor<4x3xi1>
  // CHECK: swy.select
  %3 = swy.select %2, %1, %s : (tensor<4x3xi1>, tensor<4x3xf32>, tensor<f32>) -> tensor<4x3xf32>
  // CHECK: swy.broadcast %{{.*}} : tensor<4xf32> to tensor<4x3xf32>
  %4 = swy.broadcast %p : tensor<4xf32> to tensor<4x3xf32>
  %5 = swy.sub %3, %4 : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  return %5 : tensor<4x3xf32>
}

// CHECK-LABEL: func.func @classes
func.func @classes(%z: tensor<4x10xf32>, %t: tensor<4xi32>) -> tensor<4xf32> {
  // CHECK: swy.argmax %{{.*}} except %{{.*}} : tensor<4x10xf32>, tensor<4xi32> -> tensor<4xi32>
  %i = swy.argmax %z except %t : tensor<4x10xf32>, tensor<4xi32> -> tensor<4xi32>
  // CHECK: swy.take
  %v = swy.take %z, %i : tensor<4x10xf32>, tensor<4xi32> -> tensor<4xf32>
  // CHECK: swy.log_sum_exp %{{.*}} : tensor<4x10xf32> -> tensor<4xf32>
  %l = swy.log_sum_exp %z : tensor<4x10xf32> -> tensor<4xf32>
  %r = swy.sub %l, %v : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @places_and_ranks
func.func @places_and_ranks(%z: tensor<4x10xf32>) -> (tensor<4xi32>, tensor<4x10xf32>) {
  // CHECK: swy.arg_largest %{{.*}} rank 3 : tensor<4x10xf32> -> tensor<4xi32>
  %i = swy.arg_largest %z rank 3 : tensor<4x10xf32> -> tensor<4xi32>
  // CHECK: swy.iota along 1 : tensor<4x10xf32>
  %n = swy.iota along 1 : tensor<4x10xf32>
  // CHECK: swy.floor %{{.*}} : (tensor<4x10xf32>) -> tensor<4x10xf32>
  %f = swy.floor %n : (tensor<4x10xf32>) -> tensor<4x10xf32>
  return %i, %f : tensor<4xi32>, tensor<4x10xf32>
}

// CHECK-LABEL: func.func @balls
func.func @balls(%x: tensor<2x3x4x4xf32>, %r: tensor<f32>, %own: tensor<2xf32>) {
  // CHECK: swy.l1_threshold %{{.*}}, %{{.*}} within %{{.*}} keep 1 : tensor<2x3x4x4xf32>, tensor<f32> -> tensor<2xf32>
  %t = swy.l1_threshold %x, %x within %r keep 1 : tensor<2x3x4x4xf32>, tensor<f32> -> tensor<2xf32>
  // CHECK: swy.among_largest %{{.*}} number %{{.*}} keep 1 pixels : tensor<2x3x4x4xf32>, tensor<2xf32> -> tensor<2x3x4x4xi1>
  %m = swy.among_largest %x number %own keep 1 pixels : tensor<2x3x4x4xf32>, tensor<2xf32> -> tensor<2x3x4x4xi1>
  // CHECK: swy.among_largest %{{.*}} number %{{.*}} keep 1 : tensor<2x3x4x4xf32>, tensor<f32> -> tensor<2x3x4x4xi1>
  %n = swy.among_largest %x number %r keep 1 : tensor<2x3x4x4xf32>, tensor<f32> -> tensor<2x3x4x4xi1>
  return
}

// CHECK-LABEL: func.func @neighbours_in_groups
func.func @neighbours_in_groups(%x: tensor<2x4x3x3xf32>) -> tensor<2x4x3x3xf32> {
  // CHECK: swy.sort_groups %{{.*}} along 1 size 2 : tensor<2x4x3x3xf32>
  %y = swy.sort_groups %x along 1 size 2 : tensor<2x4x3x3xf32>
  // CHECK: swy.sort_groups %{{.*}} along 1 size 4 rank 3 : tensor<2x4x3x3xf32>
  %z = swy.sort_groups %y along 1 size 4 rank 3 : tensor<2x4x3x3xf32>
  // CHECK: swy.sort_groups_backward %{{.*}}, %{{.*}} along 1 size 2 : tensor<2x4x3x3xf32>
  %dx = swy.sort_groups_backward %z, %x along 1 size 2 : tensor<2x4x3x3xf32>
  return %dx : tensor<2x4x3x3xf32>
}

// CHECK-LABEL: func.func @layers
func.func @layers(%x: tensor<8x1x28x28xf32>, %w: tensor<32x1x3x3xf32>, %b: tensor<32xf32>)
    -> tensor<8x32x13x13xf32> {
  // CHECK: swy.conv2d %{{.*}}, %{{.*}}, %{{.*}} stride 1 padding 0 relu
  %y = swy.conv2d %x, %w, %b stride 1 padding 0 relu
      : tensor<8x1x28x28xf32>, tensor<32x1x3x3xf32>, tensor<32xf32> -> tensor<8x32x26x26xf32>
  // CHECK: swy.max_pool %{{.*}} size 2
  %p, %i = swy.max_pool %y size 2 : tensor<8x32x26x26xf32> -> tensor<8x32x13x13xf32>, tensor<8x32x13x13xi8>
  return %p : tensor<8x32x13x13xf32>
}

// CHECK-LABEL: func.func @draws
func.func @draws(%stream: tensor<i64>, %rows: tensor<8x2xi32>, %pass: tensor<i32>) -> tensor<8x3xf32> {
  // CHECK: swy.random_normal %{{.*}}, %{{.*}}, %{{.*}} site <model, "features/0+noise">
  %n = swy.random_normal %stream, %rows, %pass site <model, "features/0+noise">
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8x3xf32>
  // CHECK: swy.random_uniform %{{.*}}, %{{.*}}, %{{.*}} site <attack, 0> shared [1, 2]
  %u = swy.random_uniform %stream, %rows, %pass site <attack, 0> shared [1, 2]
      : tensor<i64>, tensor<8x2xi32>, tensor<i32> -> tensor<8x1x4x4xf32>
  return %n : tensor<8x3xf32>
}

// CHECK-LABEL: func.func @restarts
func.func @restarts(%x: tensor<8x3xf32>, %restart: tensor<8xi32>, %n: tensor<i32>) -> (tensor<8x3xf32>, tensor<8xi32>) {
  // CHECK: swy.restart_pass %{{.*}}, %{{.*}}, %{{.*}} : tensor<i32>, tensor<8xi32>, tensor<i32>
  %p = swy.restart_pass %n, %restart, %n : tensor<i32>, tensor<8xi32>, tensor<i32>
  // CHECK: swy.from_restart %{{.*}}, %{{.*}}, %{{.*}} : tensor<8x3xf32>, tensor<8xi32>, tensor<i32>
  %y = swy.from_restart %x, %restart, %n : tensor<8x3xf32>, tensor<8xi32>, tensor<i32>
  return %y, %p : tensor<8x3xf32>, tensor<8xi32>
}

// CHECK-LABEL: swy.network @tiny
swy.network @tiny range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x4x4xf32>):
  // CHECK: swy.block "head"
  %y = swy.block "head" %x : tensor<1x4x4xf32> -> tensor<10xf32> {
  ^bb0(%a: tensor<1x4x4xf32>):
    %f = swy.flatten_layer %a path "head/0" : tensor<1x4x4xf32> -> tensor<16xf32>
    // CHECK: swy.dense_layer %{{.*}} units 10 path "head/1"
    %d = swy.dense_layer %f units 10 path "head/1" : tensor<16xf32> -> tensor<10xf32>
    swy.yield %d : tensor<10xf32>
  }
  swy.yield %y : tensor<10xf32>
}

// CHECK-LABEL: swy.experiment @composed
#data = #swy.dataset<name = "d", source = "s", input = [1, 4, 4], low = 0.0, high = 1.0, classes = 10>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @composed network @tiny dataset #data training #recipe seed 1 judge #judge report #report {
  // CHECK: swy.defend_with @noise with @noise label "twice" arguments [{deviation = 1.000000e-01 : f64}, {deviation = 2.000000e-01 : f64}] axes [] family "" strength ""
  swy.defend_with @noise with @noise label "twice" arguments [{deviation = 0.1}, {deviation = 0.2}] axes [] family "" strength ""
}

// CHECK-LABEL: swy.defense @noise scalars ["deviation"]
swy.defense @noise scalars ["deviation"] {
^bb0(%d: tensor<f32>):
  // CHECK: swy.insert before first "conv"
  swy.insert before first "conv" {
  ^bb0(%x: tensor<*xf32>):
    // CHECK: swy.gaussian_noise_layer %{{.*}}, %{{.*}} when always
    %y = swy.gaussian_noise_layer %x, %d when always path "" : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}

// CHECK-LABEL: func.func @sampling
func.func @sampling(%x: tensor<3x8x8xf32>, %r: tensor<3x6x6xf32>, %c: tensor<3x6x6xf32>) -> tensor<3x8x8xf32> {
  // CHECK: swy.sample %{{.*}} at %{{.*}}, %{{.*}} : tensor<3x8x8xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x6x6xf32>
  %y = swy.sample %x at %r, %c : tensor<3x8x8xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x6x6xf32>
  // CHECK: swy.sample_slope %{{.*}} at %{{.*}}, %{{.*}} along 1
  %s = swy.sample_slope %x at %r, %c along 1
      : tensor<3x8x8xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x6x6xf32>
  %p = swy.mul %y, %s : (tensor<3x6x6xf32>, tensor<3x6x6xf32>) -> tensor<3x6x6xf32>
  // CHECK: swy.sample_backward %{{.*}} at %{{.*}}, %{{.*}} : tensor<3x6x6xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x8x8xf32>
  %d = swy.sample_backward %p at %r, %c : tensor<3x6x6xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x8x8xf32>
  return %d : tensor<3x8x8xf32>
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
