// RUN: switchyard-opt %s -swy-plan-arena | FileCheck %s

// Two buffers that are never live together share their place; one that outlives both has its own.
// CHECK-LABEL: func.func @shares
// CHECK-SAME: memref<512xi8>) attributes {swy.arena_bytes = 512 : i64
// CHECK-DAG: %[[LOW:.*]] = arith.constant 0 : index
// CHECK-DAG: memref.view %{{.*}}[%[[LOW]]]
// CHECK-NOT: memref.alloc
func.func @shares(%x: memref<64xf32>, %y: memref<64xf32>) attributes {swy.entry} {
  %a = memref.alloc() : memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  %c = memref.alloc() : memref<64xf32>
  memref.copy %x, %a : memref<64xf32> to memref<64xf32>
  memref.copy %a, %b : memref<64xf32> to memref<64xf32>
  memref.copy %b, %c : memref<64xf32> to memref<64xf32>
  memref.copy %c, %y : memref<64xf32> to memref<64xf32>
  return
}

// What a later turn of the loop reads must not be reused in an earlier one.
// CHECK-LABEL: func.func @lives_through_the_loop
// CHECK-SAME: memref<512xi8>)
func.func @lives_through_the_loop(%x: memref<64xf32>, %n: index) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<64xf32>
  memref.copy %x, %a : memref<64xf32> to memref<64xf32>
  scf.for %i = %c0 to %n step %c1 {
    %b = memref.alloc() : memref<64xf32>
    memref.copy %a, %x : memref<64xf32> to memref<64xf32>
    memref.copy %x, %b : memref<64xf32> to memref<64xf32>
    memref.copy %b, %x : memref<64xf32> to memref<64xf32>
  }
  return
}
