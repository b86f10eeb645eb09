// What only the rewritten network shows is reported at the rewrite, or at the layer that does not fit.
// RUN: switchyard-opt %s --swy-apply-defenses -verify-diagnostics -split-input-file

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.defense @noise {
  // expected-error @+1 {{network `net` has no conv layer for this rewrite}}
  swy.insert before first "conv" {
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
  swy.yield %x : tensor<4xf32>
}
swy.defense @named {
  // expected-error @+1 {{network `net` has no block named `stem`}}
  swy.insert end_of named "stem" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @named label "named" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

swy.network @net range 0.0 to 1.0 classes 16 {
^bb0(%x: tensor<1x4x4xf32>):
  %f = swy.flatten_layer %x path "b/0" : tensor<1x4x4xf32> -> tensor<16xf32>
  swy.yield %f : tensor<16xf32>
}
swy.defense @pool {
  swy.insert after first "flatten" {
  ^bb0(%x: tensor<*xf32>):
    // expected-error @+1 {{layer `max_pool` takes an image (channels x height x width), got 16}}
    %y = swy.max_pool_layer %x size 2 path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}
#data = #swy.dataset<name = "d", source = "s", input = [1, 4, 4], low = 0.0, high = 1.0, classes = 16>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @pool label "pool" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

swy.network @net range 0.0 to 1.0 classes 16 {
^bb0(%x: tensor<1x4x4xf32>):
  %f = swy.flatten_layer %x path "b/0" : tensor<1x4x4xf32> -> tensor<16xf32>
  swy.yield %f : tensor<16xf32>
}
// expected-error @+1 {{after this defense network `net` gives 4 instead of 16 logits}}
swy.defense @shrink {
  swy.insert before first "flatten" {
  ^bb0(%x: tensor<*xf32>):
    %y = swy.max_pool_layer %x size 2 path "" : tensor<*xf32> -> tensor<*xf32>
    swy.yield %y : tensor<*xf32>
  }
}
#data = #swy.dataset<name = "d", source = "s", input = [1, 4, 4], low = 0.0, high = 1.0, classes = 16>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @shrink label "shrink" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
