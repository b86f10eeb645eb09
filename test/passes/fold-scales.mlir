// What scales and shifts a layer's outputs becomes part of its parameters, in front of the loop where these do not change.
// RUN: switchyard-opt %s --split-input-file --swy-fold-scales --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @attack
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x3x6x6xf32>, %[[W:[^:]*]]: tensor<4x3x3x3xf32>, %[[B:[^:]*]]: tensor<4xf32>, %[[S:[^:]*]]: tensor<4xf32>, %[[O:[^:]*]]: tensor<4xf32>
func.func @attack(%x: tensor<8x3x6x6xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>, %s: tensor<4xf32>, %o: tensor<4xf32>,
                  %n: index) -> tensor<8x3x6x6xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK-DAG: %[[WS:.*]] = swy.mul %[[W]], %[[S]] : (tensor<4x3x3x3xf32>, tensor<4xf32>)
  // CHECK-DAG: %[[BS:.*]] = swy.mul %[[B]], %[[S]] : (tensor<4xf32>, tensor<4xf32>)
  // CHECK-DAG: %[[BO:.*]] = swy.add %[[BS]], %[[O]] : (tensor<4xf32>, tensor<4xf32>)
  // CHECK: scf.for
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<8x3x6x6xf32>) {
    // CHECK: %[[Y:.*]] = swy.conv2d %{{.*}}, %[[WS]], %[[BO]] stride
    // CHECK-NEXT: %[[SUM:.*]] = swy.reduce_sum %[[Y]]
    // CHECK-NEXT: swy.gradient of %[[SUM]]
    %y = swy.conv2d %a, %w, %b stride 1 padding 1 : tensor<8x3x6x6xf32>, tensor<4x3x3x3xf32>, tensor<4xf32> -> tensor<8x4x6x6xf32>
    %se = swy.for_examples %s : tensor<4xf32> to tensor<8x4xf32>
    %oe = swy.for_examples %o : tensor<4xf32> to tensor<8x4xf32>
    %m = swy.mul %se, %y : (tensor<8x4xf32>, tensor<8x4x6x6xf32>) -> tensor<8x4x6x6xf32>
    %z = swy.add %m, %oe : (tensor<8x4x6x6xf32>, tensor<8x4xf32>) -> tensor<8x4x6x6xf32>
    %e = swy.reduce_sum %z keep 1 : tensor<8x4x6x6xf32> -> tensor<8xf32>
    %g = swy.gradient of %e at %a : tensor<8xf32>, tensor<8x3x6x6xf32> -> tensor<8x3x6x6xf32>
    scf.yield %g : tensor<8x3x6x6xf32>
  }
  return %r : tensor<8x3x6x6xf32>
}

// -----

// In a switching block the stacked parameters change, once for all draws; a layer without bias gets one.
// CHECK-LABEL: func.func @drawn
// CHECK-SAME: %[[X:[^:]*]]: tensor<8x3x6x6xf32>, %[[C:[^:]*]]: tensor<8xi32>, %[[W:[^:]*]]: tensor<5x4x3x3x3xf32>, %[[S:[^:]*]]: tensor<5x4xf32>
func.func @drawn(%x: tensor<8x3x6x6xf32>, %c: tensor<8xi32>, %w: tensor<5x4x3x3x3xf32>, %s: tensor<5x4xf32>) -> tensor<8x4x6x6xf32> {
  %one = arith.constant dense<1.0> : tensor<f32>
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.0{{.*}}> : tensor<5x4xf32>
  // CHECK-DAG: %[[SLOPE:.*]] = swy.add %[[S]], %{{.*}} : (tensor<5x4xf32>, tensor<f32>)
  // CHECK-DAG: %[[WS:.*]] = swy.div %[[W]], %[[SLOPE]] : (tensor<5x4x3x3x3xf32>, tensor<5x4xf32>)
  // CHECK-DAG: %[[B:.*]] = swy.sub %[[ZERO]], %[[S]]
  // CHECK: %[[Y:.*]] = swy.conv2d %{{.*}}, %[[WS]], %[[B]] channel %[[C]]
  // CHECK: return %[[Y]]
  %order = swy.group %c by %c below 5 : tensor<8xi32>, tensor<8xi32>
  %y = swy.conv2d %x, %w channel %c : tensor<8xi32> stride 1 padding 1 : tensor<8x3x6x6xf32>, tensor<5x4x3x3x3xf32> -> tensor<8x4x6x6xf32>
  %se = swy.take_channel %s at %order : tensor<5x4xf32>, tensor<8xi32> -> tensor<8x4xf32>
  %slope = swy.add %se, %one : (tensor<8x4xf32>, tensor<f32>) -> tensor<8x4xf32>
  %d = swy.div %y, %slope : (tensor<8x4x6x6xf32>, tensor<8x4xf32>) -> tensor<8x4x6x6xf32>
  %z = swy.sub %d, %se : (tensor<8x4x6x6xf32>, tensor<8x4xf32>) -> tensor<8x4x6x6xf32>
  return %z : tensor<8x4x6x6xf32>
}

// -----

// A dense layer, and a number for all outputs.
// CHECK-LABEL: func.func @dense
func.func @dense(%x: tensor<8x6xf32>, %w: tensor<4x6xf32>, %b: tensor<4xf32>, %t: tensor<f32>) -> tensor<8x4xf32> {
  // CHECK-DAG: %[[W:.*]] = swy.mul %{{.*}}, %{{.*}} : (tensor<4x6xf32>, tensor<f32>)
  // CHECK-DAG: %[[B:.*]] = swy.mul %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<f32>)
  // CHECK: %[[Y:.*]] = swy.dense %{{.*}}, %[[W]], %[[B]]
  // CHECK: return %[[Y]]
  %y = swy.dense %x, %w, %b : tensor<8x6xf32>, tensor<4x6xf32>, tensor<4xf32> -> tensor<8x4xf32>
  %z = swy.mul %t, %y : (tensor<f32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %z : tensor<8x4xf32>
}

// -----

// Not where the layer's output is read elsewhere, too; not by numbers that examples have for themselves; not by those of
// channels in another order than the layer's; not where the layer is what is divided by.
// CHECK-LABEL: func.func @others
func.func @others(%x: tensor<8x6xf32>, %c: tensor<8xi32>, %w: tensor<5x6x6xf32>, %b: tensor<5x6xf32>, %s: tensor<5x6xf32>,
                  %own: tensor<8x6xf32>) -> tensor<8x6xf32> {
  // CHECK-COUNT-4: swy.dense %{{[^,]*}}, %arg2, %arg3 channel
  %order = swy.group %c by %c below 5 : tensor<8xi32>, tensor<8xi32>
  %se = swy.take_channel %s at %order : tensor<5x6xf32>, tensor<8xi32> -> tensor<8x6xf32>
  %y0 = swy.dense %x, %w, %b channel %c : tensor<8xi32> : tensor<8x6xf32>, tensor<5x6x6xf32>, tensor<5x6xf32> -> tensor<8x6xf32>
  %m0 = swy.mul %y0, %se : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32>
  %z0 = swy.max %m0, %y0 : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32>
  %y1 = swy.dense %z0, %w, %b channel %c : tensor<8xi32> : tensor<8x6xf32>, tensor<5x6x6xf32>, tensor<5x6xf32> -> tensor<8x6xf32>
  %z1 = swy.mul %y1, %own : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32>
  %y2 = swy.dense %z1, %w, %b channel %c : tensor<8xi32> : tensor<8x6xf32>, tensor<5x6x6xf32>, tensor<5x6xf32> -> tensor<8x6xf32>
  %unordered = swy.take_channel %s at %c : tensor<5x6xf32>, tensor<8xi32> -> tensor<8x6xf32>
  %z2 = swy.mul %y2, %unordered : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32>
  %y3 = swy.dense %z2, %w, %b channel %c : tensor<8xi32> : tensor<8x6xf32>, tensor<5x6x6xf32>, tensor<5x6xf32> -> tensor<8x6xf32>
  %z3 = swy.div %se, %y3 : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32>
  return %z3 : tensor<8x6xf32>
}

// -----

// A layer that is being trained stays as it is, and so does one whose weights are more than its outputs, outside of loops.
// CHECK-LABEL: func.func @trained
func.func @trained(%x: tensor<8x6xf32>, %w: tensor<4x6xf32>, %b: tensor<4xf32>, %s: tensor<4xf32>) -> (tensor<4x6xf32>, tensor<4xf32>) {
  // CHECK: swy.dense %arg0, %arg1, %arg2 :
  %y = swy.dense %x, %w, %b : tensor<8x6xf32>, tensor<4x6xf32>, tensor<4xf32> -> tensor<8x4xf32>
  %se = swy.for_examples %s : tensor<4xf32> to tensor<8x4xf32>
  %m = swy.mul %y, %se : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %e = swy.reduce_sum %m keep 1 : tensor<8x4xf32> -> tensor<8xf32>
  %t = swy.sum_examples %e : tensor<8xf32> to tensor<f32>
  %g:2 = swy.gradient of %t at %w, %s : tensor<f32>, tensor<4x6xf32>, tensor<4xf32> -> tensor<4x6xf32>, tensor<4xf32>
  return %g#0, %g#1 : tensor<4x6xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @wide
func.func @wide(%x: tensor<8x100xf32>, %w: tensor<4x100xf32>, %b: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<8x4xf32> {
  // CHECK: swy.dense %arg0, %arg1, %arg2 :
  %y = swy.dense %x, %w, %b : tensor<8x100xf32>, tensor<4x100xf32>, tensor<4xf32> -> tensor<8x4xf32>
  %se = swy.for_examples %s : tensor<4xf32> to tensor<8x4xf32>
  %m = swy.mul %y, %se : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %m : tensor<8x4xf32>
}
