// How linalg operations on buffers become the work of GPU threads.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H

#include "compiler/lowering/gpu/KernelGroups.h"

namespace switchyard {

/// Which threads compute what of a kernel's operations.
struct KernelPlan {
  enum Kind {
    Elements,  // a thread computes `perThread` neighbouring elements of each operation, reductions in order
    Rows,      // a thread computes a row of each operation, one operation after another
    BlockWide, // a block reduces to one element: each thread a part, then shuffles, then shared memory
  };
  Kind kind = Elements;
  int64_t perThread = 1;
  int64_t work = 1; // threads (in BlockWide blocks) that have something to do
  int64_t threads = 256, blocks = 1;
};

/// For operations that share a kernel, or one alone. Static shapes only.
KernelPlan planKernel(const KernelGroup &group);

/// The buffer of a block's warps that a plan needs in shared memory for each result of the first operation;
/// empty where it needs none.
llvm::SmallVector<mlir::Type> sharedBuffers(mlir::linalg::GenericOp op, const KernelPlan &plan);

/// Writes the work of one thread at the builder's place; the operations themselves stay as they are. Buffers of
/// the group that stay in registers are not accessed.
void buildKernelBody(mlir::OpBuilder &builder, const KernelGroup &group, const KernelPlan &plan,
                     mlir::ValueRange shared);

} // namespace switchyard
#endif
