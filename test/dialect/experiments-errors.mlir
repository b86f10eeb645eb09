// One error for each constraint (Cn) of networks, defenses, attacks and experiments.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{needs one argument for the example and one for each of 0 scalars}}
swy.network @n range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>, %d: tensor<f32>):
  swy.yield %x : tensor<2xf32>
}

// -----

// expected-error @+1 {{takes a real example of fixed shape and real scalars}}
swy.network @network_c2 range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<?xf32>):
  %y = builtin.unrealized_conversion_cast %x : tensor<?xf32> to tensor<2xf32>
  swy.yield %y : tensor<2xf32>
}

// -----

// expected-error @+1 {{needs a finite range, low below high}}
swy.network @network_c3 range 1.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}

// -----

// expected-error @+1 {{attribute 'classes' failed to satisfy constraint}}
swy.network @n range 0.0 to 1.0 classes 1 {
^bb0(%x: tensor<1xf32>):
  swy.yield %x : tensor<1xf32>
}

// -----

// expected-error @+1 {{needs one argument for each of 1 scalars}}
swy.defense @d scalars ["d"] {
^bb0:
}

// -----

// expected-error @+1 {{takes real scalars}}
swy.defense @defense_c1 scalars ["d"] {
^bb0(%d: tensor<i32>):
}

// -----

swy.defense @insert_c1 {
  // expected-error @+1 {{needs one argument and one value to yield, of type 'tensor<*xf32>'}}
  swy.insert before first "conv" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield
  }
}

// -----

swy.defense @insert_c2 {
  // expected-error @+1 {{stands in the place of layers, residuals and choices, not of blocks}}
  swy.insert instead_of every "block" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}

// -----

swy.defense @insert_c2_named {
  // expected-error @+1 {{stands in the place of layers, residuals and choices, not of blocks}}
  swy.insert instead_of named "features" {
  ^bb0(%x: tensor<*xf32>):
    swy.yield %x : tensor<*xf32>
  }
}

// -----

swy.defense @d {
  // expected-error @+1 {{attribute 'channels' failed to satisfy constraint}}
  swy.switch [5, 0]
}

// -----

// expected-error @+1 {{expects parent op 'swy.defense'}}
swy.bottom_up draw per_example

// -----

// expected-error @+1 {{needs arguments for image, class, rows, stream and 0 scalars}}
swy.attack @b away true {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}

// -----

// expected-error @+1 {{takes a real image of fixed shape, tensor<i32>, tensor<2xi32>, tensor<i64> and scalars}}
swy.attack @attack_c1 away true {
^bb0(%x: tensor<2xf32>, %g: tensor<i32>, %r: tensor<i32>, %s: tensor<i64>):
  swy.yield %x : tensor<2xf32>
}

// -----

// expected-error @+1 {{must yield a finished example of the clean one's type}}
swy.attack @attack_c2 away true {
^bb0(%x: tensor<2xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %g : tensor<i32>
}

// -----

swy.defense @train_against_c1 {
  // expected-error @+1 {{there is no attack @gone}}
  swy.train_against @gone()
}

// -----

swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
swy.defense @train_against_c1 {
  // expected-error @+1 {{does not give @step its scalars}}
  swy.train_against @step()
}

// -----

swy.attack @other away true {
^bb0(%x: tensor<5xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %x : tensor<5xf32>
}
swy.network @trained range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  // expected-error @+1 {{attack "other" is none for examples and classes of network "trained"}}
  swy.train_against @other()
  swy.yield %x : tensor<4xf32>
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
// expected-error @+1 {{there is no network @gone}}
swy.experiment @e network @gone dataset #data training #recipe seed 1 judge #judge report #report {
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
#data = #swy.dataset<name = "d", source = "s", input = [5], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
// expected-error @+1 {{network @net is none for images and classes of the data set}}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
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
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
// expected-error @+1 {{attacks something, but says no pairs}}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  swy.attack_with @step label "s" arguments {eps = 0.1} axes [] threat <norm = none, radius = 0.0, clipped = true>
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
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
// expected-error @+1 {{says whose answers choose among images, but takes all of them}}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge
  pairs <images = 1, correct_only = false, goal = <aim = away>> own_correct report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  swy.attack_with @step label "s" arguments {eps = 0.1} axes [] threat <norm = none, radius = 0.0, clipped = true>
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
#report = #swy.report<baseline = 0>
// expected-error @+1 {{reports on a defense that is none of its 0}}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
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
#report = #swy.report<comparisons = [<first = 0, second = 1>], baseline = -1>
// expected-error @+1 {{reports on a defense that is none of its 0}}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
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
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{is no item of an experiment}}
  %c = arith.constant 1 : i32
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
// expected-error @+1 {{attribute 'trainings' failed to satisfy constraint}}
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge trainings 0 report #report {
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
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{needs defenses and arguments for each, got 1 for 2}}
  swy.defend_with @a with @b label "a with b" arguments [{}] axes [] family "" strength ""
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
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{there is no defense @gone}}
  swy.defend_with @gone label "none" arguments [{}] axes [] family "" strength ""
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
swy.defense @noise scalars ["d"] {
^bb0(%d: tensor<f32>):
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{`noise` has no value for "d"}}
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
swy.defense @noise scalars ["d"] {
^bb0(%d: tensor<f32>):
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{attribute 'arguments' failed to satisfy constraint}}
  swy.defend_with @noise label "none" arguments [{d = "x"}] axes [] family "" strength ""
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
swy.defense @none {
}
swy.network @scaled range 0.0 to 1.0 classes 4 scalars ["d"] {
^bb0(%x: tensor<4xf32>, %d: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{there is no network @scaled with 0 scalars}}
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength "" network @scaled
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
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge pairs <images = 1, correct_only = false, goal = <aim = away>> report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{there is no attack @gone}}
  swy.attack_with @gone label "s" arguments {} axes [] threat <norm = none, radius = 0.0, clipped = true>
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
swy.defense @none {
}
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge pairs <images = 1, correct_only = false, goal = <aim = away>> report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{`step` has no value for "eps"}}
  swy.attack_with @step label "step" arguments {} axes [] threat <norm = none, radius = 0.0, clipped = true>
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
swy.defense @none {
}
swy.attack @other away true {
^bb0(%x: tensor<5xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %x : tensor<5xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge pairs <images = 1, correct_only = false, goal = <aim = away>> report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{attack "other" is none for examples and classes of network "net"}}
  swy.attack_with @other label "other" arguments {} axes [] threat <norm = none, radius = 0.0, clipped = true>
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
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{eot has no 0 draws}}
  swy.gradients eot draws 0 label "eot(0)"
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
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  // expected-error @+1 {{one_draw has no 2 draws}}
  swy.gradients one_draw draws 2 label "one_draw"
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
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{a transfer, and nothing else, has a source among the 1 defenses, got 1}}
  swy.gradients transfer draws 1 label "transfer from x" source 1
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
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{a transfer, and nothing else, has one model of a network}}
  swy.gradients transfer draws 1 label "transfer from x" of @net
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
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{there is no network @other}}
  swy.gradients transfer draws 1 label "transfer from none of other" of @other model {
    swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
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
swy.network @small range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}
swy.defense @none {
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  // expected-error @+1 {{network @small is none for images and classes of the experiment's}}
  swy.gradients transfer draws 1 label "transfer from none of small" of @small model {
    swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
  }
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

// expected-error @+1 {{needs one argument, an image, and one value to yield of its type}}
swy.augmentation @flat {
^bb0(%x: tensor<1x2x2xf32>):
  %y = swy.flatten_layer %x path "training.augment/0" : tensor<1x2x2xf32> -> tensor<4xf32>
  swy.yield %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{has a layer that learns}}
swy.augmentation @learned {
^bb0(%x: tensor<4xf32>):
  %y = swy.dense_layer %x units 4 path "training.augment/0" : tensor<4xf32> -> tensor<4xf32>
  swy.yield %y : tensor<4xf32>
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
// expected-error @+1 {{there is no augmentation @gone}}
swy.experiment @e network @net dataset #data training #recipe augmentation @gone seed 1 judge #judge report #report {
}

// -----

// expected-error @+1 {{needs arguments for image, class, rows, stream and 1 scalars}}
swy.loss @loss_c1 scalars ["weight"] {
^bb0(%x: tensor<4xf32>, %l: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  %z = swy.log_sum_exp %x : tensor<4xf32> -> tensor<f32>
  swy.yield %z : tensor<f32>
}

// -----

// expected-error @+1 {{must yield one number, tensor<f32>}}
swy.loss @loss_c2 {
^bb0(%x: tensor<4xf32>, %l: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %x : tensor<4xf32>
}

// -----

swy.loss @attacked_c1 {
^bb0(%x: tensor<4xf32>, %l: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  // expected-error @+1 {{there is no attack @gone}}
  %y = swy.attacked %x by @gone() : tensor<4xf32>
  %z = swy.log_sum_exp %y : tensor<4xf32> -> tensor<f32>
  swy.yield %z : tensor<f32>
}

// -----

swy.attack @step away true {
^bb0(%x: tensor<5xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %x : tensor<5xf32>
}
swy.loss @attacked_c1 {
^bb0(%x: tensor<4xf32>, %l: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  // expected-error @+1 {{attack @step is none for images of type 'tensor<4xf32>'}}
  %y = swy.attacked %x by @step() : tensor<4xf32>
  %z = swy.log_sum_exp %y : tensor<4xf32> -> tensor<f32>
  swy.yield %z : tensor<f32>
}

// -----

swy.defense @train_by_c1 {
  // expected-error @+1 {{there is no loss @gone}}
  swy.train_by @gone()
}

// -----

swy.loss @five {
^bb0(%x: tensor<5xf32>, %l: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  %z = swy.log_sum_exp %x : tensor<5xf32> -> tensor<f32>
  swy.yield %z : tensor<f32>
}
swy.network @trained range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  // expected-error @+1 {{loss "five" is none for examples and classes of network "trained"}}
  swy.train_by @five()
  swy.yield %x : tensor<4xf32>
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.loss @scaled scalars ["weight"] {
^bb0(%x: tensor<4xf32>, %l: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %w: tensor<f32>):
  swy.yield %w : tensor<f32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  swy.yield %w : tensor<*xf32>
}
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
// expected-error @+1 {{does not give @scaled its scalars}}
swy.experiment @e network @net dataset #data training #recipe loss @scaled seed 1 judge #judge report #report {
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
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
}
// expected-error @+1 {{is no setting of an experiment @e with settings}}
swy.experiment @f network @net dataset #data training #recipe seed 1 judge #judge report #report
  setting <dataset = "d", network = "net", training = "descent", title = "net"> part_of @e {
}

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

// expected-error @+1 {{there is no experiment @gone}}
swy.joint_show [@gone] text "{}"

// -----

// expected-error @+1 {{attribute 'experiments' failed to satisfy constraint: experiments with at least 1 elements}}
swy.joint_show [] text "{}"
