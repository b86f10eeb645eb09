// Program level: what a random model does on average, and gradients. The passes behind the names of jobs replace these by
// loops and by vector-Jacobian products; nothing of them reaches the lowering.

#ifndef SWITCHYARD_DIALECT_EXPECTATION_OPS_TD
#define SWITCHYARD_DIALECT_EXPECTATION_OPS_TD

include "dialect/TensorOps.td"

def Swy_ChanceOp : Swy_Op<"chance", [Pure, Swy_Batchable]> {
  let summary = "The fraction of the estimator's sample set where a condition holds (S4.2)";
  let description = [{
    Removed by `swy-expand-expectation`; with a sample set of one it is 1 or 0. (C1) the condition's shape.
    Example: `%p = swy.chance %hit : tensor<i1> -> tensor<f32>`
  }];
  let arguments = (ins Swy_Bool:$condition);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$condition attr-dict `:` type($condition) `->` type($result)";
  let hasVerifier = 1;
}

def Swy_ExpectedOp : Swy_Op<"expected", [Pure, Swy_Batchable, SameOperandsAndResultType]> {
  let summary = "The mean of a value over the estimator's sample set (S4.5)";
  let description = [{
    A gradient goes through it: that of the mean is the mean of the gradients. Removed by `swy-expand-expectation`; with a
    sample set of one it is the value itself. Example: `%m = swy.expected %z : tensor<10xf32>`
  }];
  let arguments = (ins Swy_Real:$input);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Swy_StopGradientOp : Swy_Op<"stop_gradient", [Pure, Swy_Differentiable, Swy_Batchable, Swy_ForGradients,
                                                  SameOperandsAndResultType]> {
  let summary = "The value itself, as a constant to every gradient; gone after `swy-differentiate`";
  let description = [{ Example: `%c = swy.stop_gradient %x : tensor<1x28x28xf32>` }];
  let arguments = (ins Swy_Real:$input);
  let results = (outs Swy_Real:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Swy_GradientOp : Swy_Op<"gradient", [Pure, AttrSizedOperandSegments, Swy_CostOpInterface]> {
  let summary = "Derivative of a scalar with respect to values it was computed from (S1.2)";
  let description = [{
    `of` is one scalar for each example; the gradient at a value with a batch dimension is each example's
    own, at a value without one (a parameter) the sum over the batch. With `seed`, each example's scalar is
    weighted by it. `where` says for which examples anything comes of the gradient (it stands in an `if`, whose arms
    are both computed); only `swy-count-gradients` asks, and takes it away. Removed by `swy-differentiate`, which must
    run after batching (S1.1).
    (C1) results have the types of `at`; (C2) `of` has rank 0 (one example) or 1 (a batch), `seed` its type, `where`
    its shape.
    Example: `%g = swy.gradient of %e at %x : tensor<f32>, tensor<1x28x28xf32> -> tensor<1x28x28xf32>`
  }];
  let arguments = (ins Swy_Real:$of, Variadic<Swy_Real>:$at, Optional<Swy_Real>:$seed, Optional<Swy_Bool>:$where);
  let results = (outs Variadic<Swy_Real>:$results);
  let assemblyFormat = [{
    `of` $of `at` $at (`seed` $seed^ `:` type($seed))? (`where` $where^ `:` type($where))? attr-dict `:`
    type($of) `,` type($at) `->` type($results)
  }];
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$results, "::mlir::Value":$of, "::mlir::ValueRange":$at,
                                 "::mlir::Value":$seed), [{
    build($_builder, $_state, results, of, at, seed, ::mlir::Value());
  }]>];
  let hasVerifier = 1;
  let extraClassDeclaration = [{ Cost getCost() { return Cost::Work; } }];
}

#endif
