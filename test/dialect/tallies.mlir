// Tallies of gradients: appending and joining. Joining is associative, so that it folds into the appending.
// RUN: switchyard-opt %s | FileCheck %s
// RUN: switchyard-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// CHECK-LABEL: func.func @ops
// CHECK: %[[T:.*]] = swy.empty_tally of %{{.*}} : tensor<8x2xi32> -> tensor<8x2x4xi32>
// CHECK: %[[U:.*]] = swy.tally_gradient %[[T]], %{{.*}} number 1 : tensor<8x2x4xi32>, tensor<8x3xf32>
// CHECK: %[[V:.*]] = swy.tally_gradient %[[U]], %{{.*}} where %{{.*}} : tensor<8xi1> number 0 : tensor<8x2x4xi32>, tensor<8x3xf32>
// CHECK: swy.join_tallies %{{.*}}, %[[V]] : tensor<8x2x4xi32>
// FOLD-LABEL: func.func @ops(
// FOLD-SAME: %[[BEFORE:.*]]: tensor<8x2x4xi32>,
// FOLD-NEXT: %[[U:.*]] = swy.tally_gradient %[[BEFORE]], %{{.*}} number 1
// FOLD-NEXT: %[[V:.*]] = swy.tally_gradient %[[U]], %{{.*}} where %{{.*}} : tensor<8xi1> number 0
// FOLD-NEXT: return %[[V]]
func.func @ops(%before: tensor<8x2x4xi32>, %rows: tensor<8x2xi32>, %g: tensor<8x3xf32>, %c: tensor<8xi1>) -> tensor<8x2x4xi32> {
  %t = swy.empty_tally of %rows : tensor<8x2xi32> -> tensor<8x2x4xi32>
  %u = swy.tally_gradient %t, %g number 1 : tensor<8x2x4xi32>, tensor<8x3xf32>
  %v = swy.tally_gradient %u, %g where %c : tensor<8xi1> number 0 : tensor<8x2x4xi32>, tensor<8x3xf32>
  %w = swy.join_tallies %before, %v : tensor<8x2x4xi32>
  return %w : tensor<8x2x4xi32>
}

// A turn that another joins, too, stays.
// FOLD-LABEL: func.func @twice
// FOLD: %[[TURN:.*]] = swy.tally_gradient
// FOLD: swy.join_tallies %{{.*}}, %[[TURN]]
// FOLD: swy.join_tallies %{{.*}}, %[[TURN]]
func.func @twice(%a: tensor<1x4xi32>, %b: tensor<1x4xi32>, %t: tensor<1x4xi32>, %g: tensor<3xf32>) -> (tensor<1x4xi32>, tensor<1x4xi32>) {
  %turn = swy.tally_gradient %t, %g number 0 : tensor<1x4xi32>, tensor<3xf32>
  %c = swy.join_tallies %a, %turn : tensor<1x4xi32>
  %d = swy.join_tallies %b, %turn : tensor<1x4xi32>
  return %c, %d : tensor<1x4xi32>, tensor<1x4xi32>
}

// FOLD-LABEL: func.func @first
// FOLD-SAME: %[[TURN:.*]]: tensor<1x4xi32>, %{{.*}}
// FOLD-NEXT: return %[[TURN]]
func.func @first(%turn: tensor<1x4xi32>, %rows: tensor<2xi32>) -> tensor<1x4xi32> {
  %none = swy.empty_tally of %rows : tensor<2xi32> -> tensor<1x4xi32>
  %t = swy.join_tallies %none, %turn : tensor<1x4xi32>
  return %t : tensor<1x4xi32>
}

// Numbers that are compared join likewise.
// CHECK-LABEL: func.func @numbers
// CHECK: swy.tally_number %{{.*}}, %{{.*}} where %{{.*}} : tensor<i1> number 0 : tensor<1x4xi32>, tensor<f32>
// FOLD-LABEL: func.func @numbers(
// FOLD-SAME: %[[BEFORE:.*]]: tensor<1x4xi32>,
// FOLD-NEXT: %[[U:.*]] = swy.tally_number %[[BEFORE]]
// FOLD-NEXT: return %[[U]]
func.func @numbers(%before: tensor<1x4xi32>, %rows: tensor<2xi32>, %v: tensor<f32>, %c: tensor<i1>) -> tensor<1x4xi32> {
  %t = swy.empty_tally of %rows : tensor<2xi32> -> tensor<1x4xi32>
  %u = swy.tally_number %t, %v where %c : tensor<i1> number 0 : tensor<1x4xi32>, tensor<f32>
  %w = swy.join_tallies %before, %u : tensor<1x4xi32>
  return %w : tensor<1x4xi32>
}
