// Verifiers of the library level: that geometries have their numbers, calls their operands, loops their
// bodies.
#include "dialect/Dialect.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace switchyard::swy {

LogicalResult PrepareOp::verify() {
  size_t wanted = getLibrary() == Library::Conv2d ? 14 : 5;
  if (getGeometry().size() != wanted) // C1
    return emitOpError("geometry of ")
           << stringifyLibrary(getLibrary()) << " has " << wanted << " numbers, got " << getGeometry().size();
  bool packs = getDirection() != Direction::BackwardWeights;
  if (packs != static_cast<bool>(getWeights())) // C2
    return emitOpError() << stringifyDirection(getDirection())
                         << (packs ? " packs weights, got none" : " takes no weights");
  return success();
}

LogicalResult LibraryCallOp::verify() {
  size_t inputs = getDirection() == Direction::BackwardInput ? 1 : 2;
  size_t outputs = getDirection() == Direction::BackwardWeights ? 2 : 1;
  bool hasNoBias = getDirection() == Direction::Forward && getInputs().size() == 1;
  if ((getInputs().size() != inputs && !hasNoBias) || getOutputs().size() != outputs) // C1
    return emitOpError() << stringifyDirection(getDirection()) << " takes " << inputs << " inputs and "
                         << outputs << " outputs, got " << getInputs().size() << " and "
                         << getOutputs().size();
  if (getOffsets() && getDirection() == Direction::BackwardWeights)
    return emitOpError("backward_weights is never grouped");
  return success();
}

LogicalResult SortRowsOp::verify() {
  auto shape = [](Value value) { return cast<ShapedType>(value.getType()).getShape(); };
  ArrayRef<int64_t> channels = shape(getChannel());
  if (getOutputs().size() != 3 || channels.size() != 1 || shape(getOutputs()[0]) != channels ||
      shape(getOutputs()[1]) != channels ||
      shape(getOutputs()[2]) != ArrayRef<int64_t>{static_cast<int64_t>(getBelow()) + 1}) // (C1)
    return emitOpError("writes order, inverse and ")
           << getBelow() + 1 << " offsets of " << getChannel().getType();
  return success();
}

LogicalResult ParallelForOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto body = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getBodyAttr());
  if (!body)
    return emitOpError("there is no function ") << getBodyAttr();
  SmallVector<Type> wanted(2, IndexType::get(getContext()));
  llvm::append_range(wanted, getCaptures().getTypes());
  if (body.getArgumentTypes() != ArrayRef<Type>(wanted) || body.getNumResults() != 0) // C1
    return emitOpError("body ") << getBodyAttr() << " does not take two indices and the captures";
  return success();
}

} // namespace switchyard::swy
