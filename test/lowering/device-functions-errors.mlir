// RUN: not switchyard-opt %s -swy-host-scalars 2>&1 | FileCheck %s

// CHECK: [[#@LINE+4]]:8: error: the program's control flow depends on a value that is computed on the device
func.func @f(%arena: memref<64xi8>, %y: memref<f32>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %view = memref.view %arena[%c0][] : memref<64xi8> to memref<f32>
  %n = memref.load %view[] : memref<f32>
  memref.store %n, %y[] : memref<f32>
  return
}
