// The runtime's entry points as the compiler sees them, from the same table as the C header
// (runtime/contract/abi.h).
#ifndef SWITCHYARD_COMPILER_LOWERING_ENTRYPOINTS_H
#define SWITCHYARD_COMPILER_LOWERING_ENTRYPOINTS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace switchyard {

/// The declaration of an entry point in `module`, added on first use. The name must be in the table.
mlir::LLVM::LLVMFuncOp declareEntryPoint(mlir::ModuleOp module, llvm::StringRef name);

} // namespace switchyard
#endif
