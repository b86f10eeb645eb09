// RUN: switchyard-opt %s -pass-pipeline="builtin.module(func.func(swy-pack-weights))" | FileCheck %s

// CHECK-LABEL: func.func @out_of_the_loop_and_once
// CHECK: %[[H:.*]] = swy.prepare dense forward [8, 4, 4, 0, 0] weights
// CHECK-NOT: swy.prepare
// CHECK: scf.for
// CHECK-COUNT-2: swy.library_call dense forward %[[H]]
// CHECK-NOT: swy.release
// CHECK: swy.release %[[H]]
// CHECK-NEXT: return
func.func @out_of_the_loop_and_once(%n: index, %x: tensor<8x4xf32>, %w: tensor<4x4xf32>, %b: tensor<4xf32>)
    -> tensor<8x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<8x4xf32> {
    %o = tensor.empty() : tensor<8x4xf32>
    %h = swy.prepare dense forward [8, 4, 4, 0, 0] weights %w : tensor<4x4xf32>
    %y = swy.library_call dense forward %h ins(%a, %b : tensor<8x4xf32>, tensor<4xf32>) outs(%o : tensor<8x4xf32>) -> tensor<8x4xf32>
    swy.release %h
    %g = swy.prepare dense forward [8, 4, 4, 0, 0] weights %w : tensor<4x4xf32>
    %z = swy.library_call dense forward %g ins(%y, %b : tensor<8x4xf32>, tensor<4xf32>) outs(%o : tensor<8x4xf32>) -> tensor<8x4xf32>
    swy.release %g
    scf.yield %z : tensor<8x4xf32>
  }
  return %r : tensor<8x4xf32>
}

// Weights that a loop makes: where they are the same in every turn, they are made in front of it; where they are not, the
// routine is prepared in each turn and released at its end.
// CHECK-LABEL: func.func @made_in_the_loop
// CHECK: %[[SAME:.*]] = linalg.add
// CHECK-NEXT: %[[H:.*]] = swy.prepare dense forward [8, 4, 4, 0, 0] weights %[[SAME]]
// CHECK: scf.for
// CHECK: %[[OTHER:.*]] = linalg.add
// CHECK-NEXT: %[[G:.*]] = swy.prepare dense forward [8, 4, 4, 0, 0] weights %[[OTHER]]
// CHECK: swy.library_call dense forward %[[H]]
// CHECK: swy.library_call dense forward %[[G]]
// CHECK-NEXT: swy.release %[[G]]
// CHECK-NEXT: scf.yield
// CHECK: swy.release %[[H]]
func.func @made_in_the_loop(%n: index, %x: tensor<8x4xf32>, %w: tensor<4x4xf32>, %v: tensor<4x4xf32>, %b: tensor<4xf32>)
    -> tensor<8x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %u = %v) -> (tensor<8x4xf32>, tensor<4x4xf32>) {
    %o = tensor.empty() : tensor<8x4xf32>
    %e = tensor.empty() : tensor<4x4xf32>
    %same = linalg.add ins(%w, %w : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
    %other = linalg.add ins(%w, %u : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
    %h = swy.prepare dense forward [8, 4, 4, 0, 0] weights %same : tensor<4x4xf32>
    %y = swy.library_call dense forward %h ins(%a, %b : tensor<8x4xf32>, tensor<4xf32>) outs(%o : tensor<8x4xf32>) -> tensor<8x4xf32>
    swy.release %h
    %g = swy.prepare dense forward [8, 4, 4, 0, 0] weights %other : tensor<4x4xf32>
    %z = swy.library_call dense forward %g ins(%y, %b : tensor<8x4xf32>, tensor<4xf32>) outs(%o : tensor<8x4xf32>) -> tensor<8x4xf32>
    swy.release %g
    scf.yield %z, %other : tensor<8x4xf32>, tensor<4x4xf32>
  }
  return %r#0 : tensor<8x4xf32>
}
