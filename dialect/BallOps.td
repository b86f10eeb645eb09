// Program level: what a projection into an l1 or l0 ball asks of all elements of an example together (S2.1).

#ifndef SWITCHYARD_DIALECT_BALL_OPS_TD
#define SWITCHYARD_DIALECT_BALL_OPS_TD

include "dialect/TensorOps.td"

def Swy_L1ThresholdOp : Swy_Op<"l1_threshold", [Pure, Swy_Differentiable,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults", "sharesOperand"]>, AllTypesMatch<["sizes", "most"]>]> {
  let summary = "By how much every size is to shrink so that their sum is inside of a radius";
  let description = [{
    The smallest t from 0 up for which the sum of clamp(size - t, 0, most) over all but the leading dimensions is at most
    the radius: the threshold of the Euclidean projection onto an l1 ball (Duchi et al., 2008), and with `most` onto its
    intersection with a box (Croce and Hein, 2021). So exact as a real of 32 bits is. (C1) `most` has the shape of the sizes;
    (C2) the result's shape is the first `keep` dimensions of theirs; (C3) the radius has that shape, or is one for all.
    Example: `%t = swy.l1_threshold %sizes, %most within %r keep 1 :
              tensor<4x3x5xf32>, tensor<f32> -> tensor<4xf32>`
  }];
  let arguments = (ins Swy_Real:$sizes, Swy_Real:$most, Swy_Real:$radius, ConfinedAttr<I64Attr, [IntNonNegative]>:$keep);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $sizes `,` $most `within` $radius `keep` $keep attr-dict `:`
    type($sizes) `,` type($radius) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$sizes, "::mlir::Value":$most, "::mlir::Value":$radius)>];
  let hasVerifier = 1;
}

def Swy_AmongLargestOp : Swy_Op<"among_largest", [Pure, Swy_Decides,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults", "sharesOperand"]>]> {
  let summary = "Whether each element is one of the so many largest of its example";
  let description = [{
    The order is total: the larger first, NaN above all, of equal ones the one that stands first. The number is rounded,
    halves up. With `pixels` it counts pixels by the sum over their channels, and all channels of a pixel have its answer.
    (C1) an example has dimensions behind the `keep` leading ones, with `pixels` three; (C2) the number has these leading
    dimensions, or is one for all; (C3) the result has the input's shape.
    Example: `%m = swy.among_largest %x number %k keep 0 pixels : tensor<3x8x8xf32>, tensor<f32> -> tensor<3x8x8xi1>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$number, ConfinedAttr<I64Attr, [IntNonNegative]>:$keep, UnitAttr:$pixels);
  let results = (outs Swy_Bool:$result);
  let assemblyFormat = [{
    $input `number` $number `keep` $keep (`pixels` $pixels^)? attr-dict `:` type($input) `,` type($number) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$number, "bool":$pixels)>];
  let hasVerifier = 1;
}

#endif
