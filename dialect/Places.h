// Where in the user's text an operation comes from.
#ifndef SWITCHYARD_DIALECT_PLACES_H
#define SWITCHYARD_DIALECT_PLACES_H

#include "mlir/IR/Location.h"

namespace switchyard::swy {

/// The first place in a file that a location names; null where it names none.
inline mlir::FileLineColRange firstPlace(mlir::Location loc) {
  mlir::FileLineColRange place;
  loc->walk([&](mlir::Location inner) {
    place = llvm::dyn_cast<mlir::FileLineColRange>(inner);
    return place ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
  });
  return place;
}

} // namespace switchyard::swy

#endif
