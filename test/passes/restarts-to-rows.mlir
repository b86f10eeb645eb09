// Restarts as rows: what a turn computes alone is done once for all rows, each with its own pass; what joins turns stays a
// loop, and reads each turn from the row that did it. Whatever else a loop may be, it stays as it is.
// RUN: switchyard-opt %s --swy-restarts-to-rows | FileCheck %s
// RUN: switchyard-opt %s --swy-restarts-to-rows --swy-batch | FileCheck %s --check-prefix=BATCH

// Two call sites, one of them in a loop inside: from one restart to the next, its pass grows by all steps.
// CHECK-LABEL: func.func @best_of
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<3xf32> {swy.role = "image"}
// CHECK-SAME: %[[RESTART:[a-z0-9]+]]: tensor<i32> {swy.role = "restart"}, %[[TOGETHER:[a-z0-9]+]]: tensor<i32> {swy.role = "restarts_together"})
// CHECK-SAME: swy.restarts = "restarts"
// CHECK: %[[N:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK: %[[W:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK: %[[CHUNKS:.*]] = arith.ceildivsi %[[N]], %[[W]]
// CHECK: scf.for %[[C:.*]] = %{{.*}} to %[[CHUNKS]] {{.*}} iter_args(%[[BEST:.*]] = %[[X]], %[[LOWEST:.*]] = %{{.*}})
// CHECK: %[[FIRST:.*]] = arith.muli %[[C]], %[[W]]
// CHECK: %[[TURN:.*]] = arith.index_cast %[[FIRST]] : index to i32
// CHECK: %[[PASS:.*]] = tensor.from_elements %[[TURN]]
// CHECK: %[[OWN:.*]] = swy.restart_pass %[[PASS]], %[[RESTART]], %{{.*}}
// CHECK: swy.random_uniform %{{.*}}, %{{.*}}, %[[OWN]] site <attack, 0>
// CHECK: %[[STEPS:.*]] = tensor.extract
// CHECK: %[[END:.*]] = scf.for
// CHECK: %[[BEFORE:.*]] = arith.muli %[[TURN]], %[[STEPS]]
// CHECK: arith.addi %[[BEFORE]]
// CHECK: %[[ONE:.*]] = arith.constant 1 : i32
// CHECK: %[[STRIDE:.*]] = arith.muli %[[ONE]], %[[STEPS]]
// CHECK: %[[BY:.*]] = tensor.from_elements %[[STRIDE]]
// CHECK: %[[INNER:.*]] = swy.restart_pass %{{.*}}, %[[RESTART]], %[[BY]]
// CHECK: swy.random_uniform %{{.*}}, %{{.*}}, %[[INNER]] site <attack, 1>
// CHECK: %[[VALUE:.*]] = swy.reduce_sum %[[END]]
// CHECK: %[[LEFT:.*]] = arith.subi %[[N]], %[[FIRST]]
// CHECK: %[[TURNS:.*]] = arith.minsi %[[W]], %[[LEFT]]
// CHECK: scf.for %[[T:.*]] = %{{.*}} to %[[TURNS]] {{.*}} iter_args(%[[B:.*]] = %[[BEST]], %[[L:.*]] = %[[LOWEST]])
// CHECK-DAG: %[[VALUE_T:.*]] = swy.from_restart %[[VALUE]], %[[RESTART]], %[[NUMBER:.*]] : tensor<f32>
// CHECK-DAG: %[[END_T:.*]] = swy.from_restart %[[END]], %[[RESTART]], %[[NUMBER]] : tensor<3xf32>
// CHECK: %[[LESS:.*]] = swy.compare lt %[[VALUE_T]], %[[L]]
// CHECK-NEXT: swy.select %[[LESS]], %[[END_T]], %[[B]]
// CHECK-NEXT: swy.select %[[LESS]], %[[VALUE_T]], %[[L]]

// BATCH-LABEL: func.func @best_of
// BATCH-SAME: tensor<4xi32> {swy.role = "restart"}, %{{.*}}: tensor<i32> {swy.role = "restarts_together"}
// BATCH: swy.restart_pass %{{.*}}, %{{.*}}, %{{.*}} : tensor<i32>, tensor<4xi32>, tensor<i32>
// BATCH: swy.random_uniform {{.*}} tensor<i64>, tensor<4x2xi32>, tensor<4xi32> -> tensor<4x3xf32>
// BATCH: swy.from_restart %{{.*}} : tensor<4xf32>, tensor<4xi32>, tensor<i32>
func.func @best_of(%x: tensor<3xf32> {swy.role = "image"}, %restarts: tensor<i32> {swy.name = "restarts", swy.role = "scalar"},
                   %steps: tensor<i32> {swy.name = "steps", swy.role = "scalar"}, %rows: tensor<2xi32> {swy.role = "rows"},
                   %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %infinity = arith.constant dense<0x7F800000> : tensor<f32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %restarts[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %best:2 = scf.for %i = %c0 to %n step %c1 iter_args(%b = %x, %l = %infinity) -> (tensor<3xf32>, tensor<f32>) {
    %turn = arith.index_cast %i : index to i32
    %pass = tensor.from_elements %turn : tensor<i32>
    %start = swy.random_uniform %stream, %rows, %pass site <attack, 0> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<3xf32>
    %each = tensor.extract %steps[] : tensor<i32>
    %m = arith.index_cast %each : i32 to index
    %end = scf.for %j = %c0 to %m step %c1 iter_args(%a = %start) -> (tensor<3xf32>) {
      %step = arith.index_cast %j : index to i32
      %before = arith.muli %turn, %each : i32
      %flat = arith.addi %before, %step : i32
      %site = arith.constant 16777216 : i32
      %at = arith.ori %site, %flat : i32
      %p = tensor.from_elements %at : tensor<i32>
      %u = swy.random_uniform %stream, %rows, %p site <attack, 1> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<3xf32>
      %next = swy.add %a, %u : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      scf.yield %next : tensor<3xf32>
    }
    %value = swy.reduce_sum %end keep 0 : tensor<3xf32> -> tensor<f32>
    %less = swy.compare lt %value, %l : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %nb = swy.select %less, %end, %b : (tensor<i1>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %nl = swy.select %less, %value, %l : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %nb, %nl : tensor<3xf32>, tensor<f32>
  }
  return %best#0 : tensor<3xf32>
}

// A constant says how often; what does not differ between the turns is not taken from another row.
// CHECK-LABEL: func.func @constant_count
// CHECK-SAME: swy.restarts = 3 : i64
// CHECK: %[[E:.*]] = swy.exp
// CHECK: %[[MADE:.*]] = scf.for
// CHECK: scf.for
// CHECK: %[[TAKEN:.*]] = swy.from_restart %[[MADE]]
// CHECK-NEXT: %[[MOVED:.*]] = swy.add %{{.*}}, %[[TAKEN]]
// CHECK-NEXT: swy.add %[[MOVED]], %[[E]]
// CHECK-NOT: swy.from_restart
// CHECK: return
func.func @constant_count(%x: tensor<3xf32> {swy.role = "image"}, %rows: tensor<2xi32> {swy.role = "rows"},
                          %stream: tensor<i64> {swy.role = "stream"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %three = arith.constant dense<3> : tensor<i32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %three[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> (tensor<3xf32>) {
    %turn = arith.index_cast %i : index to i32
    %pass = tensor.from_elements %turn : tensor<i32>
    %e = swy.exp %x : (tensor<3xf32>) -> tensor<3xf32>
    %u = swy.random_uniform %stream, %rows, %pass site <attack, 0> : tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<3xf32>
    %made = scf.for %j = %c0 to %c1 step %c1 iter_args(%a = %u) -> (tensor<3xf32>) {
      %next = swy.add %a, %u : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      scf.yield %next : tensor<3xf32>
    }
    %moved = swy.add %s, %made : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %next = swy.add %moved, %e : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %next : tensor<3xf32>
  }
  return %sum : tensor<3xf32>
}

// Steps: each needs the one before it, in its layers.
// CHECK-LABEL: func.func @steps
// CHECK-NOT: restart
// CHECK: return
func.func @steps(%x: tensor<3xf32> {swy.role = "image"}, %steps: tensor<i32> {swy.name = "steps", swy.role = "scalar"},
                 %w: tensor<3x3xf32> {swy.name = "w", swy.role = "weight"}, %b: tensor<3xf32> {swy.name = "b", swy.role = "weight"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %steps[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %y = swy.dense %a, %w, %b : tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
    scf.yield %y : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}

// Nothing worth it: arithmetic alone.
// CHECK-LABEL: func.func @arithmetic
// CHECK-NOT: restart
// CHECK: return
func.func @arithmetic(%x: tensor<3xf32> {swy.role = "image"}, %times: tensor<i32> {swy.name = "times", swy.role = "scalar"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %times[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %y = swy.add %a, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %y : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}

// Work besides the loop would be done by every row: a layer in front of it.
// CHECK-LABEL: func.func @work_besides
// CHECK-NOT: restart
// CHECK: return
func.func @work_besides(%x: tensor<3xf32> {swy.role = "image"}, %times: tensor<i32> {swy.name = "times", swy.role = "scalar"},
                        %w: tensor<3x3xf32> {swy.name = "w", swy.role = "weight"}, %b: tensor<3xf32> {swy.name = "b", swy.role = "weight"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %times[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %z = swy.dense %x, %w, %b : tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %y = swy.dense %z, %w, %b : tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
    %next = swy.add %a, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %next : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}

// Nobody can tell the runtime how often: the count is computed.
// CHECK-LABEL: func.func @computed_count
// CHECK-NOT: restart
// CHECK: return
func.func @computed_count(%x: tensor<3xf32> {swy.role = "image"}, %times: tensor<i32> {swy.name = "times", swy.role = "scalar"},
                          %w: tensor<3x3xf32> {swy.name = "w", swy.role = "weight"}, %b: tensor<3xf32> {swy.name = "b", swy.role = "weight"})
    -> (tensor<3xf32> {swy.role = "adversarial"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %times[] : tensor<i32>
  %twice = arith.addi %count, %count : i32
  %n = arith.index_cast %twice : i32 to index
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %y = swy.dense %x, %w, %b : tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
    %next = swy.add %a, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %next : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}

// One order of rows for all: exact_order keeps its loop. So does a train step that holds an attack.
// CHECK-LABEL: func.func @exact
// CHECK-NOT: restart
// CHECK-LABEL: func.func @train
// CHECK-NOT: restart
func.func @exact(%x: tensor<3xf32> {swy.role = "image"}, %times: tensor<i32> {swy.name = "times", swy.role = "scalar"},
                 %w: tensor<3x3xf32> {swy.name = "w", swy.role = "weight"}, %b: tensor<3xf32> {swy.name = "b", swy.role = "weight"})
    -> (tensor<3xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 4 : i64, swy.precision = #swy.precision<exact_order>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %times[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %y = swy.dense %x, %w, %b : tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
    %next = swy.add %a, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %next : tensor<3xf32>
  }
  return %end : tensor<3xf32>
}
func.func @train(%x: tensor<3xf32> {swy.role = "image"}, %times: tensor<i32> {swy.name = "times", swy.role = "scalar"},
                 %w: tensor<3x3xf32> {swy.name = "w", swy.role = "parameter"}, %b: tensor<3xf32> {swy.name = "b", swy.role = "parameter"})
    -> (tensor<f32> {swy.role = "loss"}) attributes {swy.entry, swy.batch = 4 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %times[] : tensor<i32>
  %n = arith.index_cast %count : i32 to index
  %end = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<3xf32>) {
    %y = swy.dense %x, %w, %b : tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<3xf32>
    %next = swy.add %a, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    scf.yield %next : tensor<3xf32>
  }
  %loss = swy.reduce_sum %end keep 0 : tensor<3xf32> -> tensor<f32>
  return %loss : tensor<f32>
}
