// How much work a group of operations is, and which threads do what of it.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELPLAN_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELPLAN_H

#include "compiler/lowering/gpu/KernelGroups.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

namespace switchyard {

/// Threads that run in step.
constexpr int64_t warp = 32;

/// An operation's dimensions by kind, with their sizes.
struct Dimensions {
  llvm::SmallVector<unsigned> parallel, reduced;
  llvm::SmallVector<int64_t> parallelSizes, reducedSizes;

  explicit Dimensions(mlir::linalg::GenericOp op);
  int64_t elements() const { return mlir::computeProduct(parallelSizes); }
  int64_t reductions() const { return mlir::computeProduct(reducedSizes); }
};

/// The operation by which result `i` joins a new element to what there is, or null where that is not one
/// operation that can be applied in any order.
mlir::Operation *combinerOf(mlir::linalg::GenericOp op, unsigned i);

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

} // namespace switchyard
#endif
