// Program level: reductions over an example, classes, random draws (arithmetic: ElementwiseOps.td).
// Each acts on every example alone; each differentiable one declares its vector-Jacobian product (Vjp.cpp).

#ifndef SWITCHYARD_DIALECT_TENSOR_OPS_TD
#define SWITCHYARD_DIALECT_TENSOR_OPS_TD

include "dialect/Attributes.td"
include "dialect/ElementwiseOps.td"

//===----------------------------------------------------------------------===//
// Reductions and shapes
//===----------------------------------------------------------------------===//

/// (C1) the result's shape is the first `keep` dimensions of the input's.
/// `anyLayoutTo`: up to how many dimensions kept it reads images in any layout.
class Swy_Reduction<string mnemonic, int anyLayoutTo> : Swy_Op<mnemonic, [Pure, Swy_RankedOutside, Swy_Differentiable,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults"]>, Swy_LayoutOpInterface, Swy_CostOpInterface]> {
  let arguments = (ins Swy_OpenReal:$input, ConfinedAttr<I64Attr, [IntNonNegative]>:$keep);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `keep` $keep attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$keep)>];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    bool sharesLayout() { return false; }
    bool takesAnyLayout(unsigned) { return getKeep() <= }] # anyLayoutTo # [{; }
    bool givesAnyLayout(unsigned) { return false; }
  }];
}

// Over whole examples order is free; a sum by channel finds the channels where the layout has them.
def Swy_ReduceSumOp : Swy_Reduction<"reduce_sum", 2> {
  let summary = "Sum over all but the leading dimensions";
  let description = [{
    (C1) the result's shape is the first `keep` dimensions of the input's.
    Example: `%s = swy.reduce_sum %x keep 1 : tensor<4x3x5xf32> -> tensor<4xf32>`
  }];
}

def Swy_NormOp : Swy_Reduction<"norm", 1> {
  let summary = "Root of the sum of squares over all but the leading dimensions";
  let description = [{
    Scaled by a power of two before it is squared, so that neither small nor large elements are lost. The derivative
    is 0 where the norm is 0. (C1) the result's shape is the first `keep` dimensions of the input's.
    Example: `%n = swy.norm %x keep 1 : tensor<4x3x5xf32> -> tensor<4xf32>`
  }];
}

def Swy_SizeOp : Swy_Op<"size", [Pure, Swy_RankedOutside]> {
  let summary = "How many elements a tensor has, in all or along one dimension";
  let description = [{
    For layers' programs, which do not know yet: a constant where the layer lands. (C1) a tensor with a rank has that
    dimension. Example: `%n = swy.size %x along 1 : tensor<1x28x28xf32> -> tensor<i32>`
  }];
  let arguments = (ins Swy_OpenAny:$input, OptionalAttr<ConfinedAttr<I64Attr, [IntNonNegative]>>:$along);
  let results = (outs 0DTensorOf<[I32]>:$result);
  let assemblyFormat = "$input (`along` $along^)? attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Swy_ReshapeOp : Swy_Op<"reshape", [Pure, Swy_RankedOutside, Swy_Differentiable, Swy_Batchable, Swy_CostOpInterface]> {
  let summary = "The same elements, in row-major order of the logical shape, in another shape";
  let description = [{
    (C1) as many elements. Example: `%y = swy.reshape %x : tensor<64x4x4xf32> to tensor<1024xf32>`
  }];
  let arguments = (ins Swy_OpenAny:$input);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Images read at other places: bilinear, 0 outside (as torch.nn.functional.grid_sample with padding_mode="zeros")
//===----------------------------------------------------------------------===//

/// Pixels have whole rows and columns, from 0. Each of the four pixels around a place counts by (1 - its distance in rows)
/// (1 - its distance in columns); what is no pixel is 0, and a place that is no number gives none.
class Swy_Sampling<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_BatchableTogether], traits)> {
  let hasVerifier = 1;
}

def Swy_SampleOp : Swy_Sampling<"sample", [Swy_RankedOutside, Swy_Differentiable]> {
  let summary = "An image's values at other rows and columns";
  let description = [{
    Each channel is read at places of its own. (C1) the image is [B,] C, H, W; rows, columns and result have one shape, [B,]
    C and any height and width. Example: `%y = swy.sample %x at %r, %c :
              tensor<3x8x8xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x6x6xf32>`
  }];
  let arguments = (ins Swy_OpenReal:$image, Swy_OpenReal:$rows, Swy_OpenReal:$columns);
  let results = (outs Swy_OpenReal:$result);
  let assemblyFormat = [{
    $image `at` $rows `,` $columns attr-dict `:` type($image) `,` type($rows) `,` type($columns) `->` type($result)
  }];
}

def Swy_SampleSlopeOp : Swy_Sampling<"sample_slope"> {
  let summary = "The slope of swy.sample's values as rows (0) or columns (1) grow";
  let description = [{
    From the pixels at and above a place to those behind it, also where the place is a pixel's. (C1) as of swy.sample.
    Example: `%s = swy.sample_slope %x at %r, %c along 1 :
              tensor<3x8x8xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x6x6xf32>`
  }];
  let arguments = (ins Swy_Real:$image, Swy_Real:$rows, Swy_Real:$columns,
                       ConfinedAttr<I64Attr, [IntNonNegative, IntMaxValue<1>]>:$along);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $image `at` $rows `,` $columns `along` $along attr-dict `:`
    type($image) `,` type($rows) `,` type($columns) `->` type($result)
  }];
}

def Swy_SampleBackwardOp : Swy_Sampling<"sample_backward"> {
  let summary = "Cotangent of swy.sample's image: its transpose";
  let description = [{
    Each element of the cotangent goes to the four pixels around its place, by the weights of swy.sample. (C1) as of
    swy.sample, the result in the image's place.
    Example: `%dx = swy.sample_backward %dy at %r, %c :
              tensor<3x6x6xf32>, tensor<3x6x6xf32>, tensor<3x6x6xf32> -> tensor<3x8x8xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$rows, Swy_Real:$columns);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $cotangent `at` $rows `,` $columns attr-dict `:` type($cotangent) `,` type($rows) `,` type($columns) `->` type($result)
  }];
}

//===----------------------------------------------------------------------===//
// Neighbours in groups
//===----------------------------------------------------------------------===//

/// `size` neighbours along a dimension are a group, for each place in the other dimensions. They have an order: the larger
/// comes first, NaN before all numbers, of equal ones the first.
class Swy_OfGroups<string mnemonic, list<Trait> traits = []> : Swy_Op<mnemonic, !listconcat([Pure], traits)> {
  dag attributes = (ins ConfinedAttr<I64Attr, [IntNonNegative]>:$along, ConfinedAttr<I64Attr, [IntPositive]>:$size,
                        OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$rank);
  string groups = "`along` $along `size` $size (`rank` $rank^)? attr-dict ";
  let hasVerifier = 1;
}

def Swy_SortGroupsOp : Swy_OfGroups<"sort_groups", [Swy_RankedOutside, Swy_Differentiable,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults"]>, AllTypesMatch<["input", "result"]>]> {
  let summary = "Each group in its order, or its k-th element for all of it";
  let description = [{
    With `rank` k every element becomes the k-th of its group; without, the k-th element becomes the k-th in order. (C1) the
    input has that dimension, which the size divides; (C2) the rank is at most the size.
    Example: `%y = swy.sort_groups %x along 0 size 2 rank 1 : tensor<4x3x3xf32>`
  }];
  let arguments = !con((ins Swy_OpenReal:$input), attributes);
  let results = (outs Swy_OpenReal:$result);
  let assemblyFormat = "$input " # groups # "`:` type($input)";
}

def Swy_SortGroupsBackwardOp : Swy_OfGroups<"sort_groups_backward", [SameOperandsAndResultType]> {
  let summary = "Cotangent of a sorting's input: each element gets those of what it became";
  let description = [{
    (C1) and (C2) as of swy.sort_groups, whose input is `input`.
    Example: `%dx = swy.sort_groups_backward %dy, %x along 0 size 2 rank 1 : tensor<4x3x3xf32>`
  }];
  let arguments = !con((ins Swy_Real:$cotangent, Swy_Real:$input), attributes);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent `,` $input " # groups # "`:` type($result)";
}

//===----------------------------------------------------------------------===//
// Logits and classes
//===----------------------------------------------------------------------===//

def Swy_LogSumExpOp : Swy_Op<"log_sum_exp", [Pure, Swy_Differentiable, Swy_Batchable]> {
  let summary = "log(sum(exp(z))) over the last dimension, computed without overflow";
  let description = [{
    (C1) the result drops the last dimension. Example: `%l = swy.log_sum_exp %z : tensor<10xf32> -> tensor<f32>`
  }];
  let arguments = (ins Swy_Real:$logits);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$logits attr-dict `:` type($logits) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$logits)>];
  let hasVerifier = 1;
}

def Swy_SoftmaxOp : Swy_Op<"softmax", [Pure, Swy_Batchable, SameOperandsAndResultType]> {
  let summary = "exp(z - log_sum_exp(z)) over the last dimension";
  let description = [{
    (C1) at least one dimension. Example: `%p = swy.softmax %z : tensor<4x10xf32>`
  }];
  let arguments = (ins Swy_Real:$logits);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$logits attr-dict `:` type($logits)";
  let hasVerifier = 1;
}

def Swy_ArgmaxOp : Swy_Op<"argmax", [Pure, Swy_BatchableTogether, Swy_Decides]> {
  let summary = "Index of the largest element of the last dimension, the first one where equal";
  let description = [{
    With `except`, that index does not count. (C1) result and `except` drop the input's last dimension.
    Example: `%i = swy.argmax %z except %t : tensor<10xf32>, tensor<i32> -> tensor<i32>`
  }];
  let arguments = (ins Swy_Real:$input, Optional<Swy_Int>:$except);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = [{
    $input (`except` $except^)? attr-dict `:` type($input) (`,` type($except)^)? `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, CArg<"::mlir::Value", "{}">:$except)>];
  let hasVerifier = 1;
}

def Swy_ArgLargestOp : Swy_Op<"arg_largest", [Pure, Swy_Batchable, Swy_Decides]> {
  let summary = "Index of the k-th largest element of the last dimension; of equal ones the first comes first";
  let description = [{
    NaN counts as largest. (C1) the rank is from 1 to the number of elements; (C2) the result drops the input's last
    dimension. Example: `%i = swy.arg_largest %z rank 3 : tensor<10xf32> -> tensor<i32>`
  }];
  let arguments = (ins Swy_Real:$input, ConfinedAttr<I64Attr, [IntPositive]>:$rank);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = "$input `rank` $rank attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$rank)>];
  let hasVerifier = 1;
}

def Swy_TakeOp : Swy_Op<"take", [Pure, Swy_Differentiable, Swy_BatchableTogether]> {
  let summary = "The element of the last dimension that an index names";
  let description = [{
    (C1) result and index drop the input's last dimension. An index outside reads nothing and gives 0.
    Example: `%v = swy.take %z, %t : tensor<10xf32>, tensor<i32> -> tensor<f32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Int:$index);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `,` $index attr-dict `:` type($input) `,` type($index) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$index)>];
  let hasVerifier = 1;
}

def Swy_OneHotOp : Swy_Op<"one_hot", [Pure, Swy_Batchable]> {
  let summary = "1 at the index, 0 elsewhere, in a new last dimension";
  let description = [{ Example: `%h = swy.one_hot %t : tensor<i32> to tensor<10xf32>` }];
  let arguments = (ins Swy_Int:$index);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$index attr-dict `:` type($index) `to` type($result)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Random draws (S3.1, docs/artifact.md)
//===----------------------------------------------------------------------===//

class Swy_Random<string mnemonic, string text>
    : Swy_Op<mnemonic, [Pure, Swy_RankedOutside, Swy_Batchable, Swy_Draw, Swy_LayoutOpInterface]> {
  let summary = text;
  let description = [{
    Philox 4x32-10 at the key (stream, site) and the counter (element >> 2, rows[0], pass, rows[1]); a pure
    function of its operands, so it may be repeated, moved or fused. The element counts in row-major order
    of the example's logical shape. Along the dimensions that `shared` lists (of the example, from 0) all elements
    have one draw, that of index 0 there. (C1) `rows` is tensor<2xi32> for one example, tensor<Bx2xi32> for B;
    (C2) `shared` rises and names dimensions of the example.
    Example: `%u = swy.}] # mnemonic # [{ %stream, %rows, %pass site <attack, 0> shared [1] :
              tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<1x28x28xf32>`
  }];
  let arguments = (ins RankedTensorOf<[I64]>:$stream, Swy_Int:$rows, Swy_Int:$pass, Swy_SiteAttr:$site,
                       OptionalAttr<DenseI64ArrayAttr>:$shared);
  let results = (outs Swy_OpenReal:$result);
  let assemblyFormat = [{
    $stream `,` $rows `,` $pass `site` $site (`shared` $shared^)? attr-dict `:`
    type($stream) `,` type($rows) `,` type($pass) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$stream, "::mlir::Value":$rows,
                                 "::mlir::Value":$pass, "SiteAttr":$site), [{
    build($_builder, $_state, result, stream, rows, pass, site, {});
  }]>];
  let hasVerifier = 1;
}
def Swy_RandomUniformOp : Swy_Random<"random_uniform", "Uniform draws in [0, 1), multiples of 2^-24">;
def Swy_RandomNormalOp  : Swy_Random<"random_normal", "Standard normal draws (docs/randomness.md)">;

def Swy_RandomChannelOp : Swy_Op<"random_channel", [Pure, Swy_Batchable, Swy_Draw]> {
  let summary = "The channel that a switching block draws, or the member of a choice: in 0 .. below - 1 (S3.4, S3.7)";
  let description = [{
    Element 0 of the same counters as swy.random_uniform: its word scaled below `below`, or with `chances` the number of
    sums of first chances that the uniform number has reached. (C2) a chance for each, or none. (C1) `rows` is tensor<2xi32> for one example,
    tensor<Bx2xi32> for B; the result has its shape without the last dimension.
    Example: `%c = swy.random_channel %stream, %rows, %pass site <model, "features/channel"> below 5 :
              tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<i32>`
  }];
  let arguments = (ins RankedTensorOf<[I64]>:$stream, Swy_Int:$rows, Swy_Int:$pass, Swy_SiteAttr:$site, I64Attr:$below,
                       Swy_Chances:$chances);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = [{
    $stream `,` $rows `,` $pass `site` $site `below` $below (`chances` $chances^)? attr-dict `:`
    type($stream) `,` type($rows) `,` type($pass) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Swy_PathChannelOp : Swy_Op<"path_channel", [Pure, Swy_DrawOpInterface]> {
  let summary = "The channel of a switching block under all_paths: every one in turn (S4.1)";
  let description = [{
    Stands for a loop over 0 .. below - 1, the same for all examples; removed by `swy-expand-expectation`.
    Blocks, and what chooses members, are numbered from 0 in the order of the network. A mean over paths weighs each by its
    chance. (C1) a chance for each, or none. Example: `%c = swy.path_channel block 0 below 5 :
    tensor<i32>`
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntNonNegative]>:$block, ConfinedAttr<I64Attr, [IntPositive]>:$below,
                       Swy_Chances:$chances);
  let results = (outs 0DTensorOf<[I32]>:$result);
  let extraClassDeclaration = [{
    Owner getOwner() { return Owner::Model; }
    ::mlir::Value getDrawnBy() { return {}; }
  }];
  let assemblyFormat = "`block` $block `below` $below (`chances` $chances^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Swy_WithDrawOp : Swy_Op<"with_draw", [Pure, Swy_Batchable, TypesMatchWith<"result has the rows' type", "rows", "result", "$_self">]> {
  let summary = "Rows for another draw: the draw's number is added to each row's second word";
  let description = [{
    The members of an estimator's sample set differ in this alone (S3.1).
    Example: `%r = swy.with_draw %rows, %d : tensor<2xi32>, tensor<i32>`
  }];
  let arguments = (ins Swy_Int:$rows, 0DTensorOf<[I32]>:$draw);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = "$rows `,` $draw attr-dict `:` type($rows) `,` type($draw)";
}

def Swy_RowsOfAnswerOp : Swy_Op<"rows_of_answer", [Pure, Swy_Batchable, Swy_DrawOpInterface,
    TypesMatchWith<"result has the rows' type", "rows", "result", "$_self">]> {
  let summary = "Rows for the first of the draws that an answer is made of (S5.8)";
  let description = [{
    Answer a of so many draws has draws a * draws and those behind it: each row's draw is multiplied. An estimator's sample set
    is one of answers then, so that this is what draws for it.
    Example: `%r = swy.rows_of_answer %rows draws 10 : tensor<2xi32>`
  }];
  let arguments = (ins Swy_Int:$rows, ConfinedAttr<I64Attr, [IntPositive]>:$draws);
  let results = (outs Swy_Int:$result);
  let extraClassDeclaration = [{
    Owner getOwner() { return Owner::Model; }
    ::mlir::Value getDrawnBy() { return getRows(); }
  }];
  let assemblyFormat = "$rows `draws` $draws attr-dict `:` type($rows)";
}

//===----------------------------------------------------------------------===//
// Restarts of an attack as rows of a batch; made by `swy-restarts-to-rows`
//===----------------------------------------------------------------------===//

def Swy_RestartPassOp : Swy_Op<"restart_pass", [Pure, Swy_Batchable,
    TypesMatchWith<"result has the restart's type", "restart", "result", "$_self">]> {
  let summary = "The pass of the restart that a row does: pass + restart * stride";
  let description = [{
    A pass counts the loops around its call site as one number (S3.1), so that from one restart to the next it grows by
    the passes of a whole restart. `pass` is that of restart 0 of the batch.
    Example: `%q = swy.restart_pass %pass, %restart, %stride : tensor<i32>, tensor<i32>, tensor<i32>`
  }];
  let arguments = (ins 0DTensorOf<[I32]>:$pass, Swy_Int:$restart, 0DTensorOf<[I32]>:$stride);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = [{
    $pass `,` $restart `,` $stride attr-dict `:` type($pass) `,` type($restart) `,` type($stride)
  }];
}

def Swy_FromRestartOp : Swy_Op<"from_restart", [Pure, Swy_Batchable,
    TypesMatchWith<"result has the input's type", "input", "result", "$_self">]> {
  let summary = "A value as the row computed it that does another restart of the same example";
  let description = [{
    The restarts of an example are neighbouring rows, `restart` counts them from 0: row r reads row
    r - restart[r] + number, which the runtime keeps inside the batch. No example reads another.
    Example: `%y = swy.from_restart %x, %restart, %n : tensor<8x64xf32>, tensor<8xi32>, tensor<i32>`
  }];
  let arguments = (ins Swy_Any:$input, Swy_Int:$restart, 0DTensorOf<[I32]>:$number);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = [{
    $input `,` $restart `,` $number attr-dict `:` type($input) `,` type($restart) `,` type($number)
  }];
}

//===----------------------------------------------------------------------===//
// Switching blocks
//===----------------------------------------------------------------------===//

def Swy_TakeChannelOp : Swy_Op<"take_channel", [Pure, Swy_Batchable]> {
  let summary = "One channel's parameter of a stack, or that of each example's channel";
  let description = [{
    (C1) the result's shape is the channel's and behind it the stack's without its first dimension.
    Example: `%w = swy.take_channel %stack at %c : tensor<5x10x64xf32>, tensor<i32> -> tensor<10x64xf32>`
  }];
  let arguments = (ins Swy_Real:$stack, Swy_Int:$channel);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$stack `at` $channel attr-dict `:` type($stack) `,` type($channel) `->` type($result)";
  let hasVerifier = 1;
}

class Swy_RowOrder<string mnemonic, string text> : Swy_Op<mnemonic, [Pure, Swy_Differentiable, Swy_Batchable,
    TypesMatchWith<"result has the input's type", "input", "result", "$_self">]> {
  let summary = text;
  let description = [{
    For one example the identity. In a batch, the examples between `group` and `ungroup` by the same channels
    stand in the order of their channel, so that the grouped layers between them find each channel's examples
    together (S3.5); no operation there mixes examples. Made where a switching block begins and ends.
    (C1) one channel for each example: tensor<i32> for one, tensor<Bxi32> for a batch of B.
    Example: `%g = swy.}] # mnemonic # [{ %x by %c below 5 : tensor<1x28x28xf32>, tensor<i32>`
  }];
  let arguments = (ins Swy_Any:$input, Swy_Int:$channel, ConfinedAttr<I64Attr, [IntPositive]>:$below);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = "$input `by` $channel `below` $below attr-dict `:` type($input) `,` type($channel)";
  let hasVerifier = 1;
}
def Swy_GroupOp   : Swy_RowOrder<"group", "Examples into the order of their channel"> { let hasFolder = 1; }
def Swy_UngroupOp : Swy_RowOrder<"ungroup", "Examples back into their own order"> { let hasFolder = 1; }

def Swy_GroupOrderOp : Swy_Op<"group_order", [Pure]> {
  let summary = "The order that sorts examples by channel, its inverse, and where each channel's begin";
  let description = [{
    A stable counting sort. order[i] is the example that comes i-th, inverse[order[i]] is i, and the examples of
    channel c come at offsets[c] .. offsets[c + 1] - 1. Made by `swy-group-rows`.
    (C1) channel, order and inverse are tensor<Bxi32>; (C2) offsets has one dimension, of two elements or more.
    Example: `%o, %i, %f = swy.group_order %c : tensor<8xi32> -> tensor<8xi32>, tensor<8xi32>, tensor<6xi32>`
  }];
  let arguments = (ins Swy_Int:$channel);
  let results = (outs Swy_Int:$order, Swy_Int:$inverse, Swy_Int:$offsets);
  let assemblyFormat = [{
    $channel attr-dict `:` type($channel) `->` type($order) `,` type($inverse) `,` type($offsets)
  }];
  let hasVerifier = 1;
}

def Swy_TakeRowsOp : Swy_Op<"take_rows", [Pure]> {
  let summary = "The examples of a batch in another order: result[i] = input[order[i]]";
  let description = [{
    (C1) the order names one example for each of the result's; (C2) the result has the type of the input but for the
    number of examples. Example: `%y = swy.take_rows %x, %order : tensor<8x64xf32>, tensor<8xi32> -> tensor<8x64xf32>`
  }];
  let arguments = (ins Swy_Any:$input, Swy_Int:$order);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = "$input `,` $order attr-dict `:` type($input) `,` type($order) `->` type($result)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Between one example and its batch
//===----------------------------------------------------------------------===//

def Swy_ForExamplesOp : Swy_Op<"for_examples", [Pure, Swy_Differentiable, Swy_Batchable]> {
  let summary = "What all examples share, as each example's own";
  let description = [{
    For one example the value itself, for a batch [B, ...]. `swy-batch` puts it where each example's own value is asked for
    and one for all is there. (C1) the result has the input's shape, behind a batch dimension or alone.
    Example: `%s = swy.for_examples %scale : tensor<16xf32> to tensor<8x16xf32>`
  }];
  let arguments = (ins Swy_Any:$input);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

def Swy_SumExamplesOp : Swy_Op<"sum_examples", [Pure, Swy_Differentiable,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults", "givesOneForAll"]>]> {
  let summary = "The sum over the examples of a batch, which belongs to none of them";
  let description = [{
    For one example the value itself, which is then the whole batch. In the steps of trainings alone: elsewhere no example
    depends on another. (C1) the result has the input's shape, or that without its first dimension.
    Example: `%m = swy.sum_examples %x : tensor<8x16xf32> to tensor<16xf32>`
  }];
  let arguments = (ins Swy_Real:$input);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

#endif
