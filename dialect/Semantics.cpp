// Versions, read from the operations' classes.
#include "dialect/Semantics.h"

#include "dialect/Experiment.h"

using namespace mlir;

namespace switchyard::swy {

template <typename Op, typename = void> struct VersionOf {
  static constexpr int64_t value = 1;
};
template <typename Op> struct VersionOf<Op, std::void_t<decltype(Op::semanticsVersion)>> {
  static constexpr int64_t value = Op::semanticsVersion;
};

template <typename... Ops> static llvm::DenseMap<TypeID, int64_t> versionsOf() {
  return {{TypeID::get<Ops>(), VersionOf<Ops>::value}...};
}

int64_t semanticsVersion(Operation *op) {
  static const llvm::DenseMap<TypeID, int64_t> versions = versionsOf<
#define GET_OP_LIST
#include "dialect/OpList.cpp.inc"
      ,
#define GET_OP_LIST
#include "dialect/ExperimentOps.cpp.inc"
      >();
  auto found = versions.find(op->getName().getTypeID());
  return found == versions.end() ? 1 : found->second; // of another dialect: its changes are not ours
}

} // namespace switchyard::swy
