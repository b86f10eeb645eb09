// RUN: switchyard-opt %s -swy-assign-destinations | FileCheck %s

// Every operation gets a buffer of its own, where it is needed: one for all would live as long as all of them, over
// the loop.
// CHECK-LABEL: func.func @own_buffers
// CHECK-NOT: tensor.empty
// CHECK: scf.for
// CHECK: %[[A:.*]] = tensor.empty() : tensor<8xf32>
// CHECK: linalg.map { math.exp } ins(%{{.*}}) outs(%[[A]]
// CHECK: %[[B:.*]] = tensor.empty() : tensor<8xf32>
// CHECK: linalg.map { math.exp } ins(%{{.*}}) outs(%[[B]]
func.func @own_buffers(%x: tensor<8xf32>, %n: index) -> tensor<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : tensor<8xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%v = %x) -> (tensor<8xf32>) {
    %a = linalg.map { math.exp } ins(%v : tensor<8xf32>) outs(%e : tensor<8xf32>)
    %b = linalg.map { math.exp } ins(%a : tensor<8xf32>) outs(%e : tensor<8xf32>)
    %c = linalg.map { math.absf } ins(%b : tensor<8xf32>) outs(%v : tensor<8xf32>)
    scf.yield %c : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}
