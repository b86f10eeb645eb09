// Places where no block can begin, and numbers that do not fit the blocks, are reported at the rewrite.
// RUN: switchyard-opt %s --swy-apply-defenses -verify-diagnostics -split-input-file

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @place {
  // expected-error @+1 {{network `net` has no conv layer to be split at}}
  swy.split [#swy.place<first, "conv">]
}
swy.experiment @e network @net dataset {} training {} seed 1 settings {} {
  swy.defend_with @place label "a" arguments [{}] axes [] family "" strength ""
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @name {
  // expected-error @+1 {{network `net` has no block `head` to be split at}}
  swy.split [#swy.place<named, "head">]
}
swy.experiment @e network @net dataset {} training {} seed 1 settings {} {
  swy.defend_with @name label "a" arguments [{}] axes [] family "" strength ""
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @start {
  // expected-error @+1 {{a split before the first layer of network `net` makes no block}}
  swy.split [#swy.place<named, "all">]
}
swy.experiment @e network @net dataset {} training {} seed 1 settings {} {
  swy.defend_with @start label "a" arguments [{}] axes [] family "" strength ""
}

// -----

swy.network @net range 0.0 to 1.0 classes 4 {
^bb0(%x: tensor<4xf32>):
  %z = swy.block "all" %x : tensor<4xf32> -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %d = swy.dense_layer %a units 4 path "all/0" : tensor<4xf32> -> tensor<4xf32>
    swy.yield %d : tensor<4xf32>
  }
  swy.yield %z : tensor<4xf32>
}
swy.defense @many {
  // expected-error @+1 {{2 numbers of channels for the 1 block of network `net`}}
  swy.switch [5, 5]
}
swy.defense @few {
  // Every later of one is none, and no error: the blocks are one.
  swy.split [#swy.place<every_later, "dense">]
  // expected-error @+1 {{0 numbers of channels for the 1 block of network `net`}}
  swy.switch []
}
swy.experiment @e network @net dataset {} training {} seed 1 settings {} {
  swy.defend_with @many label "a" arguments [{}] axes [] family "" strength ""
  swy.defend_with @few label "b" arguments [{}] axes [] family "" strength ""
}
