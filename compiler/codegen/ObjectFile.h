// From a module in the LLVM dialect to optimized machine code.
#ifndef SWITCHYARD_COMPILER_CODEGEN_OBJECTFILE_H
#define SWITCHYARD_COMPILER_CODEGEN_OBJECTFILE_H

#include "compiler/codegen/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace switchyard {

/// Data that the object exports beside its functions.
struct ArtifactData {
  std::string plan;       // JSON text, exported as a zero-terminated string under `planSymbol`
  int32_t abiVersion = 0; // exported under `abiVersionSymbol`
  std::string planSymbol, abiVersionSymbol;
};

/// Writes an object file. The module's context needs the LLVM translation registered.
llvm::Error emitObject(mlir::ModuleOp module, const ArtifactData &data, const TargetOptions &options,
                       llvm::raw_pwrite_stream &output);

/// Writes the optimized LLVM IR as text.
llvm::Error emitLLVMText(mlir::ModuleOp module, const TargetOptions &options, llvm::raw_ostream &output);

} // namespace switchyard
#endif
