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

def Swy_Stride : ConfinedAttr<I64Attr, [IntPositive]>;

/// The library takes and gives images in any layout. They are the first `images` operands, and results where `gives`;
/// weights of rank 4 stay as they are.
class Swy_Conv<string mnemonic, int images, bit gives, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_LayoutOpInterface, Swy_CostOpInterface], traits)> {
  let extraClassDeclaration = [{
    bool sharesLayout() { return false; }
    bool wantsBlocks() { return true; }
    bool takesAnyLayout(unsigned operand) { return operand < }] # images # [{; }
    bool givesAnyLayout(unsigned) { return }] # gives # [{; }
    Cost getCost() { return Cost::Work; }
  }];
}

/// A matrix product.
class Swy_Dense<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_CostOpInterface], traits)> {
  let extraClassDeclaration = [{ Cost getCost() { return Cost::Work; } }];
}

def Swy_Conv2dOp : Swy_Conv<"conv2d", 1, 1, [Swy_Differentiable, Swy_Batchable, Swy_ChannelOpInterface,
                              Swy_ActivatingOpInterface, AttrSizedOperandSegments]> {
  let summary = "Two-dimensional convolution, with bias or without";
  let description = [{
    (C1) input [B,] I, H, W; weights O, I, KH, KW; bias O; result [B,] O, (H + 2 padding - KH) / stride + 1, ...
    With `relu`, max(x, 0) is applied to the result. (C2) parameters are float32 of fixed shape; `channel` names one
    channel for each example, or holds the groups' offsets, one more than there are channels.
    Example: `%y = swy.conv2d %x, %w, %b stride 1 padding 0 :
              tensor<1x28x28xf32>, tensor<32x1x3x3xf32>, tensor<32xf32> -> tensor<32x26x26xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$weights, Optional<Swy_Real>:$bias, Optional<Swy_Int>:$channel,
                       Swy_Stride:$stride, Swy_Padding:$padding, UnitAttr:$relu);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input `,` $weights (`,` $bias^)? (`channel` $channel^ `:` type($channel))? `stride` $stride `padding` $padding
    (`relu` $relu^)? attr-dict `:` type($input) `,` type($weights) (`,` type($bias)^)? `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_Conv2dBackwardInputOp : Swy_Conv<"conv2d_backward_input", 1, 1, [Swy_Batchable, Swy_ChannelOpInterface]> {
  let summary = "Cotangent of a convolution's input";
  let description = [{
    The transposed convolution of the cotangent by the same weights. (C1) cotangent, weights and result have the shapes
    of the result, weights and input of a swy.conv2d.
    Example: `%dx = swy.conv2d_backward_input %dy, %w stride 1 padding 0 :
              tensor<8x32x26x26xf32>, tensor<32x1x3x3xf32> -> tensor<8x1x28x28xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$weights, Optional<Swy_Int>:$channel, Swy_Stride:$stride,
                       Swy_Padding:$padding);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $weights (`channel` $channel^ `:` type($channel))? `stride` $stride `padding` $padding attr-dict
    `:` type($cotangent) `,` type($weights) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_Conv2dBackwardWeightsOp : Swy_Conv<"conv2d_backward_weights", 2, 0> {
  let summary = "Cotangents of a convolution's weights and bias, summed over the batch";
  let description = [{
    (C1) input, cotangent, weights and bias have the shapes of a swy.conv2d's input, result, weights and bias. Never of
    stacked parameters: each channel of a switching block is trained alone.
    Example: `%dw, %db = swy.conv2d_backward_weights %x, %dy stride 1 padding 0 :
              tensor<8x1x28x28xf32>, tensor<8x32x26x26xf32> -> tensor<32x1x3x3xf32>, tensor<32xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$cotangent, Swy_Stride:$stride, Swy_Padding:$padding);
  let results = (outs Swy_Real:$weights, Swy_Real:$bias);
  let assemblyFormat = [{
    $input `,` $cotangent `stride` $stride `padding` $padding attr-dict
    `:` type($input) `,` type($cotangent) `->` type($weights) `,` type($bias)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Dense layer: y[o] = sum_i x[i] w[o, i] + b[o]
//===----------------------------------------------------------------------===//

def Swy_DenseOp : Swy_Dense<"dense", [Swy_Differentiable, Swy_Batchable, Swy_ChannelOpInterface,
                               Swy_ActivatingOpInterface]> {
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

def Swy_DenseBackwardInputOp : Swy_Dense<"dense_backward_input", [Swy_Batchable, Swy_ChannelOpInterface]> {
  let summary = "Cotangent of a dense layer's input";
  let description = [{
    dx[i] = sum_o dy[o] w[o, i]. (C1) cotangent, weights and result have the shapes of a swy.dense's result, weights and
    input. Example: `%dx = swy.dense_backward_input %dy, %w : tensor<8x10xf32>, tensor<10x64xf32> -> tensor<8x64xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$weights, Optional<Swy_Int>:$channel);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $weights (`channel` $channel^ `:` type($channel))? attr-dict
    `:` type($cotangent) `,` type($weights) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_DenseBackwardWeightsOp : Swy_Dense<"dense_backward_weights"> {
  let summary = "Cotangents of a dense layer's weights and bias, summed over the batch";
  let description = [{
    dw[o, i] = sum_b dy[b, o] x[b, i], db[o] = sum_b dy[b, o]. (C1) input, cotangent, weights and bias have the shapes of
    a swy.dense's input, result, weights and bias.
    Example: `%dw, %db = swy.dense_backward_weights %x, %dy :
              tensor<8x64xf32>, tensor<8x10xf32> -> tensor<10x64xf32>, tensor<10xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$cotangent);
  let results = (outs Swy_Real:$weights, Swy_Real:$bias);
  let assemblyFormat = [{
    $input `,` $cotangent attr-dict `:` type($input) `,` type($cotangent) `->` type($weights) `,` type($bias)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

// 11 x 11 windows are the largest whose places, 0 to 120, fit a signed byte.

def Swy_MaxPoolOp : Swy_Op<"max_pool", [Pure, Swy_Differentiable, Swy_Batchable, Swy_LayoutOpInterface]> {
  let summary = "Largest element of each size x size window, and which one it is";
  let description = [{
    Windows do not overlap; a rest at the border is dropped, as in LibTorch. `which` counts row-major inside
    the window; ties go to the first (S6.2). (C1) input [B,] C, H, W; results [B,] C, H / size, W / size;
    (C2) size at most 11, so that `which` fits a byte.
    Example: `%y, %i = swy.max_pool %x size 2 : tensor<4x6x6xf32> -> tensor<4x3x3xf32>, tensor<4x3x3xi8>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_PoolSize:$size);
  let results = (outs Swy_Real:$result, RankedTensorOf<[I8]>:$which);
  let assemblyFormat = "$input `size` $size attr-dict `:` type($input) `->` type($result) `,` type($which)";
  let hasVerifier = 1;
}

def Swy_MaxPoolBackwardOp : Swy_Op<"max_pool_backward", [Pure, Swy_Batchable, Swy_LayoutOpInterface]> {
  let summary = "Cotangent of a pooling's input: a gather, each input element asks its window";
  let description = [{
    An element that its window chose gets the window's cotangent, all others 0. (C1) cotangent, `which` and result have
    the shapes of a swy.max_pool's result, `which` and input.
    Example: `%dx = swy.max_pool_backward %dy, %i size 2 : tensor<4x3x3xf32>, tensor<4x3x3xi8> -> tensor<4x6x6xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, RankedTensorOf<[I8]>:$which, Swy_PoolSize:$size);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $which `size` $size attr-dict `:` type($cotangent) `,` type($which) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_AvgPoolOp : Swy_Op<"avg_pool", [Pure, Swy_Differentiable, Swy_Batchable, Swy_LayoutOpInterface]> {
  let summary = "Mean of each size x size window";
  let description = [{
    Windows do not overlap; a rest at the border is dropped, as in LibTorch. (C1) input [B,] C, H, W; result [B,] C,
    H / size, W / size. Example: `%y = swy.avg_pool %x size 2 : tensor<4x6x6xf32> -> tensor<4x3x3xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_PoolSize:$size);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `size` $size attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Swy_AvgPoolBackwardOp : Swy_Op<"avg_pool_backward", [Pure, Swy_Batchable, Swy_LayoutOpInterface]> {
  let summary = "Cotangent of an average pooling's input";
  let description = [{
    Each element gets its share of its window's cotangent, one of no window 0. (C1) cotangent and result have the shapes of
    a swy.avg_pool's result and input.
    Example: `%dx = swy.avg_pool_backward %dy size 2 : tensor<4x3x3xf32> -> tensor<4x6x6xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, Swy_PoolSize:$size);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent `size` $size attr-dict `:` type($cotangent) `->` type($result)";
  let hasVerifier = 1;
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
