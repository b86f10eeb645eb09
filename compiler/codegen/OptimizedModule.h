// From a module in the LLVM or NVVM dialect to optimized LLVM IR, for either kind of target.
#ifndef SWITCHYARD_COMPILER_CODEGEN_OPTIMIZEDMODULE_H
#define SWITCHYARD_COMPILER_CODEGEN_OPTIMIZEDMODULE_H

#include "mlir/IR/Operation.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace switchyard {

/// `source` is a builtin.module or a gpu.module; its context needs its dialects' translations registered.
llvm::Expected<std::unique_ptr<llvm::Module>>
optimizedModule(mlir::Operation *source, llvm::TargetMachine &machine, llvm::LLVMContext &context);

} // namespace switchyard
#endif
