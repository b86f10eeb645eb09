// RUN: switchyard-opt %s -swy-approximate-math | FileCheck %s

// CHECK-LABEL: func.func @no_call_of_libm_is_left
// CHECK-NOT: math.exp
// CHECK-NOT: math.log
// CHECK-NOT: math.tanh
// CHECK: math.fma
// CHECK: math.sqrt
func.func @no_call_of_libm_is_left(%x: f32) -> f32 {
  %e = math.exp %x : f32
  %l = math.log %e : f32
  %t = math.tanh %l : f32
  %r = math.sqrt %t : f32
  return %r : f32
}
