// The network of a choice of defenses.
#ifndef SWITCHYARD_COMPILER_PASSES_CHOSENNETWORK_H
#define SWITCHYARD_COMPILER_PASSES_CHOSENNETWORK_H

#include "compiler/passes/NetworkProgram.h"

namespace switchyard {

/// A network that is one choice at `path` among copies of `members` (swy.network); its scalars are theirs,
/// one after another. It stands behind `base`, whose images and classes it has.
swy::NetworkOp chosenNetwork(swy::NetworkOp base, llvm::ArrayRef<mlir::Operation *> members,
                             mlir::DenseF64ArrayAttr chances, llvm::StringRef path, llvm::StringRef name);

} // namespace switchyard

#endif
