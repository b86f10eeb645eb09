// What the tables of vector-Jacobian products share.
#ifndef SWITCHYARD_DIALECT_VJP_H
#define SWITCHYARD_DIALECT_VJP_H

#include "dialect/Dialect.h"

namespace switchyard::swy {

using Cotangents = llvm::SmallVector<mlir::Value>;

/// A comparison of two values, of the longer one's shape.
inline mlir::Value buildCompare(mlir::OpBuilder &builder, mlir::Location loc, Comparison how, mlir::Value lhs,
                                mlir::Value rhs) {
  auto type = llvm::cast<mlir::RankedTensorType>(broadcastType({lhs.getType(), rhs.getType()}));
  return CompareOp::create(builder, loc, type.clone(builder.getI1Type()), how, lhs, rhs);
}

} // namespace switchyard::swy

#endif
