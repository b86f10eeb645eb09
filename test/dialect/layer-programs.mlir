// Layers as programs, in printed form and back.
// RUN: switchyard-opt %s | switchyard-opt | FileCheck %s

// CHECK-LABEL: swy.layer_program @noisy declared "mine.noisy" scalars ["size"] {
// CHECK: ^bb0(%[[X:.*]]: tensor<*xf32>, %[[ROWS:.*]]: tensor<2xi32>, %[[STREAM:.*]]: tensor<i64>, %[[PASS:.*]]: tensor<i32>, %[[SIZE:.*]]: tensor<f32>):
swy.layer_program @noisy declared "mine.noisy" scalars ["size"] {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>, %size: tensor<f32>):
  // CHECK: swy.random_normal %[[STREAM]], %[[ROWS]], %[[PASS]] site <model, ""> : {{.*}} -> tensor<*xf32>
  %n = swy.random_normal %stream, %rows, %pass site <model, ""> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<*xf32>
  // CHECK: swy.random_uniform %[[STREAM]], %[[ROWS]], %[[PASS]] site <model, "", 1> shared [1, 2] :
  %u = swy.random_uniform %stream, %rows, %pass site <model, "", 1> shared [1, 2] :
    tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<*xf32>
  // CHECK: swy.mul %[[SIZE]], %{{.*}} : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %m = swy.mul %size, %n : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %c = swy.compare lt %u, %size : (tensor<*xf32>, tensor<f32>) -> tensor<*xi1>
  // CHECK: swy.select %{{.*}}, %{{.*}}, %[[X]] : (tensor<*xi1>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  %s = swy.select %c, %m, %x : (tensor<*xi1>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  // CHECK: swy.reduce_sum %{{.*}} keep 0 : tensor<*xf32> -> tensor<f32>
  %sum = swy.reduce_sum %s keep 0 : tensor<*xf32> -> tensor<f32>
  // CHECK: swy.size %[[X]] : tensor<*xf32> -> tensor<i32>
  %all = swy.size %x : tensor<*xf32> -> tensor<i32>
  // CHECK: swy.size %[[X]] along 1 : tensor<*xf32> -> tensor<i32>
  %height = swy.size %x along 1 : tensor<*xf32> -> tensor<i32>
  // CHECK: swy.iota along 1 : tensor<*xf32>
  %rowNumbers = swy.iota along 1 : tensor<*xf32>
  // CHECK: swy.broadcast %{{.*}} : tensor<f32> to tensor<*xf32>
  %b = swy.broadcast %sum : tensor<f32> to tensor<*xf32>
  // CHECK: swy.reshape %{{.*}} : tensor<*xf32> to tensor<?xf32>
  %flat = swy.reshape %b : tensor<*xf32> to tensor<?xf32>
  %i = swy.argmax %flat : tensor<?xf32> -> tensor<i32>
  %largest = swy.take %flat, %i : tensor<?xf32>, tensor<i32> -> tensor<f32>
  %y = swy.add %x, %largest : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  // CHECK: swy.yield %{{.*}} : tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}

// CHECK-LABEL: swy.network @net
swy.network @net range 0.0 to 1.0 classes 10 {
^bb0(%x: tensor<1x2x5xf32>):
  %d = arith.constant dense<0.5> : tensor<f32>
  // CHECK: swy.program_layer @noisy of %{{.*}} scalars %{{.*}} when inference path "all/0" : (tensor<1x2x5xf32>, tensor<f32>) -> tensor<1x2x5xf32>
  %y = swy.program_layer @noisy of %x scalars %d when inference path "all/0" :
    (tensor<1x2x5xf32>, tensor<f32>) -> tensor<1x2x5xf32>
  %f = swy.flatten_layer %y path "all/1" : tensor<1x2x5xf32> -> tensor<10xf32>
  swy.yield %f : tensor<10xf32>
}

// CHECK-LABEL: swy.layer_program @learned
swy.layer_program @learned scalars ["start"] {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>, %start: tensor<f32>):
  // CHECK: swy.trained "slope" from %{{.*}} each layer : tensor<f32> -> tensor<f32>
  %s = swy.trained "slope" from %start each layer : tensor<f32> -> tensor<f32>
  // CHECK: swy.trained "size" from %{{.*}} each channel : tensor<f32> -> tensor<*xf32>
  %c = swy.trained "size" from %start each channel : tensor<f32> -> tensor<*xf32>
  %m = swy.mul %s, %c : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %y = swy.mul %m, %x : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}
