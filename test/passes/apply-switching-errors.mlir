// Places where no block can begin, and numbers that do not fit the blocks, are reported at the rewrite.
// RUN: switchyard-opt %s --swy-apply-defenses -verify-diagnostics -split-input-file

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @place {
  // expected-error @+1 {{network `net` has no conv layer to be split at}}
  swy.split [#swy.place<first, "conv">]
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @place label "a" arguments [{}] axes [] family "" strength ""
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
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @name {
  // expected-error @+1 {{network `net` has no block `head` to be split at}}
  swy.split [#swy.place<named, "head">]
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @name label "a" arguments [{}] axes [] family "" strength ""
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
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @start {
  // expected-error @+1 {{a split before the first layer of network `net` makes no block}}
  swy.split [#swy.place<named, "all">]
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @start label "a" arguments [{}] axes [] family "" strength ""
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
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @many {
  // expected-error @+1 {{2 numbers of channels for the 1 block of network `net`}}
  swy.switch [5, 5]
}
swy.defense @few {
  // Every later of one is none, and no error: the blocks are one.
  swy.split [#swy.place<every_later, "dense">]
  // expected-error @+1 {{0 numbers of channels for the 1 block of network `net`}}
  swy.switch []
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @many label "a" arguments [{}] axes [] family "" strength ""
  swy.defend_with @few label "b" arguments [{}] axes [] family "" strength ""
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
