// RUN: switchyard-opt %s -swy-plan-arena | FileCheck %s --check-prefix=CPU
// RUN: switchyard-opt %s -swy-plan-arena=runs-together=true | FileCheck %s

// Operations in a row may be one kernel: what they touch is apart, and what comes after them uses its places again.
// CPU-LABEL: func.func @in_a_row
// CPU-SAME: swy.arena_bytes = 128 : i64
// CHECK-LABEL: func.func @in_a_row
// CHECK-SAME: swy.arena_bytes = 192 : i64
func.func @in_a_row(%x: memref<10xf32>, %y: memref<10xf32>) attributes {swy.entry} {
  %a = memref.alloc() : memref<10xf32>
  memref.copy %x, %a : memref<10xf32> to memref<10xf32>
  %b = memref.alloc() : memref<10xf32>
  memref.copy %a, %b : memref<10xf32> to memref<10xf32>
  %c = memref.alloc() : memref<10xf32>
  memref.copy %b, %c : memref<10xf32> to memref<10xf32>
  memref.copy %c, %y : memref<10xf32> to memref<10xf32>
  return
}

// A loop ends what is in a row, at both of its ends.
// CHECK-LABEL: func.func @loop_between
// CHECK-SAME: swy.arena_bytes = 128 : i64
func.func @loop_between(%x: memref<10xf32>, %y: memref<10xf32>, %n: index) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<10xf32>
  %b = memref.alloc() : memref<10xf32>
  %c = memref.alloc() : memref<10xf32>
  memref.copy %x, %a : memref<10xf32> to memref<10xf32>
  scf.for %i = %c0 to %n step %c1 {
    memref.copy %a, %b : memref<10xf32> to memref<10xf32>
  }
  memref.copy %b, %c : memref<10xf32> to memref<10xf32>
  memref.copy %c, %y : memref<10xf32> to memref<10xf32>
  return
}
