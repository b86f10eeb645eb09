// What is written for one example, but says nothing of a batch, is an error at its place.
// RUN: switchyard-opt %s --swy-batch -verify-diagnostics

func.func @one(%x: tensor<3xf32> {swy.role = "image"}) -> (tensor<3xf32> {swy.role = "adversarial"})
    attributes {swy.entry, swy.batch = 4 : i64} {
  // expected-error @+1 {{arith.addf acts on one example and cannot be batched}}
  %y = arith.addf %x, %x : tensor<3xf32>
  return %y : tensor<3xf32>
}
