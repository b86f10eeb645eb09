// What a hash of a program takes from the dialect (S6.1): which meaning of an operation is meant, and what an
// attribute says. Both follow from the declarations; there is no list to keep.
#ifndef SWITCHYARD_DIALECT_SEMANTICS_H
#define SWITCHYARD_DIALECT_SEMANTICS_H

#include "mlir/IR/Operation.h"

namespace switchyard::swy {

/// The version of what the operation computes: 1, or what it declares beside its definition, in
/// `extraClassDeclaration`, as `static constexpr int64_t semanticsVersion = 2;`. Raised when its meaning
/// changes, so that results under the old one are no longer found.
int64_t semanticsVersion(mlir::Operation *op);

/// Takes the parameters of an attribute, in order.
class ParameterSink {
public:
  virtual ~ParameterSink() = default;
  virtual void number(int64_t value) = 0; ///< an enumerator, a count, the bits of a double
  virtual void text(llvm::StringRef value) = 0;
  virtual void attribute(mlir::Attribute value) = 0; ///< perhaps null
  virtual void type(mlir::Type value) = 0;           ///< perhaps null
};

/// The mnemonic and all parameters of an attribute of this dialect; false where it is none.
bool visitParameters(mlir::Attribute attribute, ParameterSink &sink);

} // namespace switchyard::swy

#endif
