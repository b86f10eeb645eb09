// How linalg operations on buffers become the work of GPU threads.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace switchyard {

/// Which threads compute what of a kernel's operations.
struct KernelPlan {
  enum Kind {
    Elements,  // a thread computes `perThread` neighbouring elements, its reductions in order
    Rows,      // a thread computes a row of each operation, one operation after another
    BlockWide, // a block reduces to one element: each thread a part, then shuffles, then shared memory
  };
  Kind kind = Elements;
  int64_t perThread = 1;
  int64_t work = 1; // threads (in BlockWide blocks) that have something to do
  int64_t threads = 256, blocks = 1;
};

/// For operations that share a kernel (RowGroups.h), or one alone. Static shapes only.
KernelPlan planKernel(llvm::ArrayRef<mlir::linalg::GenericOp> ops);

/// The buffer of a block's warps that a plan needs in shared memory for each result of the first operation;
/// empty where it needs none.
llvm::SmallVector<mlir::Type> sharedBuffers(mlir::linalg::GenericOp op, const KernelPlan &plan);

/// Writes the work of one thread at the builder's place; the operations themselves stay as they are.
void buildKernelBody(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::linalg::GenericOp> ops,
                     const KernelPlan &plan, mlir::ValueRange shared);

} // namespace switchyard
#endif
