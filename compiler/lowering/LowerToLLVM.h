// What the patterns of the last step of the lowering share: making calls of the runtime.
#ifndef SWITCHYARD_COMPILER_LOWERING_LOWERTOLLVM_H
#define SWITCHYARD_COMPILER_LOWERING_LOWERTOLLVM_H

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace switchyard {

/// The running call's context: the first argument of every entry function.
mlir::Value contextOf(mlir::Operation *op);

/// A constant of 64 bits.
mlir::Value integer(mlir::OpBuilder &builder, mlir::Location loc, int64_t value);

/// What a converted value is passed as: a buffer as the address of its first element, all else as it is.
mlir::Value passed(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value original, mlir::Value converted);

/// A call of runtime/contract/entry_points.def; null where it has no result.
mlir::Value callEntryPoint(mlir::OpBuilder &builder, mlir::Operation *op, const mlir::Twine &name,
                           llvm::ArrayRef<mlir::Value> arguments);

/// Stack memory made at the function's start: inside a loop the stack would grow with every turn.
mlir::Value stackSlot(mlir::OpBuilder &builder, mlir::Operation *op, mlir::Type type);

/// Launches of kernels as calls of the runtime (gpu/LowerLaunch.cpp).
void populateLaunchPatterns(const mlir::LLVMTypeConverter &types, mlir::RewritePatternSet &patterns);

/// Gives an emulated kernel the form that runtime/contract/abi.h describes (gpu/EmulateKernels.cpp).
void wrapEmulatedKernel(mlir::func::FuncOp function);

} // namespace switchyard
#endif
