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
