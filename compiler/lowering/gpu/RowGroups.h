// Operations in a row that do little for each example of a batch: one kernel can do them all, a thread an
// example.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_ROWGROUPS_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_ROWGROUPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace switchyard {

using RowGroup = llvm::SmallVector<mlir::linalg::GenericOp>;

/// All linalg operations of a function (in general form) in order, those that can share a kernel together.
/// Operations of a group of several run over the same rows, and what one writes another touches in its own
/// row only.
llvm::SmallVector<RowGroup> groupByRows(mlir::func::FuncOp function);

} // namespace switchyard
#endif
