// How linalg operations on buffers become the work of GPU threads.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H

#include "compiler/lowering/gpu/KernelGroups.h"

namespace switchyard {

/// Which threads compute what of a group's operations.
struct PartPlan {
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

/// For a group that has a kernel for itself. Static shapes only.
PartPlan planPart(const KernelGroup &group);

/// For the parts of a kernel, one block size for all.
llvm::SmallVector<PartPlan> planKernel(llvm::ArrayRef<KernelGroup> parts);

/// The buffer of a block's warps that a plan needs in shared memory for each result of the first operation;
/// empty where it needs none.
llvm::SmallVector<mlir::Type> sharedBuffers(mlir::linalg::GenericOp op, const PartPlan &plan);

/// Writes the work of one thread at the builder's place; the operations themselves stay as they are. Buffers of
/// a group that stay in registers are not accessed. A kernel with shared buffers has one part.
void buildKernelBody(mlir::OpBuilder &builder, llvm::ArrayRef<KernelGroup> parts,
                     llvm::ArrayRef<PartPlan> plans, mlir::ValueRange shared);

} // namespace switchyard
#endif
