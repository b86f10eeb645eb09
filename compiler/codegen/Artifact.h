// Links object files into a shared object, the artifact, and seals it.
#ifndef SWITCHYARD_COMPILER_CODEGEN_ARTIFACT_H
#define SWITCHYARD_COMPILER_CODEGEN_ARTIFACT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace switchyard {

/// Writes the shared object `path` from the bytes of object files. What the objects call (the runtime's
/// entry points) stays undefined: the runtime that opens the artifact has it. An error names the linkers
/// looked for, or carries the linker's own words.
llvm::Error linkArtifact(llvm::ArrayRef<llvm::StringRef> objects, llvm::StringRef path);

/// Puts the digest of its bytes behind them (runtime/contract/Seal.h).
llvm::Error sealArtifact(llvm::StringRef path);

} // namespace switchyard
#endif
