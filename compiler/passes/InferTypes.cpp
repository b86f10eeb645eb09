// Each layer says its own; what has chains of its own asks these.
#include "compiler/passes/InferTypes.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

std::string shapeText(Type type) {
  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::interleave(cast<RankedTensorType>(type).getShape(), out, "x");
  return text;
}

namespace {

/// Of a chain in an operation's region: the type it gives for the input's.
FailureOr<Type> inferChain(Region &chain, Value input) {
  Block &body = chain.front();
  body.getArgument(0).setType(input.getType());
  if (failed(inferTypes(body)))
    return failure();
  return body.back().getOperand(0).getType();
}

LogicalResult inferResidual(ResidualOp residual) {
  FailureOr<Type> main = inferChain(residual.getMain(), residual.getInput()),
                  shortcut = inferChain(residual.getShortcut(), residual.getInput());
  if (failed(main) || failed(shortcut))
    return failure();
  if (*main != *shortcut) {
    return residual->emitError("the residual gives ")
           << shapeText(*main) << ", its shortcut " << shapeText(*shortcut)
           << ": only what has one shape can be summed";
  }
  residual->getResult(0).setType(*main);
  return success();
}

LogicalResult inferChoice(ChooseOp choice) {
  Type first;
  for (Region &member : choice.getMembers()) {
    FailureOr<Type> type = inferChain(member, choice.getInput());
    if (failed(type))
      return failure();
    if (first && *type != first)
      return choice->emitError("its first member gives ")
             << shapeText(first) << ", another one " << shapeText(*type)
             << ": what is chosen from has one shape";
    first = *type;
  }
  choice->getResult(0).setType(first);
  return success();
}

/// What stands on a layer's weights keeps their shape.
LogicalResult inferWeightChain(LayerOpInterface layer) {
  Region *chain = layer.getWeightChain();
  if (!chain)
    return success();
  Block &body = chain->front();
  RankedTensorType weights = factorsOf(layer).type;
  body.getArgument(0).setType(weights);
  return inferTypes(body);
}

} // namespace

LogicalResult inferTypes(Block &block) {
  for (Operation &op : block) {
    if (auto layer = dyn_cast<LayerOpInterface>(op)) {
      FailureOr<RankedTensorType> type = layer.inferType(cast<RankedTensorType>(op.getOperand(0).getType()));
      if (failed(type))
        return failure();
      op.getResult(0).setType(*type);
      if (failed(inferWeightChain(layer)))
        return failure();
    } else if (auto residual = dyn_cast<ResidualOp>(op)) {
      if (failed(inferResidual(residual)))
        return failure();
    } else if (auto choice = dyn_cast<ChooseOp>(op)) {
      if (failed(inferChoice(choice)))
        return failure();
    } else if (auto inner = dyn_cast<BlockOp>(op)) {
      FailureOr<Type> type = inferChain(inner.getBody(), inner.getInput());
      if (failed(type))
        return failure();
      inner->getResult(0).setType(*type);
    }
  }
  return success();
}

} // namespace switchyard
