// Verifiers of the experiment level.
#include "dialect/Dialect.h"

using namespace mlir;
using namespace switchyard::swy;

LogicalResult NetworkOp::verify() {
  Block &body = getBody().front();
  if (body.getNumArguments() != 1 + getScalars().size())
    return emitOpError("needs one argument for the example and one for each of ")
           << getScalars().size() << " scalars";
  auto yield = dyn_cast<YieldOp>(body.back());
  auto logits = RankedTensorType::get({static_cast<int64_t>(getClasses())}, Float32Type::get(getContext()));
  if (!yield || yield->getNumOperands() != 1 || yield->getOperand(0).getType() != logits) // (C1)
    return emitOpError("must yield logits of type ") << logits;
  return success();
}

LogicalResult BlockOp::verify() {
  Block &body = getBody().front();
  if (body.getArgumentTypes() != TypeRange(getInput().getType())) // (C1)
    return emitOpError("needs one argument of its input's type, ") << getInput().getType();
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (!yield || yield->getOperandTypes() != TypeRange(getResult().getType())) // (C2)
    return emitOpError("must yield one value of its result's type, ") << getResult().getType();
  return success();
}

mlir::LogicalResult switchyard::swy::verifyLayer(Operation *layer) {
  auto input = dyn_cast<RankedTensorType>(layer->getOperand(0).getType());
  if (!input) // of a rewrite: inferred where it lands
    return success();
  FailureOr<RankedTensorType> type = cast<LayerOpInterface>(layer).inferType(input);
  if (failed(type))
    return failure();
  if (layer->getResult(0).getType() != *type)
    return layer->emitOpError() << "of " << input << " gives " << *type << ", not "
                                << layer->getResult(0).getType();
  return success();
}

LogicalResult DefenseOp::verify() {
  if (getBody().getNumArguments() != getScalars().size())
    return emitOpError("needs one argument for each of ") << getScalars().size() << " scalars";
  return success();
}

LogicalResult DefendWithOp::verify() {
  if (getDefenses().empty() || getDefenses().size() != getArguments().size()) // (C1)
    return emitOpError("needs defenses and arguments for each, got ")
           << getArguments().size() << " for " << getDefenses().size();
  return success();
}

LogicalResult AttackOp::verify() {
  Block &body = getBody().front();
  if (body.getNumArguments() != 4 + getScalars().size())
    return emitOpError("needs arguments for example, goal, rows, stream and ")
           << getScalars().size() << " scalars";
  auto yield = dyn_cast<YieldOp>(body.back());
  if (!yield || yield->getNumOperands() != 1 ||
      yield->getOperand(0).getType() != body.getArgument(0).getType())
    return emitOpError("must yield a finished example of the clean one's type");
  return success();
}
