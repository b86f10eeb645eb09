// How linalg operations on buffers become the work of GPU threads.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELBODY_H

#include "compiler/lowering/gpu/KernelPlan.h"

namespace switchyard {

/// The buffer of a block's warps that a plan needs in shared memory for each result of the first operation;
/// empty where it needs none.
llvm::SmallVector<mlir::Type> sharedBuffers(mlir::linalg::GenericOp op, const PartPlan &plan);

/// Writes the work of one thread at the builder's place; the operations themselves stay as they are. Buffers
/// of a group that stay in registers are not accessed. A kernel with shared buffers has one part.
void buildKernelBody(mlir::OpBuilder &builder, llvm::ArrayRef<KernelGroup> parts,
                     llvm::ArrayRef<PartPlan> plans, mlir::ValueRange shared);

} // namespace switchyard
#endif
