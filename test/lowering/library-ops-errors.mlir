// One error for each constraint (Cn) of the library level.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

func.func @prepare_c1(%w: tensor<3x4xf32>) {
  // expected-error @+1 {{geometry of dense has 5 numbers, got 4}}
  %h = swy.prepare dense forward [8, 4, 3, 0] weights %w : tensor<3x4xf32>
  return
}

// -----

func.func @prepare_c1_conv2d(%w: tensor<3x1x3x3xf32>) {
  // expected-error @+1 {{geometry of conv2d has 14 numbers, got 13}}
  %h = swy.prepare conv2d forward [8, 1, 6, 6, 3, 3, 3, 1, 0, 1, 0, 0, 0] weights %w : tensor<3x1x3x3xf32>
  return
}

// -----

func.func @prepare_c2() {
  // expected-error @+1 {{forward packs weights, got none}}
  %h = swy.prepare dense forward [8, 4, 3, 0, 0]
  return
}

// -----

func.func @library_call_c1(%h: !swy.handle, %x: memref<8x4xf32>, %y: memref<8x3xf32>) {
  // expected-error @+1 {{forward takes 2 inputs and 1 outputs, got 3 and 1}}
  swy.library_call dense forward %h ins(%x, %x, %x : memref<8x4xf32>, memref<8x4xf32>, memref<8x4xf32>) outs(%y : memref<8x3xf32>)
  return
}

// -----

// Grouped calls train no weights.
func.func @library_call_c1_grouped(%h: !swy.handle, %f: memref<4xi32>, %x: memref<8x4xf32>, %d: memref<8x3xf32>,
                                   %w: memref<3x4xf32>, %b: memref<3xf32>) {
  // expected-error @+1 {{backward_weights is never grouped}}
  swy.library_call dense backward_weights %h groups %f : memref<4xi32> ins(%x, %d : memref<8x4xf32>, memref<8x3xf32>) outs(%w, %b : memref<3x4xf32>, memref<3xf32>)
  return
}

// -----

func.func private @body(index, index)
func.func @parallel_for_c1(%x: memref<8xf32>) {
  // expected-error @+1 {{body @body does not take two indices and the captures}}
  swy.parallel_for @body count 8 grain 1 (%x) : memref<8xf32>
  return
}
