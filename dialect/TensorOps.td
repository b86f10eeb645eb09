// Program level: arithmetic on tensors, reductions over an example, classes, random draws, gradients.
// Each acts on every example alone; each differentiable one declares its vector-Jacobian product (Vjp.cpp).

#ifndef SWITCHYARD_DIALECT_TENSOR_OPS_TD
#define SWITCHYARD_DIALECT_TENSOR_OPS_TD

include "dialect/Dialect.td"
include "dialect/Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Swy_Differentiable : DeclareOpInterfaceMethods<Swy_DifferentiableOpInterface, ["buildVjp"]>;
def Swy_Batchable      : DeclareOpInterfaceMethods<Swy_BatchableOpInterface>;

//===----------------------------------------------------------------------===//
// Elementwise, with broadcasting by prefix
//===----------------------------------------------------------------------===//

/// (C1) every operand's shape is a prefix of the result's; (C2) the result's shape is an operand's.
def Swy_PrefixBroadcast : NativeOpTrait<"PrefixBroadcast"> {
  let cppNamespace = "::switchyard::swy";
}

class Swy_Elementwise<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_PrefixBroadcast, Swy_Batchable], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

class Swy_Unary<string mnemonic, string text> : Swy_Elementwise<mnemonic, [Swy_Differentiable]> {
  let summary = text;
  let arguments = (ins Swy_Real:$input);
  let results = (outs Swy_Real:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$input), [{
    build($_builder, $_state, input.getType(), input);
  }]>];
}

def Swy_NegOp  : Swy_Unary<"neg",  "Negate elementwise">;
def Swy_AbsOp  : Swy_Unary<"abs",  "Absolute value elementwise; derivative 0 at 0">;
def Swy_SignOp : Swy_Unary<"sign", "Sign elementwise: -1, 0 or 1; derivative 0">;
def Swy_ExpOp  : Swy_Unary<"exp",  "Exponential elementwise">;
def Swy_LogOp  : Swy_Unary<"log",  "Natural logarithm elementwise">;
def Swy_SqrtOp : Swy_Unary<"sqrt", "Square root elementwise">;
def Swy_TanhOp : Swy_Unary<"tanh", "Hyperbolic tangent elementwise">;

class Swy_Binary<string mnemonic, string text> : Swy_Elementwise<mnemonic, [Swy_Differentiable]> {
  let summary = text;
  let arguments = (ins Swy_Real:$lhs, Swy_Real:$rhs);
  let results = (outs Swy_Real:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs), [{
    build($_builder, $_state, broadcastType({lhs.getType(), rhs.getType()}), lhs, rhs);
  }]>];
}

def Swy_AddOp : Swy_Binary<"add", "Add elementwise">;
def Swy_SubOp : Swy_Binary<"sub", "Subtract elementwise">;
def Swy_MulOp : Swy_Binary<"mul", "Multiply elementwise">;
def Swy_DivOp : Swy_Binary<"div", "Divide elementwise">;
def Swy_MaxOp : Swy_Binary<"max", "Larger of two, elementwise; the first one where equal; NaN propagates">;
def Swy_MinOp : Swy_Binary<"min", "Smaller of two, elementwise; the first one where equal; NaN propagates">;

def Swy_Comparison : I32EnumAttr<"Comparison", "how two reals are compared", [
    I32EnumAttrCase<"Less", 0, "lt">, I32EnumAttrCase<"LessEqual", 1, "le">,
    I32EnumAttrCase<"Greater", 2, "gt">, I32EnumAttrCase<"GreaterEqual", 3, "ge">,
    I32EnumAttrCase<"Equal", 4, "eq">, I32EnumAttrCase<"NotEqual", 5, "ne">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_CompareOp : Swy_Elementwise<"compare"> {
  let summary = "Compare elementwise; false where an operand is NaN, but for ne";
  let description = [{ Example: `%c = swy.compare lt %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>` }];
  let arguments = (ins Swy_Comparison:$how, Swy_Real:$lhs, Swy_Real:$rhs);
  let results = (outs Swy_Bool:$result);
  let assemblyFormat = "$how operands attr-dict `:` functional-type(operands, results)";
}

class Swy_Logical<string mnemonic, string text> : Swy_Elementwise<mnemonic> {
  let summary = text;
  let arguments = (ins Swy_Bool:$lhs, Swy_Bool:$rhs);
  let results = (outs Swy_Bool:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs), [{
    build($_builder, $_state, broadcastType({lhs.getType(), rhs.getType()}), lhs, rhs);
  }]>];
}
def Swy_AndOp : Swy_Logical<"and", "Both hold, elementwise">;
def Swy_OrOp  : Swy_Logical<"or",  "At least one holds, elementwise">;
def Swy_NotOp : Swy_Elementwise<"not"> {
  let summary = "Does not hold, elementwise";
  let arguments = (ins Swy_Bool:$input);
  let results = (outs Swy_Bool:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$input), [{
    build($_builder, $_state, input.getType(), input);
  }]>];
}

def Swy_SelectOp : Swy_Elementwise<"select", [Swy_Differentiable]> {
  let summary = "The second operand where the first holds, else the third";
  let description = [{
    A selection, not a multiplication: NaN in the value not chosen does not leak (S1.3).
    Example: `%r = swy.select %c, %a, %b : (tensor<4xi1>, tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>`
  }];
  let arguments = (ins Swy_Bool:$condition, Swy_Any:$ifTrue, Swy_Any:$ifFalse);
  let results = (outs Swy_Any:$result);
}

def Swy_ToRealOp : Swy_Elementwise<"to_real"> {
  let summary = "Integers (or truth values, as 0 and 1) as reals, elementwise";
  let arguments = (ins RankedTensorOf<[I32, I1]>:$input);
  let results = (outs Swy_Real:$result);
}

def Swy_BroadcastOp : Swy_Op<"broadcast", [Pure, Swy_Differentiable, Swy_Batchable]> {
  let summary = "Repeat a value over trailing dimensions";
  let description = [{
    (C1) the input's shape is a prefix of the result's.
    Example: `%y = swy.broadcast %s : tensor<f32> to tensor<1x28x28xf32>`
  }];
  let arguments = (ins Swy_Any:$input);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Reductions and shapes
//===----------------------------------------------------------------------===//

def Swy_ReduceSumOp : Swy_Op<"reduce_sum", [Pure, Swy_Differentiable,
    DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults"]>]> {
  let summary = "Sum over all but the leading dimensions";
  let description = [{
    (C1) the result's shape is the first `keep` dimensions of the input's.
    Example: `%s = swy.reduce_sum %x keep 1 : tensor<4x3x5xf32> -> tensor<4xf32>`
  }];
  let arguments = (ins Swy_Real:$input, I64Attr:$keep);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `keep` $keep attr-dict `:` type($input) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "int64_t":$keep)>];
  let hasVerifier = 1;
}

def Swy_ReshapeOp : Swy_Op<"reshape", [Pure, Swy_Differentiable, Swy_Batchable]> {
  let summary = "The same elements, in row-major order of the logical shape, in another shape";
  let description = [{
    (C1) as many elements. Example: `%y = swy.reshape %x : tensor<64x4x4xf32> to tensor<1024xf32>`
  }];
  let arguments = (ins Swy_Any:$input);
  let results = (outs Swy_Any:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
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
  let arguments = (ins Swy_Real:$logits);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$logits attr-dict `:` type($logits)";
}

def Swy_ArgmaxOp : Swy_Op<"argmax", [Pure, Swy_Batchable]> {
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

def Swy_TakeOp : Swy_Op<"take", [Pure, Swy_Differentiable, Swy_Batchable]> {
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

class Swy_Random<string mnemonic, string text> : Swy_Op<mnemonic, [Pure, Swy_Batchable]> {
  let summary = text;
  let description = [{
    Philox 4x32-10 at the key (stream, site) and the counter (element >> 2, rows[0], pass, rows[1]); a pure
    function of its operands, so it may be repeated, moved or fused. The element counts in row-major order
    of the example's logical shape. (C1) `rows` is tensor<2xi32> for one example, tensor<Bx2xi32> for B.
    Example: `%u = swy.random_uniform %stream, %rows, %pass site "features/0+noise" :
              tensor<i64>, tensor<2xi32>, tensor<i32> -> tensor<1x28x28xf32>`
  }];
  let arguments = (ins RankedTensorOf<[I64]>:$stream, Swy_Int:$rows, Swy_Int:$pass, StrAttr:$site);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = [{
    $stream `,` $rows `,` $pass `site` $site attr-dict `:`
    type($stream) `,` type($rows) `,` type($pass) `->` type($result)
  }];
  let hasVerifier = 1;
}
def Swy_RandomUniformOp : Swy_Random<"random_uniform", "Uniform draws in [0, 1), multiples of 2^-24">;
def Swy_RandomNormalOp  : Swy_Random<"random_normal", "Standard normal draws (docs/randomness.md)">;

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

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

def Swy_GradientOp : Swy_Op<"gradient", [Pure, AttrSizedOperandSegments]> {
  let summary = "Derivative of a scalar with respect to values it was computed from (S1.2)";
  let description = [{
    `of` is one scalar for each example; the gradient at a value with a batch dimension is each example's
    own, at a value without one (a parameter) the sum over the batch. With `seed`, each example's scalar is
    weighted by it. Removed by `swy-differentiate`, which must run after batching (S1.1).
    (C1) results have the types of `at`; (C2) `of` has rank 0 (one example) or 1 (a batch), `seed` its type.
    Example: `%g = swy.gradient of %e at %x : tensor<f32>, tensor<1x28x28xf32> -> tensor<1x28x28xf32>`
  }];
  let arguments = (ins Swy_Real:$of, Variadic<Swy_Real>:$at, Optional<Swy_Real>:$seed);
  let results = (outs Variadic<Swy_Real>:$results);
  let assemblyFormat = [{
    `of` $of `at` $at (`seed` $seed^ `:` type($seed))? attr-dict `:` type($of) `,` type($at) `->` type($results)
  }];
  let hasVerifier = 1;
}

#endif
