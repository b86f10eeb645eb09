// The swy dialect: its name, the base class of its operations, and what constrains them. No definition of an operation,
// attribute or enumeration stands here: both levels include this file, and each generates its own (CMakeLists.txt).
// Scalars are tensors of rank zero throughout, so that one rule of broadcasting serves one example and a batch.

#ifndef SWITCHYARD_DIALECT_DIALECT_TD
#define SWITCHYARD_DIALECT_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Swy_Dialect : Dialect {
  let name = "swy";
  let cppNamespace = "::switchyard::swy";
  let summary = "Randomized defenses of neural networks, attacks on them, experiments with them";
  let description = [{
    Two levels in one dialect. At experiment level (`ExperimentOps.td`, `GridOps.td`, `JobOps.td`) a module holds what the user wrote:
    networks with blocks, defenses as rewrites, attacks as programs for one example, experiments as grids; and what these
    expand to, `swy.*_job` and `swy.cell` operations that say what runs with which scalars. At program level
    (`ElementwiseOps.td`, `TensorOps.td`, `ExpectationOps.td`, `NetworkOps.td`) every piece of work is a function over tensors of static shape.

    Broadcasting is by prefix: an operand whose shape is a leading part of the result's is repeated over the
    rest. `tensor<f32>` (a scalar) thus broadcasts over an example `tensor<1x28x28xf32>`, and after batching
    `tensor<100xf32>` (a value for each example) over `tensor<100x1x28x28xf32>`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1; // Discardable.cpp
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let extraClassDeclaration = [{
    void registerTypes();
    void registerExperimentLevel();
  }];
}

class Swy_Op<string mnemonic, list<Trait> traits = []> : Op<Swy_Dialect, mnemonic, traits>;

def Swy_Real : RankedTensorOf<[F32]>;
def Swy_Int  : RankedTensorOf<[I32]>;
def Swy_Bool : RankedTensorOf<[I1]>;
def Swy_Any  : RankedTensorOf<[F32, I32, I1]>;

/// The same in the program of a layer, too (LayerOps.td), where what has the shape of the layer's input has no rank yet.
def Swy_OpenReal : TensorOf<[F32]>;
def Swy_OpenBool : TensorOf<[I1]>;
def Swy_OpenAny  : TensorOf<[F32, I32, I1]>;
/// Its tensors have a rank but for there.
def Swy_RankedOutside : NativeOpTrait<"RankedOutside"> {
  let cppNamespace = "::switchyard::swy";
}

/// A limit of runtime/contract/limits.h, by its name there.
class Swy_AtMost<string limit> : AttrConstraint<
    CPred<"::llvm::cast<::mlir::IntegerAttr>($_self).getInt() <= ::switchyard::limits::" # limit>,
    "whose value is at most limits::" # limit>;

def Swy_Padding  : ConfinedAttr<I64Attr, [IntNonNegative]>;
def Swy_PoolSize : ConfinedAttr<I64Attr, [IntMinValue<1>, Swy_AtMost<"poolSide">]>;

/// Of members that are drawn from: one number above 0 for each, together 1; none: equal ones.
def Swy_Chances : OptionalAttr<DenseF64ArrayAttr>;

#endif
