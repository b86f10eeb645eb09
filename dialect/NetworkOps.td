// Program level: what networks are made of. The operands are one example ([channels, height, width]; [units])
// or a batch of them with one more leading dimension. Convolutions and dense layers become library calls; all
// else is generated.
//
// In a switching block, layers take their parameters stacked, [channels, ...], and the operand `channel` says
// which one serves each example: tensor<i32> for one, tensor<Bxi32> for a batch whose examples stand in the
// order of their channel (swy.group); swy-group-rows puts the groups' offsets ([channels + 1]) in its place.
// Stacked parameters are never trained.

#ifndef SWITCHYARD_DIALECT_NETWORK_OPS_TD
#define SWITCHYARD_DIALECT_NETWORK_OPS_TD

include "dialect/TensorOps.td"

//===----------------------------------------------------------------------===//
// Convolution: cross-correlation, square stride and zero padding, as LibTorch's conv2d
//===----------------------------------------------------------------------===//

class Swy_Conv<string mnemonic, list<Trait> traits = []> : Swy_Op<mnemonic, !listconcat([Pure], traits)>;

def Swy_Conv2dOp : Swy_Conv<"conv2d", [Swy_Differentiable, Swy_Batchable]> {
  let summary = "Two-dimensional convolution with bias";
  let description = [{
    (C1) input [B,] I, H, W; weights O, I, KH, KW; bias O; result [B,] O, (H + 2 padding - KH) / stride + 1, ...
    With `relu`, max(x, 0) is applied to the result.
    Example: `%y = swy.conv2d %x, %w, %b stride 1 padding 0 :
              tensor<1x28x28xf32>, tensor<32x1x3x3xf32>, tensor<32xf32> -> tensor<32x26x26xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$weights, Swy_Real:$bias, Optional<Swy_Int>:$channel,
                       I64Attr:$stride, I64Attr:$padding, UnitAttr:$relu);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input `,` $weights `,` $bias (`channel` $channel^ `:` type($channel))? `stride` $stride `padding` $padding
    (`relu` $relu^)? attr-dict `:` type($input) `,` type($weights) `,` type($bias) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_Conv2dBackwardInputOp : Swy_Conv<"conv2d_backward_input", [Swy_Batchable]> {
  let summary = "Cotangent of a convolution's input";
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$weights, Optional<Swy_Int>:$channel, I64Attr:$stride,
                       I64Attr:$padding);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $weights (`channel` $channel^ `:` type($channel))? `stride` $stride `padding` $padding attr-dict
    `:` type($cotangent) `,` type($weights) `->` type($result)
  }];
}

def Swy_Conv2dBackwardWeightsOp : Swy_Conv<"conv2d_backward_weights"> {
  let summary = "Cotangents of a convolution's weights and bias, summed over the batch";
  let arguments = (ins Swy_Real:$input, Swy_Real:$cotangent, I64Attr:$stride, I64Attr:$padding);
  let results = (outs Swy_Real:$weights, Swy_Real:$bias);
  let assemblyFormat = [{
    $input `,` $cotangent `stride` $stride `padding` $padding attr-dict
    `:` type($input) `,` type($cotangent) `->` type($weights) `,` type($bias)
  }];
}

//===----------------------------------------------------------------------===//
// Dense layer: y[o] = sum_i x[i] w[o, i] + b[o]
//===----------------------------------------------------------------------===//

def Swy_DenseOp : Swy_Op<"dense", [Pure, Swy_Differentiable, Swy_Batchable]> {
  let summary = "Dense (fully connected) layer with bias";
  let description = [{
    (C1) input [B,] I; weights O, I; bias O; result [B,] O. With `relu`, max(x, 0) is applied to the result.
    Example: `%y = swy.dense %x, %w, %b : tensor<64xf32>, tensor<10x64xf32>, tensor<10xf32> -> tensor<10xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$weights, Swy_Real:$bias, Optional<Swy_Int>:$channel,
                       UnitAttr:$relu);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input `,` $weights `,` $bias (`channel` $channel^ `:` type($channel))? (`relu` $relu^)? attr-dict
    `:` type($input) `,` type($weights) `,` type($bias) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_DenseBackwardInputOp : Swy_Op<"dense_backward_input", [Pure, Swy_Batchable]> {
  let summary = "Cotangent of a dense layer's input";
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$weights, Optional<Swy_Int>:$channel);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $weights (`channel` $channel^ `:` type($channel))? attr-dict
    `:` type($cotangent) `,` type($weights) `->` type($result)
  }];
}

def Swy_DenseBackwardWeightsOp : Swy_Op<"dense_backward_weights", [Pure]> {
  let summary = "Cotangents of a dense layer's weights and bias, summed over the batch";
  let arguments = (ins Swy_Real:$input, Swy_Real:$cotangent);
  let results = (outs Swy_Real:$weights, Swy_Real:$bias);
  let assemblyFormat = [{
    $input `,` $cotangent attr-dict `:` type($input) `,` type($cotangent) `->` type($weights) `,` type($bias)
  }];
}

//===----------------------------------------------------------------------===//
// Activations and pooling
//===----------------------------------------------------------------------===//

def Swy_ReluOp : Swy_Unary<"relu", "max(x, 0) elementwise; derivative 0 at 0">;

def Swy_ReluBackwardOp : Swy_Op<"relu_backward", [Pure, Swy_Batchable, SameOperandsAndResultType]> {
  let summary = "The cotangent where the activation (or its input) is positive, else 0";
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$activation);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent `,` $activation attr-dict `:` type($result)";
}

def Swy_MaxPoolOp : Swy_Op<"max_pool", [Pure, Swy_Differentiable, Swy_Batchable]> {
  let summary = "Largest element of each size x size window, and which one it is";
  let description = [{
    Windows do not overlap; a rest at the border is dropped, as in LibTorch. `which` counts row-major inside
    the window; ties go to the first (S6.2). (C1) input [B,] C, H, W; results [B,] C, H / size, W / size;
    (C2) size at most 11, so that `which` fits a byte.
    Example: `%y, %i = swy.max_pool %x size 2 : tensor<4x6x6xf32> -> tensor<4x3x3xf32>, tensor<4x3x3xi8>`
  }];
  let arguments = (ins Swy_Real:$input, I64Attr:$size);
  let results = (outs Swy_Real:$result, RankedTensorOf<[I8]>:$which);
  let assemblyFormat = "$input `size` $size attr-dict `:` type($input) `->` type($result) `,` type($which)";
  let hasVerifier = 1;
}

def Swy_MaxPoolBackwardOp : Swy_Op<"max_pool_backward", [Pure, Swy_Batchable]> {
  let summary = "Cotangent of a pooling's input: a gather, each input element asks its window";
  let arguments = (ins Swy_Real:$cotangent, RankedTensorOf<[I8]>:$which, I64Attr:$size);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $which `size` $size attr-dict `:` type($cotangent) `,` type($which) `->` type($result)
  }];
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

def Swy_ConvertLayoutOp : Swy_Op<"convert_layout", [Pure]> {
  let summary = "The same tensor in another memory layout (its type's encoding)";
  let description = [{ Example: `%y = swy.convert_layout %x :
      tensor<8x16x4x4xf32, #swy.layout<blocked16>> to tensor<8x16x4x4xf32>` }];
  let arguments = (ins Swy_Real:$input);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

#endif
