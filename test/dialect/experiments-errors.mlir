// One error for each constraint (Cn) of networks, defenses and attacks.
// RUN: switchyard-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{needs one argument for the example and one for each of 0 scalars}}
swy.network @n range 0.0 to 1.0 classes 2 {
^bb0(%x: tensor<2xf32>, %d: tensor<f32>):
  swy.yield %x : tensor<2xf32>
}

// -----

// expected-error @+1 {{needs one argument for each of 1 scalars}}
swy.defense @d scalars ["d"] {
^bb0:
}

// -----

// expected-error @+1 {{needs arguments for example, goal, rows, stream and 0 scalars}}
swy.attack @b away true {
^bb0(%x: tensor<2xf32>):
  swy.yield %x : tensor<2xf32>
}

// -----

// expected-error @+1 {{must yield a finished example of the clean one's type}}
swy.attack @b away true {
^bb0(%x: tensor<2xf32>, %g: tensor<i32>, %r: tensor<2xi32>, %s: tensor<i64>):
  swy.yield %g : tensor<i32>
}
