// From kernels in the NVVM dialect to PTX.
#ifndef SWITCHYARD_COMPILER_CODEGEN_PTX_H
#define SWITCHYARD_COMPILER_CODEGEN_PTX_H

#include "mlir/IR/Operation.h"
#include "llvm/Support/Error.h"

#include <string>

namespace switchyard {

/// The PTX text of a gpu.module for a GPU by LLVM's name, such as `sm_80`; a newer GPU runs it too. The
/// context needs the LLVM and NVVM translations registered. It is an error if the text calls what is not in
/// it, such as libdevice.
llvm::Expected<std::string> emitPtx(mlir::Operation *kernels, llvm::StringRef chip);

} // namespace switchyard
#endif
