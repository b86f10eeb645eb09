// From a module in the LLVM dialect to optimized machine code.
#ifndef SWITCHYARD_COMPILER_CODEGEN_OBJECTFILE_H
#define SWITCHYARD_COMPILER_CODEGEN_OBJECTFILE_H

#include "compiler/codegen/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <utility>
#include <vector>

namespace switchyard {

/// Data that an object exports beside its functions.
struct ArtifactData {
  std::vector<std::pair<std::string, std::string>> texts; // symbol and text, which ends with a zero
  std::vector<std::pair<std::string, int32_t>> numbers;
  /// Functions of the module with their numbers of parameters, listed under the symbol `tableSymbol`
  /// (swy_emulated_entry).
  std::vector<std::pair<std::string, int64_t>> table;
  std::string tableSymbol;
};

/// Writes an object file. The module's context needs the LLVM translation registered.
llvm::Error emitObject(mlir::ModuleOp module, const ArtifactData &data, const TargetOptions &options,
                       llvm::raw_pwrite_stream &output);

/// Writes the optimized LLVM IR as text.
llvm::Error emitLLVMText(mlir::ModuleOp module, const TargetOptions &options, llvm::raw_ostream &output);

} // namespace switchyard
#endif
