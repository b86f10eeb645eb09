// Registers the dialect's operations, types and attributes; the few rules on types that everything shares.
#include "dialect/Experiment.h"
#include "runtime/contract/limits.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialect/Dialect.cpp.inc"
#include "dialect/Enums.cpp.inc"
#include "dialect/Interfaces.cpp.inc"

namespace switchyard::swy {

void SwyDialect::initialize() {
  registerTypes();
  registerSwyDialectOperations(this);
  registerExperimentLevel();
}

Type batchedType(Type type, int64_t batch) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape{batch};
  llvm::append_range(shape, tensor.getShape());
  return RankedTensorType::get(shape, tensor.getElementType());
}

RankedTensorType stackedType(RankedTensorType type, int64_t channels) {
  return cast<RankedTensorType>(batchedType(type, channels));
}

bool isOpen(Type type) {
  return isa<UnrankedTensorType>(type);
}

Type withElement(Type tensor, Type element) {
  if (isOpen(tensor))
    return UnrankedTensorType::get(element);
  return cast<RankedTensorType>(tensor).clone(element);
}

Type broadcastType(TypeRange operands) {
  Type element = cast<TensorType>(operands.front()).getElementType(), longest = operands.front();
  for (Type type : operands.drop_front()) {
    if (isOpen(longest))
      break;
    if (isOpen(type) || cast<RankedTensorType>(type).getRank() > cast<RankedTensorType>(longest).getRank())
      longest = type;
  }
  return withElement(longest, element);
}

bool isPrefix(ArrayRef<int64_t> shorter, ArrayRef<int64_t> longer) {
  return shorter.size() <= longer.size() && longer.take_front(shorter.size()) == shorter;
}

LogicalResult verifyChances(Operation *op, std::optional<ArrayRef<double>> chances, int64_t members) {
  if (!chances)
    return success();
  double sum = 0;
  for (double one : *chances)
    sum += one > 0 ? one : std::numeric_limits<double>::quiet_NaN();
  if (static_cast<int64_t>(chances->size()) != members || !(std::abs(sum - 1) <= limits::chancesOff))
    return op->emitOpError("needs a chance above 0 for each of ") << members << ", together 1";
  return success();
}

Value realConstant(OpBuilder &builder, Location loc, double value) {
  auto type = RankedTensorType::get({}, builder.getF32Type());
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, static_cast<float>(value)));
}

Precision precisionOf(Operation *function) {
  auto precision = function->getAttrOfType<PrecisionAttr>(precisionAttribute);
  return precision ? precision.getValue() : Precision::Float32;
}

void setPrecision(Operation *function, Precision precision) {
  if (precision == Precision::Float32)
    function->removeAttr(precisionAttribute);
  else
    function->setAttr(precisionAttribute, PrecisionAttr::get(function->getContext(), precision));
}

LogicalResult verifyRanked(Operation *op) {
  bool open = llvm::any_of(op->getOperandTypes(), isOpen) || llvm::any_of(op->getResultTypes(), isOpen);
  if (open && !isa_and_nonnull<LayerProgramOp, OptimizerOp>(op->getParentOp()))
    return op->emitOpError(
        "has a tensor without rank, which stands in a layer's or an optimizer's program only");
  return success();
}

/// In a layer's program: (C2), and numbers beside.
static LogicalResult verifyOpenBroadcast(Operation *op) {
  bool some = false;
  for (Type type : op->getOperandTypes()) {
    some |= isOpen(type);
    if (!isOpen(type) && cast<RankedTensorType>(type).getRank() > 0)
      return op->emitOpError("operand of type ") << type << " does not broadcast to the layer's input";
  }
  if (some != isOpen(op->getResult(0).getType()))
    return op->emitOpError("result has a shape that no operand has");
  return success();
}

LogicalResult verifyBroadcast(Operation *op) {
  if (isOpen(op->getResult(0).getType()) || llvm::any_of(op->getOperandTypes(), isOpen))
    return verifyOpenBroadcast(op);
  ArrayRef<int64_t> result = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  bool some = false;
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (!isPrefix(type.getShape(), result))
      return op->emitOpError("operand of type ")
             << type << " does not broadcast to " << op->getResult(0).getType();
    some |= type.getShape() == result;
  }
  if (!some)
    return op->emitOpError("result has a shape that no operand has");
  return success();
}

} // namespace switchyard::swy
