// Optimizers as programs (S1.12): what an `optimizer` of the language does to a weight.

#ifndef SWITCHYARD_DIALECT_OPTIMIZER_OPS_TD
#define SWITCHYARD_DIALECT_OPTIMIZER_OPS_TD

include "dialect/ExperimentOps.td"

def Swy_OptimizerOp : Swy_Op<"optimizer", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "One step of training of a weight of any shape";
  let description = [{
    The block's arguments are the weight and its gradient, the step's number from 1, the share of the training that is done,
    in [0, 1), the l2 norm of the gradients of all weights together, then the reals that `scalars` names and what the weight
    keeps from step to step, by the names of `states`: zeros before the first step. It yields the new weight and the new
    states. A tensor without rank has the shape of the weight, `tensor<?xf32>` all its elements in one dimension; both have
    sizes where a training takes it. (C1) arguments of these types; (C2) it yields a tensor for the weight and one for each
    state; (C3) no operation has a region or draws.

    Example:
    ```
    swy.optimizer @descent scalars ["rate"] states ["v"] {
    ^bb0(%w: tensor<*xf32>, %g: tensor<*xf32>, %i: tensor<f32>, %p: tensor<f32>, %n: tensor<f32>, %rate: tensor<f32>, %v: tensor<*xf32>):
      %sum = swy.add %v, %g : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
      %step = swy.mul %rate, %sum : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
      %new = swy.sub %w, %step : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
      swy.yield %new, %sum : tensor<*xf32>, tensor<*xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$declared,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$scalars, DefaultValuedAttr<StrArrayAttr, "{}">:$states);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name (`declared` $declared^)? (`scalars` $scalars^)? (`states` $states^)? attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = Swy_declaredMethods # [{
    /// What the training gives, in the order of the block's arguments.
    enum Given : unsigned { Weight, Gradient, Iteration, Progress, Norm, GivenToAll };
    /// Whether the program reads it.
    bool reads(Given given);
    /// Names of what it keeps for the weight `weight`, in the order of its states.
    ::llvm::SmallVector<std::string> stateNames(::llvm::StringRef weight);
    /// What it yields for a weight of this type; `given` are the values of the block's arguments.
    ::llvm::SmallVector<::mlir::Value> instantiate(::mlir::OpBuilder &builder, ::mlir::RankedTensorType weight,
                                                   ::mlir::ValueRange given);
  }];
}

#endif
