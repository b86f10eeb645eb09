// The kinds of discardable.def, and the dialect's verifiers that hold operations, arguments and results to
// them.
#include "dialect/Discardable.h"

#include "dialect/Experiment.h"
#include "runtime/contract/Roles.h"

using namespace mlir;

namespace switchyard::swy {

template <typename Kind> static bool is(Attribute value) {
  return isa<Kind>(value);
}

static bool isRole(Attribute value) {
  auto role = dyn_cast<StringAttr>(value);
  return role && rt::roleNamed(role.str());
}

static bool isText(Attribute value) {
  return isa<StringAttr>(value);
}

static bool isCount(Attribute value) {
  auto count = dyn_cast<IntegerAttr>(value);
  return count && count.getType().isSignlessInteger(64) && count.getInt() >= 0;
}

static bool isPositive(Attribute value) {
  return isCount(value) && cast<IntegerAttr>(value).getInt() > 0;
}

static bool isScalarOrCount(Attribute value) {
  return isText(value) || isCount(value);
}

std::optional<StringRef> expectedInstead(NamedAttribute attribute) {
#define SWY_DISCARDABLE(ID, NAME, KIND, TEXT)                                                                \
  if (attribute.getName() == ID##Attribute)                                                                  \
    return KIND(attribute.getValue()) ? std::nullopt : std::optional<StringRef>(TEXT);
#include "dialect/discardable.def"
  return std::nullopt;
}

static LogicalResult verifyDiscardable(Operation *op, NamedAttribute attribute) {
  std::optional<StringRef> expected = expectedInstead(attribute);
  if (!expected)
    return success();
  return op->emitError() << "attribute " << attribute.getName() << " is not what it should be, " << *expected;
}

LogicalResult SwyDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  return verifyDiscardable(op, attribute);
}
LogicalResult SwyDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned,
                                                   NamedAttribute attribute) {
  return verifyDiscardable(op, attribute);
}
LogicalResult SwyDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned,
                                                      NamedAttribute attribute) {
  return verifyDiscardable(op, attribute);
}

} // namespace switchyard::swy
