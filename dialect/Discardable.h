// Names of the attributes of discardable.def, and whether they hold what they should.
#ifndef SWITCHYARD_DIALECT_DISCARDABLE_H
#define SWITCHYARD_DIALECT_DISCARDABLE_H

#include "mlir/IR/Attributes.h"

namespace switchyard::swy {

#define SWY_DISCARDABLE(ID, NAME, KIND, TEXT) constexpr llvm::StringLiteral ID##Attribute = NAME;
#include "dialect/discardable.def"

/// What the attribute of that name should be, where it is not that; nothing where it is, or has another name.
std::optional<llvm::StringRef> expectedInstead(mlir::NamedAttribute attribute);

} // namespace switchyard::swy

#endif
