// Operations in a row that can share a kernel: they run over the same elements, or each does little for every
// example of a batch.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_KERNELGROUPS_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_KERNELGROUPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace switchyard {

struct KernelGroup {
  enum Kind {
    Elements, // element `i` of every operation, in the order of memory, is one thread's
    Rows,     // row `i` of every operation is one thread's
    Alone,    // one operation, run as is best for it
  };
  Kind kind = Alone;
  llvm::SmallVector<mlir::linalg::GenericOp> ops;
  /// Buffers that nothing else touches, and whose values a thread can hand on in registers.
  llvm::SetVector<mlir::Value> inRegisters;
};

/// Groups that do not depend on each other: blocks of their own in one kernel.
using KernelParts = llvm::SmallVector<KernelGroup>;

/// All linalg operations of a function (in general form) in order, those that can share a kernel together.
/// What an operation of a group writes, others of the group touch in the same thread only, and other parts of
/// the kernel not at all.
llvm::SmallVector<KernelParts> groupForKernels(mlir::func::FuncOp function);

/// The buffer behind views that only change the shape.
mlir::Value behindViews(mlir::Value buffer);

/// Whether a thread that has a row of the operation does it without loops.
bool isShortRow(mlir::linalg::GenericOp op);

/// Which of a thread's values in the operand's buffer an iteration accesses, if that is known when compiling:
/// in a group of rows the number in the row, from those of the indices that are known; in a group of elements
/// `element`, the number that the iteration has among the thread's.
std::optional<int64_t> registerOf(mlir::OpOperand &operand, llvm::ArrayRef<std::optional<int64_t>> indices,
                                  KernelGroup::Kind kind, int64_t element);

} // namespace switchyard
#endif
