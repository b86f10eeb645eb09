// What no layer's program is, and no layer of one.
// RUN: switchyard-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{needs arguments of types 'tensor<*xf32>', 'tensor<2xi32>', 'tensor<i64>', 'tensor<i32>'}}
swy.layer_program @arguments {
^bb0(%x: tensor<4xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  swy.yield %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{must yield one value of type 'tensor<*xf32>'}}
swy.layer_program @yields {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  swy.yield %pass : tensor<i32>
}

// -----

swy.layer_program @regions {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %low = arith.constant 0 : index
  // expected-error @+1 {{has a region, in a layer's program}}
  scf.for %i = %low to %low step %low {
  }
  swy.yield %x : tensor<*xf32>
}

// -----

func.func @outside(%x: tensor<*xf32>) -> tensor<*xf32> {
  // expected-error @+1 {{has a tensor without rank, which stands in a layer's or an optimizer's program only}}
  %y = swy.neg %x : (tensor<*xf32>) -> tensor<*xf32>
  return %y : tensor<*xf32>
}

// -----

swy.layer_program @broadcast {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %c = arith.constant dense<1.0> : tensor<4xf32>
  // expected-error @+1 {{operand of type 'tensor<4xf32>' does not broadcast to the layer's input}}
  %y = swy.add %x, %c : (tensor<*xf32>, tensor<4xf32>) -> tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}

// -----

swy.layer_program @shape {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %c = arith.constant dense<1.0> : tensor<f32>
  // expected-error @+1 {{result has a shape that no operand has}}
  %y = swy.neg %c : (tensor<f32>) -> tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}

// -----

swy.layer_program @repeats {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %c = arith.constant dense<1.0> : tensor<4xf32>
  // expected-error @+1 {{cannot repeat 'tensor<4xf32>' over 'tensor<*xf32>'}}
  %y = swy.broadcast %c : tensor<4xf32> to tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}

// -----

swy.layer_program @reduces {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  // expected-error @+1 {{of a layer's whole input is one number, got 'tensor<4xf32>'}}
  %y = swy.reduce_sum %x keep 1 : tensor<*xf32> -> tensor<4xf32>
  swy.yield %x : tensor<*xf32>
}

// -----

swy.layer_program @reshapes {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  // expected-error @+1 {{of a layer's input is flat, got 'tensor<4xf32>'}}
  %y = swy.reshape %x : tensor<*xf32> to tensor<4xf32>
  swy.yield %x : tensor<*xf32>
}

// -----

swy.layer_program @shared {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  // expected-error @+1 {{shared must name dimensions of an image, got [3]}}
  %y = swy.random_uniform %stream, %rows, %pass site <model, ""> shared [3] :
    tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}

// -----

func.func @size(%x: tensor<4xf32>) -> tensor<i32> {
  // expected-error @+1 {{along dimension 1 of 'tensor<4xf32>'}}
  %n = swy.size %x along 1 : tensor<4xf32> -> tensor<i32>
  return %n : tensor<i32>
}

// -----

func.func @missing(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{there is no layer program @noisy}}
  %y = swy.program_layer @noisy of %x when always path "a/0" : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

swy.layer_program @scaled scalars ["size"] {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>, %size: tensor<f32>):
  swy.yield %x : tensor<*xf32>
}
func.func @scalars(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{does not give @scaled its scalars}}
  %y = swy.program_layer @scaled of %x when always path "a/0" : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

swy.layer_program @rows {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %y = swy.iota along 1 : tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}
func.func @flat(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{layer `rows` takes an image (channels x height x width), got 4}}
  %y = swy.program_layer @rows of %x when always path "a/0" : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

swy.layer_program @pairs {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %y = swy.sort_groups %x along 0 size 2 : tensor<*xf32>
  swy.yield %y : tensor<*xf32>
}
func.func @channels(%x: tensor<5x2x2xf32>) {
  // expected-error @+1 {{layer `pairs` has groups of 2, which do not divide the 5 channels of its input}}
  %y = swy.program_layer @pairs of %x when always path "a/0" : (tensor<5x2x2xf32>) -> tensor<5x2x2xf32>
  return
}
func.func @units(%v: tensor<7xf32>) {
  // expected-error @+1 {{layer `pairs` has groups of 2, which do not divide the 7 units of its input}}
  %z = swy.program_layer @pairs of %v when always path "a/0" : (tensor<7xf32>) -> tensor<7xf32>
  return
}

// -----

swy.layer_program @number_for_each {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %start = arith.constant dense<0.5> : tensor<f32>
  // expected-error @+1 {{each channel gives no 'tensor<f32>'}}
  %s = swy.trained "size" from %start each channel : tensor<f32> -> tensor<f32>
  swy.yield %x : tensor<*xf32>
}

// -----

// expected-error @+1 {{attribute "swy.when" is not what it should be, a phase}}
func.func @no_phase() attributes {swy.when = "training"} {
  return
}

// -----

func.func @changes_in_one_phase(%x: tensor<1x8x8xf32>) {
  // expected-error @+1 {{layer `max_pool` acts in one phase alone, so that what it gives must have the shape of its input}}
  %y = swy.max_pool_layer %x size 2 path "all/0" {swy.when = 1 : i32} : tensor<1x8x8xf32> -> tensor<1x4x4xf32>
  return
}
