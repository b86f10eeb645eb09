// Rows of one batch may belong to several settings of an attack: its own real scalars become one for each row. Those of
// the network, and those that decide how often a loop runs, are one for all; a train step's are, too.
// RUN: switchyard-opt %s --swy-batch=scalars-per-row=true | FileCheck %s

// CHECK-LABEL: func.func @attack
// CHECK-SAME: %[[EPS:[a-z0-9]+]]: tensor<4xf32> {swy.name = "eps", swy.owner = #swy.owner<attack>, swy.role = "scalar"}
// CHECK-SAME: %{{.*}}: tensor<f32> {swy.name = "effort", swy.owner = #swy.owner<attack>, swy.role = "scalar"}
// CHECK-SAME: %{{.*}}: tensor<f32> {swy.name = "noise.deviation", swy.owner = #swy.owner<model>, swy.role = "scalar"}
// CHECK-SAME: %{{.*}}: tensor<i32> {swy.name = "steps", swy.owner = #swy.owner<attack>, swy.role = "scalar"}
func.func @attack(%x: tensor<3xf32> {swy.role = "image"},
                  %eps: tensor<f32> {swy.role = "scalar", swy.name = "eps", swy.owner = #swy.owner<attack>},
                  %effort: tensor<f32> {swy.role = "scalar", swy.name = "effort", swy.owner = #swy.owner<attack>},
                  %deviation: tensor<f32> {swy.role = "scalar", swy.name = "noise.deviation", swy.owner = #swy.owner<model>},
                  %steps: tensor<i32> {swy.role = "scalar", swy.name = "steps", swy.owner = #swy.owner<attack>})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %half = swy.mul %effort, %effort : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %value = tensor.extract %half[] : tensor<f32>
  %whole = arith.fptosi %value : f32 to i32
  %count = arith.index_cast %whole : i32 to index
  // CHECK: swy.mul %[[EPS]], %{{.*}} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %scaled = swy.mul %eps, %deviation : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // CHECK: scf.for {{.*}} -> (tensor<4x3xf32>)
  %y = scf.for %i = %c0 to %count step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    // CHECK: swy.add %{{.*}} : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
    %n = swy.add %a, %scaled : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
    scf.yield %n : tensor<3xf32>
  }
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @step
// CHECK-SAME: %{{.*}}: tensor<f32> {swy.name = "rate", swy.role = "scalar"}
func.func @step(%x: tensor<3xf32> {swy.role = "image"}, %rate: tensor<f32> {swy.role = "scalar", swy.name = "rate"})
    -> (tensor<f32> {swy.role = "loss"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %scaled = swy.mul %x, %rate : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %loss = swy.reduce_sum %scaled keep 0 : tensor<3xf32> -> tensor<f32>
  return %loss : tensor<f32>
}
