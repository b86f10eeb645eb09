// The loop over an estimator's draws, as the passes that make and rewrite it share it.
#ifndef SWITCHYARD_COMPILER_PASSES_EXPECTATION_H
#define SWITCHYARD_COMPILER_PASSES_EXPECTATION_H

#include "dialect/Dialect.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace switchyard {

/// Marks such a loop.
constexpr llvm::StringLiteral expectationAttribute = "swy.expectation";

/// A loop that carries one sum for each value of `like`, of its type, from zero. Its body is empty, without a
/// terminator, for the caller to fill.
inline mlir::scf::ForOp makeSumLoop(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value low,
                                    mlir::Value high, mlir::Value step, mlir::ValueRange like) {
  mlir::Value zero = swy::realConstant(builder, loc, 0);
  llvm::SmallVector<mlir::Value> starts;
  for (mlir::Value value : like)
    starts.push_back(swy::BroadcastOp::create(builder, loc, value.getType(), zero));
  auto loop = mlir::scf::ForOp::create(builder, loc, low, high, step, starts);
  loop->setAttr(expectationAttribute, builder.getUnitAttr());
  if (!loop.getBody()->empty())
    loop.getBody()->getTerminator()->erase();
  return loop;
}

} // namespace switchyard

#endif
