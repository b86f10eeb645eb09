// Experiment level in C++: what the user wrote, and the jobs and cells it expands to. Lowering does not see
// it.
#ifndef SWITCHYARD_DIALECT_EXPERIMENT_H
#define SWITCHYARD_DIALECT_EXPERIMENT_H

#include "dialect/Dialect.h"
#include "dialect/Real.h"

#include "mlir/IR/IRMapping.h"

namespace switchyard::swy {

/// Whether a dictionary holds finite reals (f64) and whole numbers (i64) alone.
bool areScalars(mlir::DictionaryAttr entries);

/// A function that a job calls, and where its scalars come from.
struct JobCall {
  enum As { Init, Step, Validate, Run, Predict, Stage } as;
  mlir::FlatSymbolRefAttr function; ///< null before swy-build-programs
  mlir::DictionaryAttr ofModel;     ///< the protected network's
  mlir::DictionaryAttr own;         ///< the attack's, or the recipe's; perhaps null

  /// The value of an argument with these attributes; null where it is no scalar or has none.
  mlir::Attribute valueOf(mlir::DictionaryAttr argument) const;
};

} // namespace switchyard::swy

#include "dialect/ExperimentEnums.h.inc"

#include "dialect/JobInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/ExperimentAttributes.h.inc"

#define GET_OP_CLASSES
#include "dialect/ExperimentOps.h.inc"

namespace switchyard::swy {

/// The parameter of a layer with weights that a chain may stand on.
KeptParameter factorsOf(LayerOpInterface layer);
/// Whether it may stand in such a chain: it keeps the shape of whatever it is given.
bool mayStandOnWeights(LayerOpInterface layer);
/// Whether examples are held to a radius; else they are anywhere, and near in that norm.
bool isBall(Norm norm);
/// Whether an estimator has so many draws (S4.1).
bool hasDraws(Estimator estimator, int64_t draws);

// What verifiers of several operations ask; each emits its error at `op`.

/// That `values` have one for each scalar; `of` says whose they are.
mlir::LogicalResult verifyScalars(mlir::Operation *op, mlir::ArrayAttr scalars, mlir::DictionaryAttr values,
                                  const llvm::Twine &of);
/// That there is such an optimizer, and that the training has a value for each of its scalars.
mlir::LogicalResult verifyTraining(mlir::Operation *op, TrainingAttr training,
                                   mlir::SymbolTableCollection &symbols);
/// That the attack takes examples of the network and asks it for its logits.
mlir::LogicalResult verifyAttackOn(mlir::Operation *op, AttackOp attack, NetworkOp network);
/// That there is such an augmentation, of the network's images; null is none.
mlir::LogicalResult verifyAugmentation(mlir::Operation *op, mlir::FlatSymbolRefAttr augmentation,
                                       NetworkOp network, mlir::SymbolTableCollection &symbols);

/// That there is such a loss, without scalars, for the network's images and classes; null is none.
mlir::LogicalResult verifyLoss(mlir::Operation *op, mlir::FlatSymbolRefAttr loss, NetworkOp network,
                               mlir::SymbolTableCollection &symbols);

/// That there is such an attack, without scalars, for the network's images and classes; null is none.
mlir::LogicalResult verifyValidation(mlir::Operation *op, mlir::FlatSymbolRefAttr against, NetworkOp network,
                                     mlir::SymbolTableCollection &symbols);

/// Clones a program for any shape, but its terminator, where that shape is `shape`. `own` gives the values of
/// operations that are others there, nothing for the rest; `cloned` sees each copy.
void inlineOpen(mlir::OpBuilder &builder, mlir::Block &body, mlir::IRMapping &values,
                mlir::RankedTensorType shape, llvm::function_ref<mlir::Value(mlir::Operation &)> own = {},
                llvm::function_ref<void(mlir::Operation *)> cloned = {});

} // namespace switchyard::swy

#endif
