// What an entry function says of its arguments and results: how the attributes of discardable.def are read.
// Made where the function is made (swy-build-programs), edited by the passes after it, recorded by
// swy-assign-destinations.
#ifndef SWITCHYARD_DIALECT_ROLES_H
#define SWITCHYARD_DIALECT_ROLES_H

#include "dialect/Discardable.h"
#include "runtime/contract/Roles.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace switchyard::swy {

namespace rt = switchyard::rt;

inline mlir::StringAttr roleAttr(mlir::Builder &builder, rt::Role role) {
  return builder.getStringAttr(rt::roleName(role));
}

/// The role that an argument's or result's attributes name.
inline std::optional<rt::Role> roleOf(mlir::DictionaryAttr attributes) {
  auto role = attributes ? attributes.getAs<mlir::StringAttr>(roleAttribute) : mlir::StringAttr();
  return role ? rt::roleNamed(role.str()) : std::nullopt;
}

inline std::optional<rt::Role> roleOf(mlir::BlockArgument argument, mlir::FunctionOpInterface function) {
  return roleOf(mlir::function_interface_impl::getArgAttrDict(function, argument.getArgNumber()));
}

/// Whether a result of the function has this role.
inline bool gives(mlir::FunctionOpInterface function, rt::Role role) {
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (roleOf(mlir::function_interface_impl::getResultAttrDict(function, i)) == role)
      return true;
  return false;
}

} // namespace switchyard::swy

#endif
