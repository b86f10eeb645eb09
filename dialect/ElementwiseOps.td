// Program level: arithmetic on tensors, element by element, an operand of a shorter shape being repeated over trailing
// dimensions. What one element is and its derivative stand beside one another in Elementwise.cpp.

#ifndef SWITCHYARD_DIALECT_ELEMENTWISE_OPS_TD
#define SWITCHYARD_DIALECT_ELEMENTWISE_OPS_TD

include "dialect/Dialect.td"
include "dialect/Interfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Swy_Differentiable : DeclareOpInterfaceMethods<Swy_DifferentiableOpInterface, ["buildVjp"]>;
def Swy_Draw           : DeclareOpInterfaceMethods<Swy_DrawOpInterface>;
def Swy_Batchable      : DeclareOpInterfaceMethods<Swy_BatchableOpInterface>;
/// Batchable, and each operand is each example's own as soon as one is.
def Swy_BatchableTogether : DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["sharesOperand"]>;
def Swy_ScalarBody     : DeclareOpInterfaceMethods<Swy_ElementwiseOpInterface>;

/// Its result says which, and a mean of such results stands for nothing: an expectation ends before it (S4.2).
def Swy_Decides : NativeOpTrait<"Decides"> {
  let cppNamespace = "::switchyard::swy";
}

/// Its result is its first operand to all but gradients: gone after `swy-differentiate`.
def Swy_ForGradients : NativeOpTrait<"ForGradients"> {
  let cppNamespace = "::switchyard::swy";
}

/// It marks a value for passes and computes nothing: to a name it is its operand.
def Swy_Marks : NativeOpTrait<"Marks"> {
  let cppNamespace = "::switchyard::swy";
}

/// (C1) every operand's shape is a prefix of the result's; (C2) the result's shape is an operand's.
def Swy_PrefixBroadcast : NativeOpTrait<"PrefixBroadcast"> {
  let cppNamespace = "::switchyard::swy";
}

class Swy_Elementwise<string mnemonic, list<Trait> traits = []>
    : Swy_Op<mnemonic, !listconcat([Pure, Swy_RankedOutside, Swy_PrefixBroadcast, Swy_Batchable, Swy_ScalarBody, Swy_LayoutOpInterface,
                                    Swy_CostOpInterface], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

class Swy_Unary<string mnemonic, string text, list<Trait> traits = []>
    : Swy_Elementwise<mnemonic, !listconcat([Swy_Differentiable], traits)> {
  let summary = text;
  let description = "Of NaN it gives NaN. Example: `%y = swy." # mnemonic # " %x : (tensor<4x3xf32>) -> tensor<4x3xf32>`";
  let arguments = (ins Swy_OpenReal:$input);
  let results = (outs Swy_OpenReal:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$input), [{
    build($_builder, $_state, input.getType(), input);
  }]>];
}

def Swy_NegOp  : Swy_Unary<"neg",  "Negate elementwise">;
def Swy_AbsOp  : Swy_Unary<"abs",  "Absolute value elementwise; derivative 0 at 0">;
def Swy_SignOp : Swy_Unary<"sign", "Sign elementwise: -1, 0 or 1; NaN propagates; derivative 0">;
def Swy_ExpOp  : Swy_Unary<"exp",  "Exponential elementwise">;
def Swy_LogOp  : Swy_Unary<"log",  "Natural logarithm elementwise">;
def Swy_SqrtOp : Swy_Unary<"sqrt", "Square root elementwise">;
def Swy_VariableOp : Swy_Unary<"variable", "The value itself, as a variable of its own", [Swy_ForGradients]> {
  let description = [{
    After `x = x0` the variable is another value than the clean image (S2.2): a gradient at one is not one at the other.
    Gone after `swy-differentiate`. Example: `%x = swy.variable %x0 : (tensor<1x28x28xf32>) -> tensor<1x28x28xf32>`
  }];
}
def Swy_ModelInputOp : Swy_Unary<"model_input", "The value itself, as a pass of the protected model takes it",
                                 [Swy_ForGradients, Swy_Marks]> {
  let description = [{
    What of a gradient comes through the model is the cotangent here (S2.2). Gone after `swy-differentiate`.
    Example: `%m = swy.model_input %x : (tensor<1x28x28xf32>) -> tensor<1x28x28xf32>`
  }];
}
def Swy_TanhOp : Swy_Unary<"tanh", "Hyperbolic tangent elementwise">;
def Swy_ErfOp : Swy_Unary<"erf", "Error function elementwise">;
def Swy_FloorOp : Swy_Unary<"floor", "Largest whole number not above, elementwise; derivative 0">;

def Swy_ReluOp : Swy_Unary<"relu", "max(x, 0) elementwise; derivative 0 at 0">;

def Swy_ReluBackwardOp : Swy_Op<"relu_backward", [Pure, Swy_Batchable, Swy_ScalarBody, Swy_LayoutOpInterface,
                                                   Swy_CostOpInterface, SameOperandsAndResultType]> {
  let summary = "The cotangent where the activation is positive, else 0";
  let description = [{
    `activation` is max(x, 0), which is positive exactly where x is: the forward pass need not keep x.
    Example: `%dx = swy.relu_backward %dy, %y : tensor<8x64xf32>`
  }];
  let arguments = (ins Swy_Real:$cotangent, Swy_Real:$activation);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$cotangent `,` $activation attr-dict `:` type($result)";
}

class Swy_Binary<string mnemonic, string text> : Swy_Elementwise<mnemonic, [Swy_Differentiable]> {
  let summary = text;
  let description = "The operand of the shorter shape is repeated over trailing dimensions. Example: `%y = swy." # mnemonic #
                    " %x, %s : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>`";
  let arguments = (ins Swy_OpenReal:$lhs, Swy_OpenReal:$rhs);
  let results = (outs Swy_OpenReal:$result);
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

def Swy_PowOp : Swy_Binary<"pow", "The first to the power of the second, elementwise"> {
  let description = [{
    For every base and exponent: whole exponents from -15 to 15 by multiplication, others as IEEE 754's pow; a negative
    base to a fractional exponent is no number. The derivative is 0 at exponent 0, whatever the base.
    Example: `%y = swy.pow %x, %k : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>`
  }];
}

def Swy_Comparison : I32EnumAttr<"Comparison", "how two reals are compared", [
    I32EnumAttrCase<"Less", 0, "lt">, I32EnumAttrCase<"LessEqual", 1, "le">,
    I32EnumAttrCase<"Greater", 2, "gt">, I32EnumAttrCase<"GreaterEqual", 3, "ge">,
    I32EnumAttrCase<"Equal", 4, "eq">, I32EnumAttrCase<"NotEqual", 5, "ne">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_CompareOp : Swy_Elementwise<"compare", [Swy_Decides]> {
  let summary = "Compare elementwise; false where an operand is NaN, but for ne";
  let description = [{ Example: `%c = swy.compare lt %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>` }];
  let arguments = (ins Swy_Comparison:$how, Swy_OpenReal:$lhs, Swy_OpenReal:$rhs);
  let results = (outs Swy_OpenBool:$result);
  let assemblyFormat = "$how operands attr-dict `:` functional-type(operands, results)";
}

def Swy_ComparedOp : Swy_Elementwise<"compared", [Swy_Differentiable, Swy_ForGradients, Swy_Marks, Swy_Decides]> {
  let summary = "The value itself, as an attack compares it";
  let description = [{
    A comparison with what is no number decides nothing, and an attack that goes by it stands still: `swy-count-gradients`
    counts them (S2.2), where `where` holds. Gone after `swy-differentiate`.
    Example: `%v = swy.compared %least : (tensor<f32>) -> tensor<f32>`
  }];
  let arguments = (ins Swy_Real:$input, Optional<Swy_Bool>:$where);
  let results = (outs Swy_Real:$result);
}

def Swy_GivenOp : Swy_Elementwise<"given", [Swy_Differentiable, Swy_ForGradients, Swy_Marks]> {
  let summary = "The value itself, an image that a loss gives to an attack";
  let description = [{
    One that lies outside of `low` to `high`, the input's range, is why the attack's example leaves its ball or the range:
    `swy-count-gradients` counts those. Gone after `swy-differentiate`.
    Example: `%v = swy.given %x low 0.0 high 1.0 : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>`
  }];
  let arguments = (ins Swy_Real:$input, F64Attr:$low, F64Attr:$high);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input `low` $low `high` $high attr-dict `:` functional-type(operands, results)";
}

def Swy_ConfinedOp : Swy_Elementwise<"confined", [Swy_Differentiable, Swy_ForGradients]> {
  let summary = "The value itself, as an attack inside a training gives it";
  let description = [{
    `escape` is 0, and no number for an example outside of the attack's ball or the input's range: `swy-count-gradients`
    counts those (S2.3). To a name it is no mark: what is confined to another ball is another training. Gone after
    `swy-differentiate`.
    Example: `%v = swy.confined %x, %e : (tensor<1x4x4xf32>, tensor<f32>) -> tensor<1x4x4xf32>`
  }];
  let arguments = (ins Swy_Real:$input, Swy_Real:$escape);
  let results = (outs Swy_Real:$result);
}

class Swy_Logical<string mnemonic, string text> : Swy_Elementwise<mnemonic> {
  let summary = text;
  let description = "Example: `%c = swy." # mnemonic # " %a, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>`";
  let arguments = (ins Swy_OpenBool:$lhs, Swy_OpenBool:$rhs);
  let results = (outs Swy_OpenBool:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs), [{
    build($_builder, $_state, broadcastType({lhs.getType(), rhs.getType()}), lhs, rhs);
  }]>];
}
def Swy_AndOp : Swy_Logical<"and", "Both hold, elementwise">;
def Swy_OrOp  : Swy_Logical<"or",  "At least one holds, elementwise">;
def Swy_NotOp : Swy_Elementwise<"not"> {
  let summary = "Does not hold, elementwise";
  let description = [{ Example: `%c = swy.not %a : (tensor<4xi1>) -> tensor<4xi1>` }];
  let arguments = (ins Swy_OpenBool:$input);
  let results = (outs Swy_OpenBool:$result);
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
  let arguments = (ins Swy_OpenBool:$condition, Swy_OpenAny:$ifTrue, Swy_OpenAny:$ifFalse);
  let results = (outs Swy_OpenAny:$result);
}

def Swy_ToRealOp : Swy_Elementwise<"to_real"> {
  let summary = "Integers (or truth values, as 0 and 1) as reals, elementwise";
  let description = [{
    An integer above 2^24 is rounded to the nearest real. Example: `%r = swy.to_real %c : (tensor<4xi1>) -> tensor<4xf32>`
  }];
  let arguments = (ins TensorOf<[I32, I1]>:$input);
  let results = (outs Swy_OpenReal:$result);
}

def Swy_OtherClassOp : Swy_Elementwise<"other_class"> {
  let summary = "The class of a number from 0 among all but one";
  let description = [{
    The number itself below that class, the next one from it on. Example:
    `%k = swy.other_class %i, %label : (tensor<i32>, tensor<i32>) -> tensor<i32>`
  }];
  let arguments = (ins TensorOf<[I32]>:$number, TensorOf<[I32]>:$except);
  let results = (outs TensorOf<[I32]>:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$number, "::mlir::Value":$except), [{
    build($_builder, $_state, broadcastType({number.getType(), except.getType()}), number, except);
  }]>];
}

def Swy_IsMemberOp : Swy_Elementwise<"is_member"> {
  let summary = "Whether an example's channel or member is this one";
  let description = [{
    A mask of the network's own, as `swy.compare` of a draw is: an expectation goes on behind it (S4.2).
    Example: `%c = swy.is_member %drawn is 1 : (tensor<i32>) -> tensor<i1>`
  }];
  let arguments = (ins TensorOf<[I32]>:$drawn, ConfinedAttr<I64Attr, [IntNonNegative]>:$number);
  let results = (outs Swy_OpenBool:$result);
  let assemblyFormat = "$drawn `is` $number attr-dict `:` functional-type(operands, results)";
}

def Swy_BroadcastOp : Swy_Op<"broadcast", [Pure, Swy_RankedOutside, Swy_Differentiable, Swy_Batchable, Swy_ScalarBody, Swy_LayoutOpInterface,
                                           Swy_CostOpInterface]> {
  let summary = "Repeat a value over trailing dimensions";
  let description = [{
    (C1) the input's shape is a prefix of the result's.
    Example: `%y = swy.broadcast %s : tensor<f32> to tensor<1x28x28xf32>`
  }];
  let arguments = (ins Swy_OpenAny:$input);
  let results = (outs Swy_OpenAny:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `to` type($result)";
  let hasVerifier = 1;
}

def Swy_IotaOp : Swy_Op<"iota", [Pure, Swy_RankedOutside, DeclareOpInterfaceMethods<Swy_BatchableOpInterface, ["batchResults"]>]> {
  let summary = "Each element's index along one dimension, as a real";
  let description = [{
    (C1) the result has that dimension. Example: `%rows = swy.iota along 1 : tensor<1x28x28xf32>`
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntNonNegative]>:$along);
  let results = (outs Swy_OpenReal:$result);
  let assemblyFormat = "`along` $along attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif
