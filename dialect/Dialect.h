// The swy dialect in C++: types of values, the rule of broadcasting, and the generated declarations.
#ifndef SWITCHYARD_DIALECT_DIALECT_H
#define SWITCHYARD_DIALECT_DIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialect/Discardable.h"
#include "dialect/layers/Windows.h"
#include "runtime/contract/limits.h"

#include <functional>

namespace switchyard {
struct LayerKind; // dialect/layers/Layers.h
}

namespace switchyard::swy {

/// The type of a value for `batch` examples, from its type for one: a new leading dimension.
mlir::Type batchedType(mlir::Type type, int64_t batch);

/// The result type of an elementwise operation: the longest of the operands' shapes, with the element type of
/// the first. A shape that is no prefix of it is left to the verifier.
mlir::Type broadcastType(mlir::TypeRange operands);

/// Whether it has the shape of a layer's input, in that layer's program (swy.layer_program).
bool isOpen(mlir::Type type);
/// A tensor's type with other elements.
mlir::Type withElement(mlir::Type tensor, mlir::Type element);

/// Whether `shorter` is a leading part of `longer`.
bool isPrefix(llvm::ArrayRef<int64_t> shorter, llvm::ArrayRef<int64_t> longer);

/// A rank-zero tensor constant.
mlir::Value realConstant(mlir::OpBuilder &builder, mlir::Location loc, double value);

/// A parameter's type with one entry for each of `channels` in front.
mlir::RankedTensorType stackedType(mlir::RankedTensorType type, int64_t channels);

/// How a layer becomes program-level operations: for training or inference, with its random parts or without,
/// with which parameters, drawing from which stream.
struct Instantiation {
  enum class Mode { Training, Inference, RandomnessOff };
  Mode mode = Mode::Inference;
  std::function<mlir::Value(llvm::StringRef)> parameter; // by name, such as "features/0/weights"
  mlir::Value stream, rows, pass;                        // of the draws; see swy.random_uniform
  mlir::Value channel;      // inside a switching block: what each example drew, the parameters being stacked
  mlir::Value order;        // the same, of the examples as they stand inside of the block
  mlir::Value channelOfAll; // inside one where a channel serves all examples: which, its parameters being
                            // those in use
  mlir::Value step;         // of a training: its number, which tells shared draws of two steps apart
  bool onPath = false;      // the ways through all forks are given, whatever the mode
  bool onWeights = false;   // the input is a layer's weights, one for all examples (S1.9)
  mlir::Value weight;       // of each example in its batch, all together 1; where parameters are trained
  mlir::ArrayAttr asIdentity;                  // kinds of layers whose derivative is the identity; null: none
  std::function<bool(llvm::StringRef)> trains; // whether this step changes a parameter; null: none
  std::function<void(llvm::StringRef, mlir::Value)> update; // what a statistic is behind this step

  /// A parameter as an example has it: of its channel where the parameters are stacked.
  mlir::Value own(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef name) const;
};

/// What an operation costs, roughly: arithmetic may well be done again, work (a layer, a gradient) is what
/// makes programs long.
enum class Cost { Arithmetic, Work };

/// What a layer keeps from one step of a training to the next: its name is path/..., the rest is said in
/// dialect/layers/ (LayerWeights).
struct KeptParameter {
  std::string name;
  mlir::RankedTensorType type;
  std::optional<double> start;
  bool isStatistic = false;
  int64_t places = 1;
  bool isFactor = false;
  /// Of `trained(start)`: builds the start; `scalar` gives what a number of the network's is there.
  std::function<mlir::Value(mlir::OpBuilder &, llvm::function_ref<mlir::Value(mlir::Value)> scalar)>
      computed = {};
};
using LayerParameters = llvm::SmallVector<KeptParameter>;

// What the interface of layers answers, by their rows in dialect/layers/.
/// The type that it gives for an input of this type; failure after an error at the layer.
mlir::FailureOr<mlir::RankedTensorType> inferLayerType(mlir::Operation *layer, mlir::RankedTensorType input);
/// The same for an input that it takes.
mlir::RankedTensorType typeFor(mlir::Operation *layer, mlir::Value input);
LayerParameters layerParameters(mlir::Operation *layer);
/// Whether it stands on the weights of another layer.
bool isOnWeights(mlir::Operation *element);
bool layerActs(mlir::Operation *layer, bool training);
bool layerDraws(mlir::Operation *layer, bool training);
/// That a layer's result has the type that it infers for its input.
mlir::LogicalResult verifyLayer(mlir::Operation *layer);

/// That chances, where there are any, are one for each of `members`, each above 0, together 1.
mlir::LogicalResult verifyChances(mlir::Operation *op, std::optional<llvm::ArrayRef<double>> chances,
                                  int64_t members);

/// The mean over all but the leading dimensions.
mlir::Value meanOver(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input, int64_t keep);

/// The layer's operation. `arguments`, one for each of its kind's parameters: of a real a value, null where
/// it is a rate that is 0; of others an attribute.
mlir::Value createLayer(mlir::OpBuilder &builder, mlir::Location loc, const LayerKind &kind, mlir::Type type,
                        mlir::Value input, llvm::ArrayRef<mlir::OpFoldResult> arguments,
                        llvm::StringRef path);

} // namespace switchyard::swy

#include "dialect/Enums.h.inc"

#include "dialect/Dialect.h.inc"

#include "dialect/Interfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/Attributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/Types.h.inc"

namespace switchyard::swy {

/// A function's precision, its attribute `swy.precision`; float32 where there is none.
Precision precisionOf(mlir::Operation *function);
void setPrecision(mlir::Operation *function, Precision precision);

/// (C1) every operand's shape is a prefix of the result's; (C2) the result's shape is an operand's.
llvm::LogicalResult verifyBroadcast(mlir::Operation *op);

/// That what has no rank stands in a layer's program.
llvm::LogicalResult verifyRanked(mlir::Operation *op);

template <typename ConcreteOp>
class RankedOutside : public mlir::OpTrait::TraitBase<ConcreteOp, RankedOutside> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return verifyRanked(op); }
};

/// The trait of operations that broadcast by prefix.
template <typename ConcreteOp>
class PrefixBroadcast : public mlir::OpTrait::TraitBase<ConcreteOp, PrefixBroadcast> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) { return verifyBroadcast(op); }
};

// ElementwiseOps.td says what these two mean.
template <typename ConcreteOp> class Decides : public mlir::OpTrait::TraitBase<ConcreteOp, Decides> {};
template <typename ConcreteOp> class Marks : public mlir::OpTrait::TraitBase<ConcreteOp, Marks> {};
template <typename ConcreteOp>
class ForGradients : public mlir::OpTrait::TraitBase<ConcreteOp, ForGradients> {};

} // namespace switchyard::swy

#define GET_OP_CLASSES
#include "dialect/Ops.h.inc"

#endif
