// One error for each way in which a choice of defenses cannot be.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.defense @a {
}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{is a choice of two defenses or more, none a choice itself}}
  swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" members {
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
  }
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
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.defense @a {
}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{is a choice of two defenses or more, none a choice itself}}
  swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" members {
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" members {
      swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
      swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
    }
  }
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
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.defense @a {
}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{needs a chance above 0 for each of 2, together 1}}
  swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" chances [0.5, 0.4] members {
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
  }
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
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.defense @a {
}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{needs a chance above 0 for each of 2, together 1}}
  swy.defend_with @a label "a" arguments [{}] axes [] family "" strength "" chances [1.0] members {
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
    swy.defend_with @a label "a" arguments [{}] axes [] family "" strength ""
  }
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
