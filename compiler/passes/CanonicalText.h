// The canonical text of a program: what the hash of a job covers (S6.1). Independent of names of values,
// places in the source, order of attributes and MLIR's syntax; it changes when the meaning does.
#ifndef SWITCHYARD_COMPILER_PASSES_CANONICALTEXT_H
#define SWITCHYARD_COMPILER_PASSES_CANONICALTEXT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

#include <string>

namespace switchyard {

/// One line an operation: its name and semantics version, operands and results by number, types, attributes.
std::string canonicalText(mlir::Operation *function);

/// An attribute, dictionaries sorted by name, reals in full precision.
std::string canonicalText(mlir::Attribute attribute);

/// SHA-256 in hexadecimal.
std::string sha256(llvm::StringRef text);

} // namespace switchyard

#endif
