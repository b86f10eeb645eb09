// The vector-Jacobian product of every differentiable operation, beside one another as in a textbook's table.
// `dy` is the result's cotangent. A broadcast operand receives the sum over what it was repeated over.
#include "dialect/Dialect.h"

using namespace mlir;
using namespace switchyard::swy;

using Cotangents = SmallVector<Value>;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// The cotangent of an operand that broadcasting repeated: summed down to the operand's shape.
static Value reduceTo(OpBuilder &builder, Location loc, Value cotangent, Value operand) {
  int64_t rank = typeOf(operand).getRank();
  if (typeOf(cotangent).getRank() == rank)
    return cotangent;
  return ReduceSumOp::create(builder, loc, cotangent, rank);
}

/// The cotangent spread to `type` where an operation's result was larger than the cotangent's carrier.
static Value fill(OpBuilder &builder, Location loc, Value cotangent, Type type) {
  return cotangent.getType() == type ? cotangent : Value(BroadcastOp::create(builder, loc, type, cotangent));
}

static Value compare(OpBuilder &builder, Location loc, Comparison how, Value lhs, Value rhs) {
  auto type = cast<RankedTensorType>(broadcastType({lhs.getType(), rhs.getType()}));
  return CompareOp::create(builder, loc, type.clone(builder.getI1Type()), how, lhs, rhs);
}

/// Of a unary operation whose derivative `slope` is an expression of the same shape.
static Cotangents timesSlope(OpBuilder &builder, Location loc, Value dy, Value slope) {
  return {MulOp::create(builder, loc, dy, slope)};
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Cotangents NegOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {NegOp::create(b, getLoc(), dy[0])};
}

Cotangents AbsOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return timesSlope(b, getLoc(), dy[0], SignOp::create(b, getLoc(), getInput()));
}

Cotangents SignOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>) {
  return {Value()};
}

Cotangents FloorOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>) {
  return {Value()};
}

Cotangents ExpOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return timesSlope(b, getLoc(), dy[0], getResult());
}

Cotangents LogOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {DivOp::create(b, getLoc(), dy[0], getInput())};
}

Cotangents SqrtOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  Value half = realConstant(b, getLoc(), 0.5);
  return {MulOp::create(b, getLoc(), half, DivOp::create(b, getLoc(), dy[0], getResult()))};
}

Cotangents VariableOp::buildVjp(OpBuilder &, ValueRange dy, ArrayRef<bool>) {
  return {dy[0]};
}

Cotangents TanhOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) { // 1 - y^2
  Value square = MulOp::create(b, getLoc(), getResult(), getResult());
  return timesSlope(b, getLoc(), dy[0], SubOp::create(b, getLoc(), realConstant(b, getLoc(), 1), square));
}

Cotangents ReluOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {ReluBackwardOp::create(b, getLoc(), dy[0].getType(), dy[0], getResult())};
}

Cotangents AddOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return {needed[0] ? reduceTo(b, getLoc(), dy[0], getLhs()) : Value(),
          needed[1] ? reduceTo(b, getLoc(), dy[0], getRhs()) : Value()};
}

Cotangents SubOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return {needed[0] ? reduceTo(b, getLoc(), dy[0], getLhs()) : Value(),
          needed[1] ? reduceTo(b, getLoc(), NegOp::create(b, getLoc(), dy[0]), getRhs()) : Value()};
}

Cotangents MulOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  auto product = [&](Value other, Value operand) {
    return reduceTo(b, getLoc(), MulOp::create(b, getLoc(), dy[0], other), operand);
  };
  return {needed[0] ? product(getRhs(), getLhs()) : Value(),
          needed[1] ? product(getLhs(), getRhs()) : Value()};
}

Cotangents DivOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) { // 1 / r and -(l / r) / r
  Location loc = getLoc();
  Cotangents result(2);
  Value quotient = DivOp::create(b, loc, dy[0], getRhs());
  if (needed[0])
    result[0] = reduceTo(b, loc, quotient, getLhs());
  if (needed[1])
    result[1] =
        reduceTo(b, loc, NegOp::create(b, loc, MulOp::create(b, loc, quotient, getResult())), getRhs());
  return result;
}

/// y x^(y - 1), and x^y log x; both 0 where the power does not move: at y = 0, and at x = 0 with y >= 0.
Cotangents PowOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Value zero = realConstant(b, loc, 0), x = getLhs(), y = getRhs();
  auto unless = [&](Value condition, Value slope) -> Value {
    return SelectOp::create(b, loc, dy[0].getType(), condition, zero, MulOp::create(b, loc, dy[0], slope));
  };
  Cotangents result(2);
  if (needed[0]) {
    Value below = PowOp::create(b, loc, x, SubOp::create(b, loc, y, realConstant(b, loc, 1)));
    result[0] = reduceTo(
        b, loc, unless(compare(b, loc, Comparison::Equal, y, zero), MulOp::create(b, loc, y, below)), x);
  }
  if (needed[1]) {
    Value atZero = compare(b, loc, Comparison::Equal, x, zero);
    Value still = AndOp::create(b, loc, atZero, compare(b, loc, Comparison::GreaterEqual, y, zero));
    result[1] =
        reduceTo(b, loc, unless(still, MulOp::create(b, loc, getResult(), LogOp::create(b, loc, x))), y);
  }
  return result;
}

/// Of max and min: all of the cotangent to the operand that was taken, the first one where equal.
static Cotangents toTheOneTaken(OpBuilder &b, Operation *op, Comparison firstTaken, Value dy,
                                ArrayRef<bool> needed) {
  Location loc = op->getLoc();
  Value lhs = op->getOperand(0), rhs = op->getOperand(1), zero = realConstant(b, loc, 0);
  Value first = compare(b, loc, firstTaken, lhs, rhs);
  Cotangents result(2);
  if (needed[0])
    result[0] = reduceTo(b, loc, SelectOp::create(b, loc, dy.getType(), first, dy, zero), lhs);
  if (needed[1])
    result[1] = reduceTo(b, loc, SelectOp::create(b, loc, dy.getType(), first, zero, dy), rhs);
  return result;
}

Cotangents MaxOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return toTheOneTaken(b, *this, Comparison::GreaterEqual, dy[0], needed);
}

Cotangents MinOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return toTheOneTaken(b, *this, Comparison::LessEqual, dy[0], needed);
}

Cotangents SelectOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Value zero = realConstant(b, loc, 0);
  Cotangents result(3);
  if (needed[1])
    result[1] =
        reduceTo(b, loc, SelectOp::create(b, loc, dy[0].getType(), getCondition(), dy[0], zero), getIfTrue());
  if (needed[2])
    result[2] = reduceTo(b, loc, SelectOp::create(b, loc, dy[0].getType(), getCondition(), zero, dy[0]),
                         getIfFalse());
  return result;
}

Cotangents BroadcastOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {reduceTo(b, getLoc(), dy[0], getInput())};
}

//===----------------------------------------------------------------------===//
// Reductions, shapes, classes
//===----------------------------------------------------------------------===//

Cotangents ReduceSumOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {fill(b, getLoc(), dy[0], getInput().getType())};
}

Cotangents NormOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) { // x / norm, 0 where all are 0
  Location loc = getLoc();
  Value zero = realConstant(b, loc, 0), none = compare(b, loc, Comparison::Equal, getResult(), zero);
  Value ratio = DivOp::create(b, loc, getInput(), getResult());
  Value slope = SelectOp::create(b, loc, getInput().getType(), none, zero, ratio);
  return {MulOp::create(b, loc, dy[0], slope)};
}

Cotangents ReshapeOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {ReshapeOp::create(b, getLoc(), getInput().getType(), dy[0])};
}

Cotangents StopGradientOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>) {
  return {Value()};
}

Cotangents LogSumExpOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  Value softmax = SoftmaxOp::create(b, getLoc(), getLogits().getType(), getLogits());
  return timesSlope(b, getLoc(), dy[0], softmax);
}

Cotangents TakeOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Value at = OneHotOp::create(b, getLoc(), getInput().getType(), getIndex());
  return {MulOp::create(b, getLoc(), dy[0], at), Value()};
}

//===----------------------------------------------------------------------===//
// Layers and switching blocks
//===----------------------------------------------------------------------===//

Cotangents GroupOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {UngroupOp::create(b, getLoc(), dy[0].getType(), dy[0], getChannel(), getBelow()), Value()};
}

Cotangents UngroupOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {GroupOp::create(b, getLoc(), dy[0].getType(), dy[0], getChannel(), getBelow()), Value()};
}

Cotangents Conv2dOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Cotangents result(getNumOperands());
  Value cotangent = dy[0];
  if (getRelu())
    cotangent = ReluBackwardOp::create(b, loc, cotangent.getType(), cotangent, getResult());
  if (needed[0])
    result[0] = Conv2dBackwardInputOp::create(b, loc, getInput().getType(), cotangent, getWeights(),
                                              getChannel(), getStride(), getPadding());
  if (needed[1] || needed[2]) {
    assert(!getChannel() && "stacked parameters are never trained");
    auto weights = Conv2dBackwardWeightsOp::create(b, loc, getWeights().getType(), getBias().getType(),
                                                   getInput(), cotangent, getStride(), getPadding());
    result[1] = weights.getWeights();
    result[2] = weights.getBias();
  }
  return result;
}

Cotangents DenseOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Cotangents result(getNumOperands());
  Value cotangent = dy[0];
  if (getRelu())
    cotangent = ReluBackwardOp::create(b, loc, cotangent.getType(), cotangent, getResult());
  if (needed[0])
    result[0] =
        DenseBackwardInputOp::create(b, loc, getInput().getType(), cotangent, getWeights(), getChannel());
  if (needed[1] || needed[2]) {
    assert(!getChannel() && "stacked parameters are never trained");
    auto weights = DenseBackwardWeightsOp::create(b, loc, getWeights().getType(), getBias().getType(),
                                                  getInput(), cotangent);
    result[1] = weights.getWeights();
    result[2] = weights.getBias();
  }
  return result;
}

Cotangents MaxPoolOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {MaxPoolBackwardOp::create(b, getLoc(), getInput().getType(), dy[0], getWhich(), getSize())};
}
