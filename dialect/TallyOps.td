// Tallies: what became of an attack's gradients (S2.2). Made by `swy-count-gradients`, which threads one through an
// attack's loops. (C1) throughout: a tally is tensor<Gx4xi32> for one example, tensor<BxGx4xi32> for B; for each of
// G gradients, and of numbers that are compared, how often it was computed, how often it was not finite, how often it
// was zero everywhere, and how many of the last ones, one after the other, were zero.

#ifndef SWITCHYARD_DIALECT_TALLY_OPS_TD
#define SWITCHYARD_DIALECT_TALLY_OPS_TD

include "dialect/TensorOps.td"

def Swy_EmptyTallyOp : Swy_Op<"empty_tally", [Pure, Swy_Batchable]> {
  let summary = "A tally of gradients before the first one";
  let description = [{
    `rows` say which examples: each has its own. (C1) the result is a tally.
    Example: `%t = swy.empty_tally of %rows : tensor<2xi32> -> tensor<1x4xi32>`
  }];
  let arguments = (ins Swy_Int:$rows);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = "`of` $rows attr-dict `:` type($rows) `->` type($result)";
  let hasVerifier = 1;
}

def Swy_TallyGradientOp : Swy_Op<"tally_gradient", [Pure, Swy_BatchableTogether, Swy_LayoutOpInterface,
    TypesMatchWith<"result has the tally's type", "tally", "result", "$_self">]> {
  let summary = "A tally with one more evaluation of a gradient";
  let description = [{
    One pass over the gradient's bits, as integers: the largest without sign is 0 where all elements are zero, and
    that of infinity or more where one is not finite. Nothing is counted where `where` is false.
    (C1) `tally` is one; (C2) the gradient has its examples, `where` nothing else; (C3) it has a gradient `number`.
    Example: `%u = swy.tally_gradient %t, %g number 0 : tensor<8x1x4xi32>, tensor<8x1x28x28xf32>`
  }];
  let arguments = (ins Swy_Int:$tally, Swy_Real:$gradient, Optional<Swy_Bool>:$where, I64Attr:$number);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = [{
    $tally `,` $gradient (`where` $where^ `:` type($where))? `number` $number attr-dict `:`
    type($tally) `,` type($gradient)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    bool sharesLayout() { return false; }
    bool givesAnyLayout(unsigned) { return false; } // but takes any: it asks for magnitudes alone
  }];
}

def Swy_TallyNumberOp : Swy_Op<"tally_number", [Pure, Swy_BatchableTogether, Swy_CostOpInterface,
    TypesMatchWith<"result has the tally's type", "tally", "result", "$_self">]> {
  let summary = "A tally with one more number that an attack compares";
  let description = [{
    One that is no number counts as not finite; infinity is something to compare with. Nothing is counted where `where` is
    false. (C1) `tally` is one; (C2) there is a value for each of its examples, and of `where`; (C3) it has such a `number`.
    Example: `%u = swy.tally_number %t, %v number 0 : tensor<8x1x4xi32>, tensor<8xf32>`
  }];
  let arguments = (ins Swy_Int:$tally, Swy_Real:$value, Optional<Swy_Bool>:$where, I64Attr:$number);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = [{
    $tally `,` $value (`where` $where^ `:` type($where))? `number` $number attr-dict `:` type($tally) `,` type($value)
  }];
  let hasVerifier = 1;
}

def Swy_JoinTalliesOp : Swy_Op<"join_tallies", [Pure, Swy_Batchable, Swy_CostOpInterface, SameOperandsAndResultType]> {
  let summary = "The tally of what came before and then of a turn";
  let description = [{
    As if the turn's gradients had been added to `before` one after the other. (C1) both are tallies.
    Example: `%t = swy.join_tallies %before, %turn : tensor<8x1x4xi32>`
  }];
  let arguments = (ins Swy_Int:$before, Swy_Int:$turn);
  let results = (outs Swy_Int:$result);
  let assemblyFormat = "$before `,` $turn attr-dict `:` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

#endif
