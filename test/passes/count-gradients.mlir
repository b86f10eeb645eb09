// An attack keeps a tally of its gradients: each turn of a loop begins one of its own, which joins the loop's, and what is
// joined is folded where the turns were in order anyway. Functions without gradients stay as they are.
// RUN: switchyard-opt %s --swy-count-gradients | FileCheck %s
// RUN: switchyard-opt %s --swy-count-gradients --swy-batch --canonicalize | FileCheck %s --check-prefix=BATCH
// RUN: switchyard-opt %s --swy-count-gradients --swy-restarts-to-rows | FileCheck %s --check-prefix=ROWS

// CHECK-LABEL: func.func @steps
// CHECK-SAME: -> (tensor<3xf32> {swy.role = "adversarial"}, tensor<1x4xi32> {swy.role = "gradient_tally"})
// CHECK-SAME: swy.gradients = ["attack.swy:7:5"]
// CHECK: %[[START:.*]] = swy.empty_tally of %{{.*}} : tensor<2xi32> -> tensor<1x4xi32>
// CHECK: %[[LOOP:.*]]:2 = scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[SOFAR:.*]] = %[[START]])
// CHECK: %[[G:.*]] = swy.gradient of
// CHECK: swy.sub
// CHECK: %[[NONE:.*]] = swy.empty_tally
// CHECK: %[[TURN:.*]] = swy.tally_gradient %[[NONE]], %[[G]] number 0 : tensor<1x4xi32>, tensor<3xf32>
// CHECK: %[[NEXT:.*]] = swy.join_tallies %[[SOFAR]], %[[TURN]] : tensor<1x4xi32>
// CHECK: scf.yield %{{.*}}, %[[NEXT]]
// CHECK: %[[BEFORE:.*]] = swy.empty_tally
// CHECK: %[[ALL:.*]] = swy.join_tallies %[[BEFORE]], %[[LOOP]]#1
// CHECK: return %[[LOOP]]#0, %[[ALL]]

// BATCH-LABEL: func.func @steps
// BATCH: %[[START:.*]] = swy.empty_tally of %{{.*}} : tensor<8x2xi32> -> tensor<8x1x4xi32>
// BATCH: scf.for {{.*}} iter_args(%{{.*}}, %[[SOFAR:.*]] = %[[START]])
// BATCH: %[[G:.*]] = swy.gradient of {{.*}} -> tensor<8x3xf32>
// BATCH: %[[NEXT:.*]] = swy.tally_gradient %[[SOFAR]], %[[G]] number 0 : tensor<8x1x4xi32>, tensor<8x3xf32>
// BATCH-NEXT: scf.yield %{{.*}}, %[[NEXT]]
// BATCH-NOT: swy.join_tallies
// BATCH: return
func.func @steps(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %end = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %q = swy.mul %a, %a : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %e = swy.reduce_sum %q keep 0 : tensor<3xf32> -> tensor<f32>
    %g = swy.gradient of %e at %a : tensor<f32>, tensor<3xf32> -> tensor<3xf32> loc("attack.swy":7:5 to :9)
    %b = swy.sub %a, %g : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %b : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}

// Two gradients, the second in an arm of an `if`: counted where that arm counts.
// CHECK-LABEL: func.func @arms
// CHECK-SAME: tensor<2x4xi32> {swy.role = "gradient_tally"}
// CHECK-SAME: swy.gradients = ["attack.swy:2:3", "attack.swy:4:3"]
// CHECK: %[[C:.*]] = swy.compare
// CHECK: %[[G:.*]] = swy.gradient of %{{.*}} at %{{.*}} : tensor<f32>
// CHECK: %[[H:.*]] = swy.gradient of %{{.*}} at %{{.*}} : tensor<f32>
// CHECK: %[[ONE:.*]] = swy.tally_gradient %{{.*}}, %[[G]] number 0
// CHECK: swy.tally_gradient %[[ONE]], %[[H]] where %[[C]] : tensor<i1> number 1
func.func @arms(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %q = swy.mul %x, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %e = swy.reduce_sum %q keep 0 : tensor<3xf32> -> tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %c = swy.compare lt %e, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<3xf32> -> tensor<3xf32> loc("attack.swy":2:3 to :9)
  %h = swy.gradient of %e at %x where %c : tensor<i1> : tensor<f32>, tensor<3xf32> -> tensor<3xf32> loc("attack.swy":4:3 to :9)
  %d = swy.select %c, %h, %g : (tensor<i1>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %d : tensor<3xf32>
}

// Restarts need nothing of each other still: they become rows, and the best row's example has the tally of all.
// ROWS-LABEL: func.func @restarts
// ROWS: scf.for
// ROWS: %[[INNER:.*]]:2 = scf.for
// ROWS: %[[TURN:.*]] = swy.join_tallies %{{.*}}, %[[INNER]]#1
// ROWS: scf.for
// ROWS: %[[ITS:.*]] = swy.from_restart %[[TURN]], %{{.*}} : tensor<1x4xi32>
// ROWS: swy.join_tallies %{{.*}}, %[[ITS]]
func.func @restarts(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                    %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %n = arith.constant dense<5> : tensor<i32>
  %count = tensor.extract %n[] : tensor<i32>
  %restarts = arith.index_cast %count : i32 to index
  %end = scf.for %r = %c0 to %restarts step %c1 iter_args(%best = %x) -> (tensor<3xf32>) {
    %turn = arith.index_cast %r : index to i32
    %pass = tensor.from_elements %turn : tensor<i32>
    %start = swy.random_uniform %stream, %rows, %pass site <attack, 0> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<3xf32>
    %made = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %start) -> (tensor<3xf32>) {
      %q = swy.mul %a, %a : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      %e = swy.reduce_sum %q keep 0 : tensor<3xf32> -> tensor<f32>
      %g = swy.gradient of %e at %a : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
      %b = swy.sub %a, %g : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      scf.yield %b : tensor<3xf32>
    }
    %larger = swy.max %best, %made : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %larger : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}

// A term beside the model would hide that nothing comes through it: zero is asked of what does. Where all goes through the
// model the gradient says it all. An expression that is no number makes its gradient none.
// CHECK-LABEL: func.func @beside
// CHECK: %[[M:.*]] = swy.model_input %arg0
// CHECK: %[[F:.*]] = swy.add
// CHECK: %[[NONE:.*]] = swy.stop_gradient
// CHECK: %[[OF:.*]] = swy.mul %[[F]], %[[NONE]]
// CHECK: %[[G:.*]]:2 = swy.gradient of %[[OF]] at %arg0, %[[M]]
// CHECK: %[[FIXED:.*]] = swy.stop_gradient %[[G]]#1
// CHECK: %[[DOT:.*]] = swy.mul %[[M]], %[[FIXED]]
// CHECK: %[[BACK:.*]] = swy.gradient of %{{.*}} at %arg0
// CHECK: %[[WHOLE:.*]] = swy.add %[[G]]#0, %[[BACK]]
// CHECK: %[[H:.*]] = swy.gradient of %{{.*}} at %arg0 : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
// CHECK: %[[REST:.*]] = swy.sub %[[WHOLE]], %[[WHOLE]]
// CHECK: %[[FINITE:.*]] = swy.compare eq %[[REST]]
// CHECK: %[[COUNTED:.*]] = swy.select %[[FINITE]], %[[BACK]], %[[WHOLE]]
// CHECK: swy.tally_gradient %{{.*}}, %[[COUNTED]] number 0
// CHECK: swy.tally_gradient %{{.*}}, %[[H]] number 1
func.func @beside(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %m = swy.model_input %x : (tensor<3xf32>) -> tensor<3xf32>
  %q = swy.mul %m, %m : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %e = swy.reduce_sum %q keep 0 : tensor<3xf32> -> tensor<f32>
  %t = swy.reduce_sum %x keep 0 : tensor<3xf32> -> tensor<f32>
  %f = swy.add %e, %t : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %g = swy.gradient of %f at %x : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
  %h = swy.gradient of %e at %x : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
  %d = swy.add %g, %h : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %d : tensor<3xf32>
}

// A comparison is no way for a derivative: nothing comes through this model that a term could hide.
// CHECK-LABEL: func.func @decides
// CHECK: swy.gradient of %{{.*}} at %arg0 : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
// CHECK-NOT: swy.gradient
// CHECK: return
func.func @decides(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %m = swy.model_input %x : (tensor<3xf32>) -> tensor<3xf32>
  %e = swy.reduce_sum %m keep 0 : tensor<3xf32> -> tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %c = swy.compare lt %e, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %t = swy.reduce_sum %x keep 0 : tensor<3xf32> -> tensor<f32>
  %f = swy.select %c, %t, %one : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
  %g = swy.gradient of %f at %x : tensor<f32>, tensor<3xf32> -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// What an attack compares is counted where it is no number: such a comparison never holds.
// CHECK-LABEL: func.func @compares
// CHECK-SAME: swy.comparisons = ["attack.swy:3:6"]
// CHECK-SAME: swy.gradients = []
// CHECK: %[[V:.*]] = swy.compared %{{.*}} : (tensor<f32>) -> tensor<f32>
// CHECK: swy.tally_number %{{.*}}, %[[V]] where %{{.*}} : tensor<i1> number 0 : tensor<1x4xi32>, tensor<f32>
func.func @compares(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  %e = swy.reduce_sum %x keep 0 : tensor<3xf32> -> tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %where = swy.compare lt %e, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %v = swy.compared %e, %where : (tensor<f32>, tensor<i1>) -> tensor<f32> loc("attack.swy":3:6 to :9)
  %c = swy.compare lt %v, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %d = swy.select %c, %x, %one : (tensor<i1>, tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %d : tensor<3xf32>
}

// CHECK-LABEL: func.func @blind
// CHECK-SAME: -> (tensor<3xf32> {swy.role = "adversarial"}) attributes
// CHECK-NOT: tally
func.func @blind(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 8 : i64} {
  return %x : tensor<3xf32>
}

// A step of training counts the gradients of the attack inside it; its own, at a parameter, is the batch's.
// CHECK-LABEL: func.func @step
// CHECK-SAME: tensor<f32> {swy.role = "loss"}, tensor<f32> {swy.name = "w", swy.role = "parameter"}, tensor<1x4xi32> {swy.role = "gradient_tally"})
// CHECK-SAME: swy.gradients = ["attack.swy:2:3"]
// CHECK: %[[G:.*]] = swy.gradient of %{{.*}} at %arg0
// CHECK: swy.gradient of %{{.*}} at %arg1
// CHECK: %[[T:.*]] = swy.tally_gradient %{{.*}}, %[[G]] number 0
// CHECK-NOT: swy.tally_gradient
// CHECK: return %{{.*}}, %{{.*}}, %[[T]]
func.func @step(%x: tensor<3xf32> {swy.role = "image"}, %w: tensor<f32> {swy.role = "parameter", swy.name = "w"},
                %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<f32> {swy.role = "loss"}, tensor<f32> {swy.role = "parameter", swy.name = "w"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %p = swy.mul %x, %w : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %e = swy.reduce_sum %p keep 0 : tensor<3xf32> -> tensor<f32>
  %g = swy.gradient of %e at %x : tensor<f32>, tensor<3xf32> -> tensor<3xf32> loc("attack.swy":2:3 to :9)
  %a = swy.add %x, %g : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %q = swy.mul %a, %w : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %l = swy.reduce_sum %q keep 0 : tensor<3xf32> -> tensor<f32>
  %h = swy.gradient of %l at %w : tensor<f32>, tensor<f32> -> tensor<f32> loc("net.swy":5:3 to :9)
  %v = swy.sub %w, %h : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %l, %v : tensor<f32>, tensor<f32>
}

// One without an attack counts nothing.
// CHECK-LABEL: func.func @plain
// CHECK-NOT: tally
func.func @plain(%x: tensor<3xf32> {swy.role = "image"}, %w: tensor<f32> {swy.role = "parameter", swy.name = "w"},
                 %rows: tensor<2xi32> {swy.role = "rows"})
    -> (tensor<f32> {swy.role = "loss"}, tensor<f32> {swy.role = "parameter", swy.name = "w"})
    attributes {swy.entry, swy.batch = 8 : i64} {
  %p = swy.mul %x, %w : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %l = swy.reduce_sum %p keep 0 : tensor<3xf32> -> tensor<f32>
  %h = swy.gradient of %l at %w : tensor<f32>, tensor<f32> -> tensor<f32>
  return %l, %h : tensor<f32>, tensor<f32>
}
