// Optimizers as programs: their verifier, and how one lands on a weight, where its tensors have sizes. (Cn)
// as in OptimizerOps.td.
#include "dialect/Experiment.h"

using namespace mlir;
using namespace switchyard::swy;

LogicalResult OptimizerOp::verify() {
  MLIRContext *context = getContext();
  Type open = UnrankedTensorType::get(Float32Type::get(context));
  Type real = RankedTensorType::get({}, Float32Type::get(context));
  SmallVector<Type> given{open, open, real, real, real};
  given.append(getScalars().size(), real);
  given.append(getStates().size(), open);
  Block &body = getBody().front();
  if (body.getArgumentTypes() != TypeRange(given)) // (C1)
    return emitOpError("needs arguments of types ") << given;
  SmallVector<Type> yielded(1 + getStates().size(), open);
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (!yield || yield->getOperandTypes() != TypeRange(yielded)) // (C2)
    return emitOpError("must yield values of types ") << yielded;
  for (Operation &op : body)
    if (op.getNumRegions() > 0 || isa<DrawOpInterface>(op)) // (C3)
      return op.emitOpError("has a region or draws, in an optimizer");
  return success();
}

bool OptimizerOp::reads(Given given) {
  return !getBody().front().getArgument(given).use_empty();
}

SmallVector<std::string> OptimizerOp::stateNames(StringRef weight) {
  SmallVector<std::string> names;
  for (StringRef state : getStates().getAsValueRange<StringAttr>())
    names.push_back((weight + "#" + state).str());
  return names;
}

SmallVector<Value> OptimizerOp::instantiate(OpBuilder &builder, RankedTensorType weight, ValueRange given) {
  Block &body = getBody().front();
  IRMapping values;
  values.map(body.getArguments(), given);
  inlineOpen(builder, body, values, weight);
  return llvm::map_to_vector(body.back().getOperands(), [&](Value v) { return values.lookup(v); });
}

LogicalResult switchyard::swy::verifyTraining(Operation *op, TrainingAttr training,
                                              SymbolTableCollection &symbols) {
  auto optimizer = symbols.lookupNearestSymbolFrom<OptimizerOp>(op, training.getOptimizer());
  if (!optimizer)
    return op->emitOpError("there is no optimizer ") << training.getOptimizer();
  DictionaryAttr scalars = training.getScalars();
  return verifyScalars(op, optimizer.getScalars(), scalars ? scalars : DictionaryAttr::get(op->getContext()),
                       "its training");
}
