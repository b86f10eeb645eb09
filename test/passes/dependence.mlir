// What depends on what: through operations, regions, what they capture, and loops; and what a value is computed by,
// in whatever blocks that stands.
// RUN: switchyard-opt %s --swy-test-dependence -verify-diagnostics -split-input-file

func.func @straight(%x: tensor<3xf32> {test.on}, %other: tensor<3xf32>) {
  // expected-remark @+1 {{result 0 depends}}
  %a = swy.neg %x : (tensor<3xf32>) -> tensor<3xf32>
  %b = swy.neg %other : (tensor<3xf32>) -> tensor<3xf32>
  // expected-remark @+1 {{result 0 depends}}
  %c = swy.add %b, %a : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

// Of two values that a loop carries one depends; the other is none of its.
func.func @carried(%x: tensor<f32> {test.on}, %y: tensor<f32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-remark @+2 {{result 0 depends}}
  // expected-remark @+1 {{argument 1 depends}}
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<f32>, tensor<f32>) {
    // expected-remark @+1 {{result 0 depends}}
    %s = swy.neg %a : (tensor<f32>) -> tensor<f32>
    %t = swy.neg %b : (tensor<f32>) -> tensor<f32>
    scf.yield %s, %t : tensor<f32>, tensor<f32>
  }
  return
}

// -----

// Captured, not carried: what the body yields depends, and with it the next turn's start.
func.func @captured(%x: tensor<f32> {test.on}, %y: tensor<f32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-remark @+2 {{result 0 depends}}
  // expected-remark @+1 {{argument 1 depends}}
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%b = %y) -> (tensor<f32>) {
    // expected-remark @+1 {{result 0 depends}}
    %t = swy.add %b, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %t : tensor<f32>
  }
  return
}

// -----

// Two turns away: b becomes a, a becomes the result.
func.func @later_turn(%x: tensor<f32> {test.on}, %y: tensor<f32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-remark @+4 {{result 0 depends}}
  // expected-remark @+3 {{result 1 depends}}
  // expected-remark @+2 {{argument 1 depends}}
  // expected-remark @+1 {{argument 2 depends}}
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %y, %b = %y) -> (tensor<f32>, tensor<f32>) {
    scf.yield %b, %x : tensor<f32>, tensor<f32>
  }
  return
}

// -----

// How often a loop turns decides what it gives.
func.func @count(%n: index {test.on}, %y: tensor<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-remark @+2 {{result 0 depends}}
  // expected-remark @+1 {{argument 0 depends}}
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%b = %y) -> (tensor<f32>) {
    %t = swy.neg %b : (tensor<f32>) -> tensor<f32>
    scf.yield %t : tensor<f32>
  }
  return
}

// -----

// A region that captures the value without taking it as operand, inside another.
func.func @branches(%x: tensor<f32> {test.on}, %y: tensor<f32>, %c: i1) {
  // expected-remark @+1 {{result 0 depends}}
  %r = scf.if %c -> (tensor<f32>) {
    // expected-remark @+1 {{result 0 depends}}
    %s = scf.if %c -> (tensor<f32>) {
      // expected-remark @+1 {{result 0 depends}}
      %t = swy.neg %x : (tensor<f32>) -> tensor<f32>
      scf.yield %t : tensor<f32>
    } else {
      scf.yield %y : tensor<f32>
    }
    scf.yield %s : tensor<f32>
  } else {
    scf.yield %y : tensor<f32>
  }
  return
}

// -----

// A chain of diamonds takes time that grows with its length, not with its paths; and every operation stands in the
// slice once, those of blocks around before those inside.
func.func @slice(%x: tensor<f32>, %n: index) {
  // expected-remark @+1 {{number 0 of the slice}}
  %a = swy.add %x, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
  // expected-remark @+1 {{number 1 of the slice}}
  %b = swy.add %a, %a : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %unrelated = swy.neg %b : (tensor<f32>) -> tensor<f32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%carried = %x) -> (tensor<f32>) {
    // expected-remark @+1 {{number 2 of the slice}}
    %c = swy.mul %b, %carried : (tensor<f32>, tensor<f32>) -> tensor<f32>
    // expected-remark @+3 {{number 3 of the slice}}
    // expected-remark @+2 {{begins at argument 1 of scf.for}}
    // expected-remark @+1 {{begins at argument 0 of func.func}}
    %d = swy.add %c, %a {test.slice} : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %d : tensor<f32>
  }
  return
}

// -----

// What a turn gives the next does not make that turn's own values depend on this one's: the same name, another value.
func.func @next_turn(%x: tensor<f32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-remark @+1 {{result 0 depends}}
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %x) -> (tensor<f32>, tensor<f32>) {
    // expected-remark @+1 {{result 0 depends}}
    %s = swy.neg %b {test.on} : (tensor<f32>) -> tensor<f32>
    %t = swy.neg %a : (tensor<f32>) -> tensor<f32>
    scf.yield %s, %t : tensor<f32>, tensor<f32>
  }
  return
}
