// How one linalg operation on buffers becomes the work of GPU threads.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace switchyard {

/// Which threads compute what of an operation.
struct KernelPlan {
  enum Kind {
    Elements,  // a thread computes `perThread` neighbouring elements, its reductions in order
    BlockWide, // a block reduces to one element: each thread a part, then shuffles, then shared memory
  };
  Kind kind = Elements;
  int64_t perThread = 1;
  int64_t work = 1; // threads (Elements) or blocks (BlockWide) that have something to do
  int64_t threads = 256, blocks = 1;
};

/// Static shapes only.
KernelPlan planKernel(mlir::linalg::GenericOp op);

/// A thread for each row.
KernelPlan planRows(int64_t rows);

/// The buffer of a block's warps that a plan needs in shared memory for each result; empty where it needs
/// none.
llvm::SmallVector<mlir::Type> sharedBuffers(mlir::linalg::GenericOp op, const KernelPlan &plan);

/// Writes the work of one thread at the builder's place; `op` itself stays as it is.
void buildKernelBody(mlir::OpBuilder &builder, mlir::linalg::GenericOp op, const KernelPlan &plan,
                     mlir::ValueRange shared);

/// Writes one thread's row of several operations, one after another (RowGroups.h).
void buildRows(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::linalg::GenericOp> ops, const KernelPlan &plan);

} // namespace switchyard
#endif
