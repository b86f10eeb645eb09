// Weights that are none, and programs that ask for what weights have not, where no front end says so.
// RUN: switchyard-opt %s --swy-apply-defenses -split-input-file -verify-diagnostics

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %r = swy.relu_layer %x path "b/0" : tensor<4xf32> -> tensor<4xf32>
  %y = swy.dense_layer %r units 4 path "b/1" : tensor<4xf32> -> tensor<4xf32>
  swy.yield %y : tensor<4xf32>
}
swy.defense @noise {
  // expected-error @+1 {{a relu layer has no weights for layers to stand on}}
  swy.insert on_weights_of every "relu" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @noise label "noise" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %r = swy.relu_layer %x path "b/0" : tensor<4xf32> -> tensor<4xf32>
  %y = swy.dense_layer %r units 4 path "b/1" : tensor<4xf32> -> tensor<4xf32>
  swy.yield %y : tensor<4xf32>
}
swy.layer_program @asks {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %n = swy.size %x along 1 : tensor<*xf32> -> tensor<i32>
  swy.yield %x : tensor<*xf32>
}
swy.defense @noise {
  swy.insert on_weights_of every "dense" {
  ^bb0(%x: tensor<*xf32>):
    // expected-error @+1 {{layer `asks` stands on weights and asks for rows or columns: weights have channels, which are their outputs, and elements}}
    %y = swy.program_layer @asks of %x when always path "" : (tensor<*xf32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @noise label "noise" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %r = swy.relu_layer %x path "b/0" : tensor<4xf32> -> tensor<4xf32>
  %y = swy.dense_layer %r units 4 path "b/1" : tensor<4xf32> -> tensor<4xf32>
  swy.yield %y : tensor<4xf32>
}
swy.layer_program @asks {
^bb0(%x: tensor<*xf32>, %rows: tensor<2xi32>, %stream: tensor<i64>, %pass: tensor<i32>):
  %n = swy.random_uniform %stream, %rows, %pass site <model, ""> shared [2] :
    tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<*xf32>
  swy.yield %x : tensor<*xf32>
}
swy.defense @noise {
  swy.insert on_weights_of every "dense" {
  ^bb0(%x: tensor<*xf32>):
    // expected-error @+1 {{layer `asks` stands on weights and asks for draws for rows, columns or pixels}}
    %y = swy.program_layer @asks of %x when always path "" : (tensor<*xf32>) -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @noise label "noise" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
