// Images that all examples share are spread over the batch where an example's own value meets them.
// RUN: switchyard-opt %s --swy-batch | FileCheck %s

// CHECK-LABEL: func.func @window
func.func @window(%x: tensor<1x4x4xf32> {swy.role = "image"}, %t: tensor<f32> {swy.role = "scalar", swy.name = "t"})
    -> (tensor<1x4x4xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  // CHECK-DAG: swy.iota along 2 : tensor<8x1x4x4xf32>
  %rows = swy.iota along 1 : tensor<1x4x4xf32>
  // CHECK-DAG: swy.compare lt %{{.*}}, %{{.*}} : (tensor<8x1x4x4xf32>, tensor<f32>) -> tensor<8x1x4x4xi1>
  %below = swy.compare lt %rows, %t : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xi1>
  // CHECK: swy.select %{{.*}} : (tensor<8x1x4x4xi1>, tensor<8x1x4x4xf32>, tensor<f32>) -> tensor<8x1x4x4xf32>
  %y = swy.select %below, %x, %t : (tensor<1x4x4xi1>, tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
  return %y : tensor<1x4x4xf32>
}

// What a loop makes of shared images alone.
// CHECK-LABEL: func.func @carried
func.func @carried(%x: tensor<1x4x4xf32> {swy.role = "image"}) -> (tensor<1x4x4xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %one = arith.constant dense<1.0> : tensor<f32>
  %rows = swy.iota along 1 : tensor<1x4x4xf32>
  // CHECK: scf.for {{.*}} -> (tensor<8x1x4x4xf32>)
  %m = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %rows) -> (tensor<1x4x4xf32>) {
    %n = swy.add %a, %one : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>
    scf.yield %n : tensor<1x4x4xf32>
  }
  %y = swy.add %m, %x : (tensor<1x4x4xf32>, tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
  return %y : tensor<1x4x4xf32>
}

// What an attack gives is of each example, whatever it is made of.
// CHECK-LABEL: func.func @grey
// CHECK-SAME: -> (tensor<8x1x4x4xf32>
func.func @grey(%x: tensor<1x4x4xf32> {swy.role = "image"}) -> (tensor<1x4x4xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %half = arith.constant dense<0.5> : tensor<f32>
  // CHECK: %[[Y:.*]] = swy.broadcast %{{.*}} : tensor<f32> to tensor<8x1x4x4xf32>
  %y = swy.broadcast %half : tensor<f32> to tensor<1x4x4xf32>
  // CHECK: return %[[Y]]
  return %y : tensor<1x4x4xf32>
}

// A number at which a gradient is taken is each example's own: no sum over the batch. So are the condition under which it
// counts, and an index that leaves out a class.
// CHECK-LABEL: func.func @number
func.func @number(%x: tensor<4xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                  %p: tensor<f32> {swy.role = "scalar", swy.name = "p"})
    -> (tensor<4xf32> {swy.role = "adversarial"}, tensor<1x4xi32> {swy.role = "gradient_tally"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  // CHECK: %[[P:.*]] = swy.broadcast %{{.*}} : tensor<f32> to tensor<8xf32>
  // CHECK: swy.mul %[[P]], %{{.*}} : (tensor<8xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %y = swy.mul %p, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %s = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  // CHECK: swy.gradient of %{{.*}} at %[[P]] : tensor<8xf32>, tensor<8xf32> -> tensor<8xf32>
  %g = swy.gradient of %s at %p : tensor<f32>, tensor<f32> -> tensor<f32>
  %start = swy.empty_tally of %rows : tensor<2xi32> -> tensor<1x4xi32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  // CHECK: %[[C:.*]] = swy.compare lt %{{.*}} : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %c = swy.compare lt %zero, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
  // CHECK: %[[W:.*]] = swy.broadcast %[[C]] : tensor<i1> to tensor<8xi1>
  // CHECK: swy.tally_gradient %{{.*}}, %{{.*}} where %[[W]] : tensor<8xi1> number 0 : tensor<8x1x4xi32>, tensor<8xf32>
  %t = swy.tally_gradient %start, %g where %c : tensor<i1> number 0 : tensor<1x4xi32>, tensor<f32>
  %two = arith.constant dense<2> : tensor<i32>
  // CHECK: swy.argmax %{{.*}} except %{{.*}} : tensor<8x4xf32>, tensor<8xi32> -> tensor<8xi32>
  %i = swy.argmax %x except %two : tensor<4xf32>, tensor<i32> -> tensor<i32>
  %v = swy.take %x, %i : tensor<4xf32>, tensor<i32> -> tensor<f32>
  %vg = swy.mul %v, %g : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %r = swy.mul %vg, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  return %r, %t : tensor<4xf32>, tensor<1x4xi32>
}

// The sum over the batch at what a step trains; what the step makes of numbers for it alone stays as it is.
// CHECK-LABEL: func.func @step
func.func @step(%x: tensor<4xf32> {swy.role = "image"}, %w: tensor<f32> {swy.role = "parameter", swy.name = "w"})
    -> (tensor<f32> {swy.role = "parameter", swy.name = "w"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %y = swy.mul %w, %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %s = swy.reduce_sum %y keep 0 : tensor<4xf32> -> tensor<f32>
  // CHECK: swy.gradient of %{{.*}} at %{{.*}} : tensor<8xf32>, tensor<f32> -> tensor<f32>
  %g = swy.gradient of %s at %w : tensor<f32>, tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}

// What is one for all examples and an example's own value meet: it is repeated there, in the answer, too.
// CHECK-LABEL: func.func @given
func.func @given(%x: tensor<4xf32> {swy.role = "image"}) -> (tensor<4xf32> {swy.role = "adversarial"}, tensor<4xf32> {swy.role = "logits"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  // CHECK: %[[GIVEN:.*]] = arith.constant
  %given = arith.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>
  // CHECK: %[[EACH:.*]] = swy.for_examples %[[GIVEN]] : tensor<4xf32> to tensor<8x4xf32>
  // CHECK: %[[Y:.*]] = swy.add %{{.*}}, %[[EACH]] : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %y = swy.add %x, %given : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[R:.*]] = swy.for_examples %[[GIVEN]] : tensor<4xf32> to tensor<8x4xf32>
  // CHECK: return %[[Y]], %[[R]]
  return %y, %given : tensor<4xf32>, tensor<4xf32>
}

// The sum over the batch is of no example, what is made of it is neither, and a number in it counts for each.
// CHECK-LABEL: func.func @sum
func.func @sum(%x: tensor<4xf32> {swy.role = "image"}, %s: tensor<f32> {swy.role = "scalar", swy.name = "s"})
    -> (tensor<4xf32> {swy.role = "adversarial"}, tensor<4xf32> {swy.role = "parameter", swy.name = "p"}, tensor<f32> {swy.role = "parameter", swy.name = "q"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  // CHECK: %[[SUM:.*]] = swy.sum_examples %{{.*}} : tensor<8x4xf32> to tensor<4xf32>
  %sum = swy.sum_examples %x : tensor<4xf32> to tensor<4xf32>
  // CHECK: %[[TWICE:.*]] = swy.add %[[SUM]], %[[SUM]] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %twice = swy.add %sum, %sum : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[S:.*]] = swy.broadcast %{{.*}} : tensor<f32> to tensor<8xf32>
  // CHECK: %[[COUNT:.*]] = swy.sum_examples %[[S]] : tensor<8xf32> to tensor<f32>
  %count = swy.sum_examples %s : tensor<f32> to tensor<f32>
  // CHECK: swy.for_examples %[[SUM]]
  %y = swy.sub %x, %sum : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y, %twice, %count : tensor<4xf32>, tensor<4xf32>, tensor<f32>
}
