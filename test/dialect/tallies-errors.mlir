// RUN: switchyard-opt %s -split-input-file -verify-diagnostics

func.func @three_numbers(%rows: tensor<2xi32>) {
  // expected-error @+1 {{a tally has four numbers for each gradient, got 'tensor<1x3xi32>'}}
  %t = swy.empty_tally of %rows : tensor<2xi32> -> tensor<1x3xi32>
  return
}

// -----

func.func @other_examples(%rows: tensor<8x2xi32>) {
  // expected-error @+1 {{of rows 'tensor<8x2xi32>' cannot be 'tensor<4x1x4xi32>'}}
  %t = swy.empty_tally of %rows : tensor<8x2xi32> -> tensor<4x1x4xi32>
  return
}

// -----

func.func @gradient_of_others(%t: tensor<8x1x4xi32>, %g: tensor<4x3xf32>) {
  // expected-error @+1 {{of 'tensor<8x1x4xi32>' takes a gradient of as many examples, got 'tensor<4x3xf32>'}}
  %u = swy.tally_gradient %t, %g number 0 : tensor<8x1x4xi32>, tensor<4x3xf32>
  return
}

// -----

func.func @mask(%t: tensor<8x1x4xi32>, %g: tensor<8x3xf32>, %c: tensor<8x3xi1>) {
  // expected-error @+1 {{of 'tensor<8x1x4xi32>' takes one truth value for each example, got 'tensor<8x3xi1>'}}
  %u = swy.tally_gradient %t, %g where %c : tensor<8x3xi1> number 0 : tensor<8x1x4xi32>, tensor<8x3xf32>
  return
}

// -----

func.func @too_many(%t: tensor<8x1x4xi32>, %g: tensor<8x3xf32>) {
  // expected-error @+1 {{number 1 of 1 gradients}}
  %u = swy.tally_gradient %t, %g number 1 : tensor<8x1x4xi32>, tensor<8x3xf32>
  return
}

// -----

func.func @where_of_pixels(%e: tensor<8xf32>, %x: tensor<8x3xf32>, %c: tensor<8x3xi1>) {
  // expected-error @+1 {{where of type 'tensor<8x3xi1>' for 'tensor<8xf32>'}}
  %g = swy.gradient of %e at %x where %c : tensor<8x3xi1> : tensor<8xf32>, tensor<8x3xf32> -> tensor<8x3xf32>
  return
}

// -----

func.func @number_of_others(%t: tensor<8x1x4xi32>, %v: tensor<4xf32>) {
  // expected-error @+1 {{of 'tensor<8x1x4xi32>' takes one number for each example, got 'tensor<4xf32>'}}
  %u = swy.tally_number %t, %v number 0 : tensor<8x1x4xi32>, tensor<4xf32>
  return
}

// -----

func.func @no_such_number(%t: tensor<8x1x4xi32>, %v: tensor<8xf32>) {
  // expected-error @+1 {{number 3 of 1 gradients}}
  %u = swy.tally_number %t, %v number 3 : tensor<8x1x4xi32>, tensor<8xf32>
  return
}
