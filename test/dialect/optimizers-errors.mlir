// What an optimizer's program cannot be, and trainings that do not fit one.
// RUN: switchyard-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{needs arguments of types}}
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>):
  swy.yield %w : tensor<*xf32>
}

// -----

// expected-error @+1 {{needs arguments of types}}
swy.optimizer @descent {
^bb0(%w: tensor<4xf32>, %g: tensor<4xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>):
  swy.yield %w : tensor<4xf32>
}

// -----

// expected-error @+1 {{must yield values of types}}
swy.optimizer @descent states ["v"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %v: tensor<*xf32>):
  swy.yield %w : tensor<*xf32>
}

// -----

// expected-error @+1 {{must yield values of types}}
swy.optimizer @descent {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>):
  swy.yield %n : tensor<f32>
}

// -----

swy.optimizer @descent {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>):
  %stream = arith.constant dense<0> : tensor<i64>
  %rows = arith.constant dense<0> : tensor<2xi32>
  %pass = arith.constant dense<0> : tensor<i32>
  // expected-error @+1 {{has a region or draws, in an optimizer}}
  %d = swy.random_normal %stream, %rows, %pass site <model, ""> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<*xf32>
  swy.yield %d : tensor<*xf32>
}

// -----

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
// expected-error @+1 {{there is no optimizer @gone}}
swy.experiment @e network @net dataset #data training <optimizer = @gone, batch = 1, epochs = 1> seed 1
    judge <by = expected> report <baseline = -1> {
}

// -----

#data = #swy.dataset<name = "d", source = "s", input = [4], low = 0.0, high = 1.0, classes = 4>
swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  swy.yield %x : tensor<4xf32>
}
swy.optimizer @descent scalars ["rate"] {
^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>):
  swy.yield %w : tensor<*xf32>
}
// expected-error @+1 {{its training has no value for "rate"}}
swy.train_job @t network @net label "t" dataset #data training <optimizer = @descent, batch = 1, epochs = 1> scalars {} seed 1
