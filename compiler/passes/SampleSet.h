// What an estimator averages over, as the passes that make means of it share it.
#ifndef SWITCHYARD_COMPILER_PASSES_SAMPLESET_H
#define SWITCHYARD_COMPILER_PASSES_SAMPLESET_H

#include "compiler/passes/Sampling.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace switchyard {

inline bool drawsForAttack(mlir::Operation *op) {
  auto draw = mlir::dyn_cast<swy::DrawOpInterface>(op);
  return draw && draw.getOwner() == swy::Owner::Attack;
}

/// The sample set of a function, or of an attack in it: how many draws, and the words that tell them apart.
struct SampleSet {
  mlir::Value rows;
  int64_t draws;
  std::optional<int64_t> number = {};             // none: the function's
  llvm::SmallVector<mlir::Value> cotangents = {}; // of means inside of expressions: the same under every draw
  bool ofAnswer = false; // of the draws that one answer is made of (S5.8), which every gradient goes through

  /// Of draws, gradients, means and chances.
  bool has(mlir::Operation *op) const {
    if (op->hasAttr(swy::ofAnswerAttribute) != ofAnswer)
      return ofAnswer && mlir::isa<swy::GradientOp>(op);
    auto own = op->getAttrOfType<mlir::IntegerAttr>(swy::sampleSetAttribute);
    return !number || (own && own.getInt() == *number);
  }
  bool hasDraw(mlir::Operation *op) const { return drawsForModel(op) && has(op); }
  /// Whether it makes of the rows what the model draws by: it differs from draw to draw, too.
  bool makesRows(mlir::Operation *op) const {
    return !drawsForAttack(op) && llvm::is_contained(op->getOperands(), rows) && has(op);
  }
};

/// Takes gradients through means inside of expressions (S4.5), until none of the set goes through one.
void splitAtExpected(mlir::func::FuncOp function, SampleSet &set);

} // namespace switchyard

#endif
