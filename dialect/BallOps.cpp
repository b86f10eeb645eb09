// Builders and verifiers of what projections ask of a whole example. (Cn) as in BallOps.td.
#include "dialect/Dialect.h"

using namespace mlir;
using namespace switchyard::swy;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Fails unless a number is one for each example, or for all.
static LogicalResult verifyNumber(Operation *op, Value number, ArrayRef<int64_t> leading) {
  if (shapeOf(number).empty() || shapeOf(number) == leading)
    return success();
  return op->emitOpError("takes one number for each example or one for all, got ") << number.getType();
}

//===----------------------------------------------------------------------===//
// l1
//===----------------------------------------------------------------------===//

void L1ThresholdOp::build(OpBuilder &builder, OperationState &state, Value sizes, Value most, Value radius) {
  build(builder, state, RankedTensorType::get({}, builder.getF32Type()), sizes, most, radius, 0);
}

LogicalResult L1ThresholdOp::verify() {
  ArrayRef<int64_t> sizes = shapeOf(getSizes());
  if (getKeep() > sizes.size() || shapeOf(getResult()) != sizes.take_front(getKeep())) // (C2)
    return emitOpError("keeps ") << getKeep() << " leading dimensions of " << getSizes().getType()
                                 << ", which is not " << getResult().getType();
  return verifyNumber(*this, getRadius(), shapeOf(getResult())); // (C3)
}

void L1ThresholdOp::batchResults(int64_t batch) {
  setKeep(getKeep() + 1);
  getResult().setType(cast<RankedTensorType>(batchedType(getResult().getType(), batch)));
}

bool L1ThresholdOp::sharesOperand(unsigned operand) {
  return operand == getRadiusMutable().getOperandNumber();
}

//===----------------------------------------------------------------------===//
// l0
//===----------------------------------------------------------------------===//

void AmongLargestOp::build(OpBuilder &builder, OperationState &state, Value input, Value number,
                           bool pixels) {
  Type mask = RankedTensorType::get(shapeOf(input), builder.getI1Type());
  build(builder, state, mask, input, number, 0, pixels);
}

LogicalResult AmongLargestOp::verify() {
  ArrayRef<int64_t> input = shapeOf(getInput());
  size_t keep = getKeep();
  if (keep >= input.size() || (getPixels() && input.size() != keep + 3)) // (C1)
    return emitOpError("finds no ") << (getPixels() ? "pixels" : "elements") << " behind " << keep
                                    << " dimensions of " << getInput().getType();
  if (shapeOf(getResult()) != input) // (C3)
    return emitOpError("must answer for each element of ")
           << getInput().getType() << ", got " << getResult().getType();
  return verifyNumber(*this, getNumber(), input.take_front(keep)); // (C2)
}

void AmongLargestOp::batchResults(int64_t batch) {
  setKeep(getKeep() + 1);
  getResult().setType(cast<RankedTensorType>(batchedType(getResult().getType(), batch)));
}

bool AmongLargestOp::sharesOperand(unsigned operand) {
  return operand == getNumberMutable().getOperandNumber();
}
