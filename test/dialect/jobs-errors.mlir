// Jobs and cells check the symbols that they name, one error for each constraint (Cn).
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
// expected-error @+1 {{there is no network @gone}}
swy.train_job @t network @gone label "" dataset #data training #recipe scalars {} seed 1

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

swy.network @scaled range 0.0 to 1.0 classes 4 scalars ["d"] {
^bb0(%x: tensor<4xf32>, %d: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
// expected-error @+1 {{it has no value for "d"}}
swy.train_job @t network @scaled label "" dataset #data training #recipe scalars {} seed 1

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
// expected-error @+1 {{trains block 1 of a network of 0}}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1 block 1

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
// expected-error @+1 {{there is no weights @t}}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1 frozen @t

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
// expected-error @+1 {{there is no function @gone}}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1 init @gone

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
func.func private @step(%r: tensor<f32> {swy.role = "scalar", swy.name = "depth"}) -> tensor<f32>
// expected-error @+1 {{has no value for argument 0 of function @step}}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1 step @step

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
// expected-error @+1 {{attribute 'scalars' failed to satisfy constraint: finite reals}}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {d = 1 : i32} seed 1

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

// expected-error @+1 {{there is no training @gone}}
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@gone]>]

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{there is no network @gone}}
swy.accuracy_job @a network @gone weights @w label "" scalars {} seed 1 draws 1 random false

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
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
// expected-error @+1 {{there is no weights @t}}
swy.accuracy_job @a network @net weights @t label "" scalars {} seed 1 draws 1 random false

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
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{there is no function @gone}}
swy.accuracy_job @a network @net weights @w label "" scalars {} seed 1 draws 1 random false stages [@gone]

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
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{there is no attack @gone}}
swy.attack_job @k attack @gone on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1
  label "" attack_scalars {} evaluation <pairs = <images = 1, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
  threat = <norm = none, radius = 0.0, clipped = true>> seed 1 1 random false

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
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{it has no value for "eps"}}
swy.attack_job @k attack @step on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1
  label "" attack_scalars {} evaluation <pairs = <images = 1, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
  threat = <norm = none, radius = 0.0, clipped = true>> seed 1 1 random false

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
swy.attack @other away true {
^bb0(%x: tensor<5xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %x : tensor<5xf32>
}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{attack "other" is none for examples and classes of network "net"}}
swy.attack_job @k attack @other on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1
  label "" attack_scalars {} evaluation <pairs = <images = 1, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
  threat = <norm = none, radius = 0.0, clipped = true>> seed 1 1 random false

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
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{there is no weights @t}}
swy.attack_job @k attack @step on @net weights @t scalars {} network @net weights @w scalars {} gradients one_draw draws 1
  label "" attack_scalars {eps = 0.1} evaluation <pairs = <images = 1, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
  threat = <norm = none, radius = 0.0, clipped = true>> seed 1 1 random false

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
swy.attack @step away true scalars ["eps"] {
^bb0(%x: tensor<4xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>, %eps: tensor<f32>):
  swy.yield %x : tensor<4xf32>
}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
// expected-error @+1 {{says whose answers choose among images, but takes all of them}}
swy.attack_job @k attack @step on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1
  label "" attack_scalars {eps = 0.1} evaluation <pairs = <images = 1, correct_only = false, goal = <aim = away>>, judge = <by = one_draw>,
  threat = <norm = none, radius = 0.0, clipped = true>> seed 1 1 random false own_correct

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
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
swy.accuracy_job @a network @net weights @w label "" scalars {} seed 1 draws 1 random false
// expected-error @+1 {{there is no experiment @gone}}
swy.defense_entry @gone defense "" label "" family "" strength "" axes [] accuracy @a

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
}
// expected-error @+1 {{there is no accuracy job @net}}
swy.defense_entry @e defense "" label "" family "" strength "" axes [] accuracy @net

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
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
swy.weights @w [#swy.parameter<name = "b", type = tensor<4xf32>, from = [@t]>]
swy.accuracy_job @a network @net weights @w label "" scalars {} seed 1 draws 1 random false
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
}
// expected-error @+1 {{there is no accuracy job @t}}
swy.defense_entry @e defense "" label "" family "" strength "" axes [] accuracy @a runs [@a, @t]

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
}
// expected-error @+1 {{needs a job, or the reason why it has none}}
swy.cell @e defense 0 attack "" gradients "" axes [] reason ""

swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}

// -----

// expected-error @+1 {{there is no experiment @gone}}
swy.cell @gone defense 0 attack "" gradients "" axes [] reason "so"

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
// expected-error @+1 {{is of defense 0 of 0}}
swy.cell @e defense 0 attack "" gradients "" axes [] reason "so"

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
swy.defense @none {
}
swy.train_job @t network @net label "" dataset #data training #recipe scalars {} seed 1
#judge = #swy.judge<by = expected>
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge report #report {
  swy.defend_with @none label "none" arguments [{}] axes [] family "" strength ""
}
// expected-error @+1 {{there is no attack job @t}}
swy.cell @e defense 0 attack "" gradients "" axes [] job @t reason ""

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
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
swy.augmentation @other {
^bb0(%x: tensor<5xf32>):
  swy.yield %x : tensor<5xf32>
}
// expected-error @+1 {{augmentation @other is none for the network's images}}
swy.train_job @t network @net label "" dataset #data training #recipe augmentation @other scalars {} seed 1

// -----

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#away = #swy.pairs<images = 1, correct_only = false, goal = <aim = away>>
#ball = #swy.threat<norm = linf, radius = 0.1, clipped = true>
#evaluation = #swy.evaluation<pairs = #away, judge = #judge, threat = #ball>
swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.attack @still away true {
^bb0(%x: tensor<4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>):
  swy.yield %x : tensor<4xf32>
}
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
swy.weights @w []
swy.attack_job @a attack @still on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1 label ""
    attack_scalars {} evaluation #evaluation seed 1 1 random false
// expected-error @+1 {{has 1 parts and names of 2}}
swy.worst_job @worst of [@a] attacks ["still", "other"] label "" threat #ball

// -----

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#away = #swy.pairs<images = 1, correct_only = false, goal = <aim = away>>
#ball = #swy.threat<norm = linf, radius = 0.1, clipped = true>
#evaluation = #swy.evaluation<pairs = #away, judge = #judge, threat = #ball>
swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.attack @still away true {
^bb0(%x: tensor<4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>):
  swy.yield %x : tensor<4xf32>
}
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
swy.weights @w []
swy.attack_job @a attack @still on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1 label ""
    attack_scalars {} evaluation #evaluation seed 1 1 random false
swy.attack_job @b attack @still on @net weights @w scalars {} network @net weights @w scalars {} gradients one_draw draws 1 label ""
    attack_scalars {} evaluation #evaluation seed 1 2 random false
// expected-error @+1 {{compares @b, which is judged otherwise than the first}}
swy.worst_job @worst of [@a, @b] attacks ["still", "still"] label "" threat #ball

// -----

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#away = #swy.pairs<images = 1, correct_only = false, goal = <aim = away>>
#ball = #swy.threat<norm = linf, radius = 0.1, clipped = true>
#evaluation = #swy.evaluation<pairs = #away, judge = #judge, threat = #ball>
swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.attack @still away true {
^bb0(%x: tensor<4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>):
  swy.yield %x : tensor<4xf32>
}
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge pairs #away report #report {
  // expected-error @+1 {{holds no attack}}
  swy.worst_of label "" axes [] threat #ball {
  ^bb0:
  }
}

// -----

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
#recipe = #swy.training<optimizer = @descent, scalars = {rate = 0.1}, batch = 1, epochs = 1>
#judge = #swy.judge<by = expected>
#away = #swy.pairs<images = 1, correct_only = false, goal = <aim = away>>
#ball = #swy.threat<norm = linf, radius = 0.1, clipped = true>
#evaluation = #swy.evaluation<pairs = #away, judge = #judge, threat = #ball>
swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.attack @still away true {
^bb0(%x: tensor<4xf32>, %goal: tensor<i32>, %rows: tensor<2xi32>, %stream: tensor<i64>):
  swy.yield %x : tensor<4xf32>
}
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  %step = swy.mul %rate, %g : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
  %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  swy.yield %new : tensor<*xf32>
}
#report = #swy.report<baseline = -1>
swy.experiment @e network @net dataset #data training #recipe seed 1 judge #judge pairs #away report #report {
  // expected-error @+1 {{holds attacks without axes, and nothing else}}
  swy.worst_of label "" axes [] threat #ball {
    swy.attack_with @still label "" arguments {} axes [#swy.axis<name = "eps", text = "0.1", value = 0.1>] threat #ball
  }
}
