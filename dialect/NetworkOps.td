// Program level: what networks are made of. The operands are one example ([channels, height, width]; [units])
// or a batch of them with one more leading dimension. Convolutions and dense layers become library calls; all
// else is generated, locally connected layers too.
//
// In a switching block, layers take their parameters stacked, [channels, ...], and the operand `channel` says
// which one serves each example: tensor<i32> for one, tensor<Bxi32> for a batch whose examples stand in the
// order of their channel (swy.group); swy-group-rows puts the groups' offsets ([channels + 1]) in its place.
// Stacked parameters are never trained.

#ifndef SWITCHYARD_DIALECT_NETWORK_OPS_TD
#define SWITCHYARD_DIALECT_NETWORK_OPS_TD

include "dialect/ExpectationOps.td"

//===----------------------------------------------------------------------===//
// Convolution: cross-correlation, square stride and zero padding, as LibTorch's conv2d
//===----------------------------------------------------------------------===//

def Swy_Stride : ConfinedAttr<I64Attr, [IntPositive]>;
/// Channels in groups, each made of its share of the input's; not there where all are one group.
/// The examples of a batch that drew one channel (S3.5) are another kind of groups.
def Swy_Groups : ConfinedAttr<I64Attr, [IntMinValue<2>]>;

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
    int64_t groupCount() { return int64_t(getGroups().value_or(1)); }
  }];
}

def Swy_Affine : DeclareOpInterfaceMethods<Swy_AffineOpInterface, ["setParameters"]>;

/// A matrix product.
class Swy_Dense<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_CostOpInterface], traits)> {
  let extraClassDeclaration = [{ Cost getCost() { return Cost::Work; } }];
}

def Swy_Conv2dOp : Swy_Conv<"conv2d", 1, 1, [Swy_Differentiable, Swy_Batchable, Swy_ChannelOpInterface,
                              Swy_Affine, Swy_ActivatingOpInterface, AttrSizedOperandSegments]> {
  let summary = "Two-dimensional convolution, with bias or without";
  let description = [{
    (C1) input [B,] I, H, W; weights O, I / groups, KH, KW; bias O; result [B,] O, (H + 2 padding - KH) / stride + 1, ...;
    groups divide O. With `relu`, max(x, 0) is applied to the result. (C2) parameters are float32 of fixed shape; `channel`
    names one channel for each example, or holds the groups' offsets, one more than there are channels: these groups are of
    examples.
    Example: `%y = swy.conv2d %x, %w, %b stride 1 padding 0 :
              tensor<1x28x28xf32>, tensor<32x1x3x3xf32>, tensor<32xf32> -> tensor<32x26x26xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$weights, Optional<Swy_Real>:$bias, Optional<Swy_Int>:$channel,
                       Swy_Stride:$stride, Swy_Padding:$padding, OptionalAttr<Swy_Groups>:$groups, UnitAttr:$relu);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input `,` $weights (`,` $bias^)? (`channel` $channel^ `:` type($channel))? `stride` $stride `padding` $padding
    (`groups` $groups^)? (`relu` $relu^)? attr-dict
    `:` type($input) `,` type($weights) (`,` type($bias)^)? `->` type($result)
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
                       Swy_Padding:$padding, OptionalAttr<Swy_Groups>:$groups);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $weights (`channel` $channel^ `:` type($channel))? `stride` $stride `padding` $padding
    (`groups` $groups^)? attr-dict `:` type($cotangent) `,` type($weights) `->` type($result)
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
  let arguments = (ins Swy_Real:$input, Swy_Real:$cotangent, Swy_Stride:$stride, Swy_Padding:$padding,
                       OptionalAttr<Swy_Groups>:$groups);
  let results = (outs Swy_Real:$weights, Swy_Real:$bias);
  let assemblyFormat = [{
    $input `,` $cotangent `stride` $stride `padding` $padding (`groups` $groups^)? attr-dict
    `:` type($input) `,` type($cotangent) `->` type($weights) `,` type($bias)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Dense layer: y[o] = sum_i x[i] w[o, i] + b[o]
//===----------------------------------------------------------------------===//

def Swy_DenseOp : Swy_Dense<"dense", [Swy_Differentiable, Swy_Batchable, Swy_ChannelOpInterface, Swy_Affine,
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
// Locally connected: a convolution that has weights of its own at each place
//===----------------------------------------------------------------------===//

/// y[o, p, q] = sum_i,u,v w[o, i, u, v, p, q] x[i, p stride + u - padding, q stride + v - padding]: along a row of places the
/// weights lie as what they make does. In a switching block they may be each example's own, [B, ...].
class Swy_LocalConv<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_CostOpInterface], traits)> {
  let hasVerifier = 1;
  let extraClassDeclaration = [{ Cost getCost() { return Cost::Work; } }];
}

def Swy_LocalConvOp : Swy_LocalConv<"local_conv", [Swy_Differentiable, Swy_BatchableTogether]> {
  let summary = "Locally connected layer, without bias";
  let description = [{
    (C1) input [B,] I, H, W; weights [B,] O, I, KH, KW, PH, PW; result [B,] O, PH, PW with PH = (H + 2 padding - KH) / stride
    + 1 and PW likewise. Example: `%y = swy.local_conv %x, %w stride 1 padding 0 :
              tensor<1x6x6xf32>, tensor<2x1x3x3x4x4xf32> -> tensor<2x4x4xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$weights, Swy_Stride:$stride, Swy_Padding:$padding);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input `,` $weights `stride` $stride `padding` $padding attr-dict `:` type($input) `,` type($weights) `->` type($result)
  }];
}

def Swy_LocalConvBackwardInputOp : Swy_LocalConv<"local_conv_backward_input"> {
  let summary = "Cotangent of a locally connected layer's input";
  let description = [{
    (C1) cotangent, weights and result have the shapes of a swy.local_conv's result, weights and input.
    Example: `%dx = swy.local_conv_backward_input %dy, %w stride 1 padding 0 :
              tensor<8x2x4x4xf32>, tensor<2x1x3x3x4x4xf32> -> tensor<8x1x6x6xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$weights, Swy_Stride:$stride, Swy_Padding:$padding);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `,` $weights `stride` $stride `padding` $padding attr-dict
    `:` type($cotangent) `,` type($weights) `->` type($result)
  }];
}

def Swy_LocalConvBackwardWeightsOp : Swy_LocalConv<"local_conv_backward_weights"> {
  let summary = "Cotangent of a locally connected layer's weights, summed over the batch that they serve";
  let description = [{
    (C1) input, cotangent and result have the shapes of a swy.local_conv's input, result and weights. Example: `%dw = swy.local_conv_backward_weights %x, %dy stride 1 padding 0 :
              tensor<8x1x6x6xf32>, tensor<8x2x4x4xf32> -> tensor<2x1x3x3x4x4xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$cotangent, Swy_Stride:$stride, Swy_Padding:$padding);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $input `,` $cotangent `stride` $stride `padding` $padding attr-dict
    `:` type($input) `,` type($cotangent) `->` type($result)
  }];
}

//===----------------------------------------------------------------------===//
// What weights are drawn with, where layers stand on them
//===----------------------------------------------------------------------===//

def Swy_RowsOfPassOp : Swy_Op<"rows_of_pass", [Pure, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["givesOneForAll"]>]> {
  let summary = "The row of draws that all examples of a pass share (S1.9)";
  let description = [{
    In the place of the image stands the number of a training's `step`, else 0; in that of the target the `channel` of a
    switching block, else 65535. The draw is that of the rows, which all rows of a batch have in common (`swy.one_draw`).
    With `channels` a row for each of them, by its number. (C1) `rows` is tensor<2xi32> for one example, tensor<Bx2xi32>
    for B; (C2) the result is tensor<2xi32>, or with `channels` tensor<channels x 2xi32>, and then there is no `channel`.
    Example: `%r = swy.rows_of_pass %rows step %i : tensor<i32> : tensor<8x2xi32> -> tensor<2xi32>`
  }];
  let arguments = (ins Swy_Int:$rows, Optional<0DTensorOf<[I32]>>:$step, Optional<0DTensorOf<[I32]>>:$channel,
                       OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$channels);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = [{
    $rows (`step` $step^ `:` type($step))? (`channel` $channel^ `:` type($channel))? (`channels` $channels^)? attr-dict
    `:` type($rows) `->` type($result)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

// 11 x 11 windows are the largest whose places, 0 to 120, fit a signed byte.

/// Windows of size x size, `stride` apart (no stride: side by side), on an image with `padding` around it (none: 0). A rest
/// at the border is dropped, as in LibTorch. `attributes` say which windows; what is left out is not there, so that the
/// names of jobs (docs/artifact.md) are those of programs that say nothing of it.
class Swy_Pooling<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_Batchable, Swy_LayoutOpInterface], traits)> {
  dag attributes = (ins Swy_PoolSize:$size, OptionalAttr<Swy_Stride>:$stride, OptionalAttr<Swy_Stride>:$padding);
  string windows = "`size` $size (`stride` $stride^)? (`padding` $padding^)? attr-dict ";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    Windows getWindows() {
      return {int64_t(getSize()), int64_t(getStride().value_or(getSize())), int64_t(getPadding().value_or(0))};
    }
  }];
}

def Swy_MaxPoolOp : Swy_Pooling<"max_pool", [Swy_Differentiable]> {
  let summary = "Largest element of each size x size window, and which one it is";
  let description = [{
    What pads is smaller than all. `which` counts row-major inside the window; ties go to the first (S6.2). (C1) input [B,]
    C, H, W; results [B,] C, (H + 2 padding - size) / stride + 1, ...; (C2) size at most 11, so that `which` fits a byte;
    (C3) padding at most half of size.
    Example: `%y, %i = swy.max_pool %x size 2 : tensor<4x6x6xf32> -> tensor<4x3x3xf32>, tensor<4x3x3xi8>`
  }];
  let arguments = !con((ins Swy_Real:$input), attributes);
  let results = (outs Swy_Real:$result, RankedTensorOf<[I8]>:$which);
  let assemblyFormat = "$input " # windows # "`:` type($input) `->` type($result) `,` type($which)";
}

def Swy_MaxPoolBackwardOp : Swy_Pooling<"max_pool_backward"> {
  let summary = "Cotangent of a pooling's input: a gather, each input element asks its windows";
  let description = [{
    An element gets the cotangents of the windows that chose it, together. (C1) cotangent, `which` and result have the
    shapes of a swy.max_pool's result, `which` and input.
    Example: `%dx = swy.max_pool_backward %dy, %i size 2 : tensor<4x3x3xf32>, tensor<4x3x3xi8> -> tensor<4x6x6xf32>`
  }];
  let arguments = !con((ins Swy_Real:$cotangent, RankedTensorOf<[I8]>:$which), attributes);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent `,` $which " # windows # "`:` type($cotangent) `,` type($which) `->` type($result)";
}

def Swy_AvgPoolOp : Swy_Pooling<"avg_pool", [Swy_Differentiable]> {
  let summary = "Mean of each size x size window";
  let description = [{
    What pads counts as 0. (C1) shapes as of swy.max_pool. Example: `%y = swy.avg_pool %x size 3 stride 2 padding 1 :
    tensor<4x6x6xf32> -> tensor<4x3x3xf32>`
  }];
  let arguments = !con((ins Swy_Real:$input), attributes);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input " # windows # "`:` type($input) `->` type($result)";
}

def Swy_AvgPoolBackwardOp : Swy_Pooling<"avg_pool_backward"> {
  let summary = "Cotangent of an average pooling's input";
  let description = [{
    Each element gets its share of the cotangents of its windows, one of no window 0. (C1) cotangent and result have the
    shapes of a swy.avg_pool's result and input.
    Example: `%dx = swy.avg_pool_backward %dy size 2 : tensor<4x3x3xf32> -> tensor<4x6x6xf32>`
  }];
  let arguments = !con((ins Swy_Real:$cotangent), attributes);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent " # windows # "`:` type($cotangent) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Images of other sizes
//===----------------------------------------------------------------------===//

def Swy_PadOp : Swy_Op<"pad", [Pure, Swy_Differentiable, Swy_Batchable, Swy_LayoutOpInterface]> {
  let summary = "Zeros around an image";
  let description = [{
    (C1) input [B,] C, H, W; result [B,] C, H + 2 by, W + 2 by.
    Example: `%y = swy.pad %x by 2 : tensor<4x6x6xf32> -> tensor<4x10x10xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Stride:$by);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `by` $by attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Swy_CropOp : Swy_Op<"crop", [Pure, Swy_Batchable, Swy_LayoutOpInterface]> {
  let summary = "An image without its border: the transpose of swy.pad";
  let description = [{
    (C1) input and result have the shapes of a swy.pad's result and input.
    Example: `%y = swy.crop %x by 2 : tensor<4x10x10xf32> -> tensor<4x6x6xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Stride:$by);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `by` $by attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

/// Along rows (0) or columns (1), which the result has another number of. Pixels are squares that cover the image, and so are
/// those of the result: the centre of its i-th of n lies at (i + 1/2) m / n - 1/2 among the m of the input.
class Swy_Resizing<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_Batchable, Swy_LayoutOpInterface], traits)> {
  dag attributes = (ins ConfinedAttr<I64Attr, [IntNonNegative, IntMaxValue<1>]>:$along, UnitAttr:$nearest);
  let hasVerifier = 1;
}

def Swy_ResizeOp : Swy_Resizing<"resize", [Swy_Differentiable]> {
  let summary = "Rows or columns between those of an image";
  let description = [{
    Linear between the two around a centre, or the one at the border behind which it lies; with `nearest` the one at i m / n,
    rounded down. As torch.nn.functional.interpolate with align_corners=False. (C1) input and result are [B,] C, H, W and
    differ in H (along 0) or W (along 1) alone.
    Example: `%y = swy.resize %x along 0 : tensor<4x6x6xf32> -> tensor<4x9x6xf32>`
  }];
  let arguments = !con((ins Swy_Real:$input), attributes);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `along` $along (`nearest` $nearest^)? attr-dict `:` type($input) `->` type($result)";
}

def Swy_ResizeBackwardOp : Swy_Resizing<"resize_backward"> {
  let summary = "Cotangent of a resizing's input: its transpose";
  let description = [{
    Each element gets the cotangents of all that it became a part of, by their weights. (C1) cotangent and result have the
    shapes of a swy.resize's result and input.
    Example: `%dx = swy.resize_backward %dy along 0 : tensor<4x9x6xf32> -> tensor<4x6x6xf32>`
  }];
  let arguments = !con((ins Swy_Real:$cotangent), attributes);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent `along` $along (`nearest` $nearest^)? attr-dict `:` type($cotangent) `->` type($result)";
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
