// How code generation says that something went wrong.
#ifndef SWITCHYARD_COMPILER_CODEGEN_FAILURE_H
#define SWITCHYARD_COMPILER_CODEGEN_FAILURE_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace switchyard {

inline llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

} // namespace switchyard
#endif
