// One error for each constraint (Cn) of the library level.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @prepare_c1(%w: tensor<3x4xf32>) {
  // expected-error @+1 {{geometry of dense has 4 numbers, got 3}}
  %h = swy.prepare dense forward [8, 4, 3] weights %w : tensor<3x4xf32>
  return
}

// -----

func.func @prepare_c2() {
  // expected-error @+1 {{forward packs weights, got none}}
  %h = swy.prepare dense forward [8, 4, 3, 0]
  return
}

// -----

func.func @library_call_c1(%h: !swy.handle, %x: memref<8x4xf32>, %y: memref<8x3xf32>) {
  // expected-error @+1 {{forward takes 2 inputs and 1 outputs, got 1 and 1}}
  swy.library_call dense forward %h ins(%x : memref<8x4xf32>) outs(%y : memref<8x3xf32>)
  return
}

// -----

func.func private @body(index, index)
func.func @parallel_for_c1(%x: memref<8xf32>) {
  // expected-error @+1 {{body @body does not take two indices and the captures}}
  swy.parallel_for @body count 8 grain 1 (%x) : memref<8xf32>
  return
}
