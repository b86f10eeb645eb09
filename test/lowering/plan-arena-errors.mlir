// Memory is planned for results that lie in arguments, and for buffers of known size.
// RUN: switchyard-opt %s -swy-plan-arena -verify-diagnostics -split-input-file

// expected-error @+1 {{a result lies in no argument's buffer}}
func.func @result(%x: memref<4xf32>) -> memref<4xf32> attributes {swy.entry} {
  %y = memref.alloc() : memref<4xf32>
  return %y : memref<4xf32>
}

// -----

func.func @size(%n: index) attributes {swy.entry} {
  // expected-error @+1 {{has a size that is not known when compiling}}
  %y = memref.alloc(%n) : memref<?xf32>
  return
}
