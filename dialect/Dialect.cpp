// Registers the dialect's operations, types and attributes; the few rules on types that everything shares.
#include "dialect/Dialect.h"

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

Type broadcastType(TypeRange operands) {
  auto longest = cast<RankedTensorType>(operands.front());
  Type element = longest.getElementType();
  for (Type type : operands.drop_front())
    if (auto tensor = cast<RankedTensorType>(type); tensor.getRank() > longest.getRank())
      longest = tensor;
  return longest.clone(element);
}

bool isPrefix(ArrayRef<int64_t> shorter, ArrayRef<int64_t> longer) {
  return shorter.size() <= longer.size() && longer.take_front(shorter.size()) == shorter;
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

LogicalResult verifyBroadcast(Operation *op) {
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
