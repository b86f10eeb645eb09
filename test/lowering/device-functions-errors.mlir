// RUN: not switchyard-opt %s -swy-host-scalars -split-input-file 2>&1 | FileCheck %s

// CHECK: [[#@LINE+4]]:8: error: the program's control flow depends on a value that is computed on the device
func.func @f(%arena: memref<64xi8>, %y: memref<f32>) attributes {swy.entry} {
  %c0 = arith.constant 0 : index
  %view = memref.view %arena[%c0][] : memref<64xi8> to memref<f32>
  %n = memref.load %view[] : memref<f32>
  memref.store %n, %y[] : memref<f32>
  return
}

// -----

// CHECK: [[#@LINE+5]]:3: error: the device cannot read the host's memory
func.func @channels_of_the_host(%arena: memref<64xi8>, %o: memref<8xi32>, %i: memref<8xi32>, %f: memref<3xi32>)
    attributes {swy.entry} {
  %drawn = memref.alloca() : memref<2x4xi32>
  %whole = memref.collapse_shape %drawn [[0, 1]] : memref<2x4xi32> into memref<8xi32>
  swy.sort_rows %whole below 2 : memref<8xi32> outs(%o, %i, %f : memref<8xi32>, memref<8xi32>, memref<3xi32>)
  return
}

// -----

// CHECK: [[#@LINE+5]]:3: error: the device cannot read the host's memory
module attributes {gpu.container_module} {
func.func @kernel_of_the_host(%y: memref<8xf32>) attributes {swy.entry} {
  %one = arith.constant 1 : index
  %x = memref.alloca() : memref<8xf32>
  gpu.launch_func @kernels::@copy blocks in (%one, %one, %one) threads in (%one, %one, %one) args(%x : memref<8xf32>, %y : memref<8xf32>)
  return
}
gpu.module @kernels {
  gpu.func @copy(%x: memref<8xf32>, %y: memref<8xf32>) kernel {
    gpu.return
  }
}
}

// -----

// CHECK: [[#@LINE+3]]:3: error: the host cannot write the device's memory
func.func @store(%y: memref<f32>) attributes {swy.entry} {
  %c = arith.constant 1.0 : f32
  memref.store %c, %y[] : memref<f32>
  return
}
