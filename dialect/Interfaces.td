// What an operation declares so that passes need no list of operations: its vector-Jacobian product, and how
// its type changes when one example becomes a batch.

#ifndef SWITCHYARD_DIALECT_INTERFACES_TD
#define SWITCHYARD_DIALECT_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Swy_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation that can be differentiated in reverse: it builds the vector-Jacobian product of itself.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds, after the forward operations, the cotangents of the operands from those of the results.
        `cotangents[i]` is null where nothing depends on result i; `needed[j]` says whether operand j's is
        asked for. The answer has one entry for each operand, null for those not needed or without derivative.
      }],
      "::llvm::SmallVector<::mlir::Value>", "buildVjp",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents, "::llvm::ArrayRef<bool>":$needed)>
  ];
}

def Swy_BatchableOpInterface : OpInterface<"BatchableOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation written for one example that acts on each example of a batch alone (S1.1), so that giving
    some operands and all results a leading batch dimension keeps its meaning.
  }];
  let methods = [
    InterfaceMethod<[{
        Called when the operation's operands have their batched types and its results are to follow. The
        default prefixes every result's shape with `batch`; operations with attributes that count leading
        dimensions adjust those too.
      }],
      "void", "batchResults", (ins "int64_t":$batch), [{}], [{
        for (::mlir::Value result : $_op->getResults())
          result.setType(::switchyard::swy::batchedType(result.getType(), batch));
      }]>
  ];
}

#endif
