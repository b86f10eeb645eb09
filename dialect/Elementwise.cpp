// Every elementwise operation: what one element of it is, and its vector-Jacobian product beside it. `x` are
// the operands' elements, `dy` is the result's cotangent; an operand that was repeated receives the sum over
// what it was repeated over.
#include "dialect/Vjp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace switchyard::swy;

using Predicate = arith::CmpFPredicate;

static Value number(OpBuilder &b, Location loc, float value) {
  return arith::ConstantOp::create(b, loc, b.getF32FloatAttr(value));
}

static Value integer(OpBuilder &b, Location loc, int32_t value) {
  return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(value));
}

static Value compare(OpBuilder &b, Location loc, Predicate predicate, Value lhs, Value rhs) {
  return arith::CmpFOp::create(b, loc, predicate, lhs, rhs);
}

static Value choose(OpBuilder &b, Location loc, Value condition, Value ifTrue, Value ifFalse) {
  return arith::SelectOp::create(b, loc, condition, ifTrue, ifFalse);
}

/// The cotangent of an operand that broadcasting repeated: summed down to the operand's shape.
static Value reduceTo(OpBuilder &builder, Location loc, Value cotangent, Value operand) {
  int64_t rank = cast<RankedTensorType>(operand.getType()).getRank();
  if (cast<RankedTensorType>(cotangent.getType()).getRank() == rank)
    return cotangent;
  return ReduceSumOp::create(builder, loc, cotangent, rank);
}

/// Of a unary operation whose derivative `slope` is an expression of the same shape.
static Cotangents timesSlope(OpBuilder &builder, Location loc, Value dy, Value slope) {
  return {MulOp::create(builder, loc, dy, slope)};
}

Value NegOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::NegFOp::create(b, loc, x[0]);
}

Cotangents NegOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {NegOp::create(b, getLoc(), dy[0])};
}

Value AbsOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::AbsFOp::create(b, loc, x[0]);
}

Cotangents AbsOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return timesSlope(b, getLoc(), dy[0], SignOp::create(b, getLoc(), getInput()));
}

Value SignOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  Value zero = number(b, loc, 0);
  Value rest = choose(b, loc, compare(b, loc, Predicate::UNO, x[0], x[0]), x[0], zero); // NaN stays NaN
  Value negative = choose(b, loc, compare(b, loc, Predicate::OLT, x[0], zero), number(b, loc, -1), rest);
  return choose(b, loc, compare(b, loc, Predicate::OGT, x[0], zero), number(b, loc, 1), negative);
}

Cotangents SignOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>) {
  return {Value()};
}

Value FloorOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::FloorOp::create(b, loc, x[0]);
}

Cotangents FloorOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>) {
  return {Value()};
}

Value ExpOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::ExpOp::create(b, loc, x[0]);
}

Cotangents ExpOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return timesSlope(b, getLoc(), dy[0], getResult());
}

Value LogOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::LogOp::create(b, loc, x[0]);
}

Cotangents LogOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {DivOp::create(b, getLoc(), dy[0], getInput())};
}

Value SqrtOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::SqrtOp::create(b, loc, x[0]);
}

Cotangents SqrtOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  Value half = realConstant(b, getLoc(), 0.5);
  return {MulOp::create(b, getLoc(), half, DivOp::create(b, getLoc(), dy[0], getResult()))};
}

Value VariableOp::buildScalar(OpBuilder &, Location, ValueRange x) {
  return x[0];
}

Cotangents VariableOp::buildVjp(OpBuilder &, ValueRange dy, ArrayRef<bool>) {
  return {dy[0]};
}

Value ModelInputOp::buildScalar(OpBuilder &, Location, ValueRange x) {
  return x[0];
}

Cotangents ModelInputOp::buildVjp(OpBuilder &, ValueRange dy, ArrayRef<bool>) {
  return {dy[0]};
}

Value ComparedOp::buildScalar(OpBuilder &, Location, ValueRange x) {
  return x[0];
}

Cotangents ComparedOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {reduceTo(b, getLoc(), dy[0], getInput()), Value()};
}

Value GivenOp::buildScalar(OpBuilder &, Location, ValueRange x) {
  return x[0];
}

Cotangents GivenOp::buildVjp(OpBuilder &, ValueRange dy, ArrayRef<bool>) {
  return {dy[0]};
}

Value ConfinedOp::buildScalar(OpBuilder &, Location, ValueRange x) {
  return x[0];
}

Cotangents ConfinedOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {reduceTo(b, getLoc(), dy[0], getInput()), Value()};
}

Value TanhOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::TanhOp::create(b, loc, x[0]);
}

Cotangents TanhOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) { // 1 - y^2
  Value square = MulOp::create(b, getLoc(), getResult(), getResult());
  return timesSlope(b, getLoc(), dy[0], SubOp::create(b, getLoc(), realConstant(b, getLoc(), 1), square));
}

Value ErfOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return math::ErfOp::create(b, loc, x[0]);
}

Cotangents ErfOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) { // 2 / sqrt(pi) exp(-x^2)
  Location loc = getLoc();
  Value square = MulOp::create(b, loc, getInput(), getInput());
  Value bell = ExpOp::create(b, loc, NegOp::create(b, loc, square));
  return timesSlope(b, loc, dy[0], MulOp::create(b, loc, bell, realConstant(b, loc, 2 / std::sqrt(M_PI))));
}

Value ReluOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  Value zero = number(b, loc, 0); // unordered or greater: NaN stays NaN, as in LibTorch
  return choose(b, loc, compare(b, loc, Predicate::UGT, x[0], zero), x[0], zero);
}

Cotangents ReluOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {ReluBackwardOp::create(b, getLoc(), dy[0].getType(), dy[0], getResult())};
}

Value AddOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::AddFOp::create(b, loc, x[0], x[1]);
}

Cotangents AddOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return {needed[0] ? reduceTo(b, getLoc(), dy[0], getLhs()) : Value(),
          needed[1] ? reduceTo(b, getLoc(), dy[0], getRhs()) : Value()};
}

Value SubOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::SubFOp::create(b, loc, x[0], x[1]);
}

Cotangents SubOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return {needed[0] ? reduceTo(b, getLoc(), dy[0], getLhs()) : Value(),
          needed[1] ? reduceTo(b, getLoc(), NegOp::create(b, getLoc(), dy[0]), getRhs()) : Value()};
}

Value MulOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::MulFOp::create(b, loc, x[0], x[1]);
}

Cotangents MulOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  auto product = [&](Value other, Value operand) {
    return reduceTo(b, getLoc(), MulOp::create(b, getLoc(), dy[0], other), operand);
  };
  return {needed[0] ? product(getRhs(), getLhs()) : Value(),
          needed[1] ? product(getLhs(), getRhs()) : Value()};
}

Value DivOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::DivFOp::create(b, loc, x[0], x[1]);
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

/// x^n for a whole n from 0 to 15, given as a real, by squaring.
static Value wholePower(OpBuilder &b, Location loc, Value x, Value n) {
  Value bits = arith::FPToSIOp::create(b, loc, b.getI32Type(), n), square = x;
  Value result = number(b, loc, 1);
  for (int64_t bit = 1; bit <= 8; bit *= 2) {
    Value set = arith::AndIOp::create(b, loc, bits, integer(b, loc, bit));
    Value has = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, set, integer(b, loc, 0));
    result = choose(b, loc, has, arith::MulFOp::create(b, loc, result, square), result);
    square = arith::MulFOp::create(b, loc, square, square);
  }
  return result;
}

/// By multiplication for small whole exponents, which literals have, too; the general function for others.
static Value power(OpBuilder &b, Location loc, Value x, Value y) {
  Value one = number(b, loc, 1), zero = number(b, loc, 0);
  Value size = math::AbsFOp::create(b, loc, y);
  Value small = compare(b, loc, Predicate::OLE, size, number(b, loc, 15));
  Value whole = compare(b, loc, Predicate::OEQ, y, math::FloorOp::create(b, loc, y));
  Value byProducts = wholePower(b, loc, x, choose(b, loc, small, size, zero));
  Value negative = compare(b, loc, Predicate::OLT, y, zero);
  byProducts = choose(b, loc, negative, arith::DivFOp::create(b, loc, one, byProducts), byProducts);
  Value general = math::PowFOp::create(b, loc, x, y);
  return choose(b, loc, arith::AndIOp::create(b, loc, small, whole), byProducts, general);
}

Value PowOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return power(b, loc, x[0], x[1]);
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
        b, loc, unless(buildCompare(b, loc, Comparison::Equal, y, zero), MulOp::create(b, loc, y, below)), x);
  }
  if (needed[1]) {
    Value atZero = buildCompare(b, loc, Comparison::Equal, x, zero);
    Value still = AndOp::create(b, loc, atZero, buildCompare(b, loc, Comparison::GreaterEqual, y, zero));
    result[1] =
        reduceTo(b, loc, unless(still, MulOp::create(b, loc, getResult(), LogOp::create(b, loc, x))), y);
  }
  return result;
}

/// The first operand where it is at least (at most) the second or NaN, else the second: NaN in either is NaN.
static Value firstOf(OpBuilder &b, Location loc, Predicate better, Value x, Value y) {
  Value take =
      arith::OrIOp::create(b, loc, compare(b, loc, better, x, y), compare(b, loc, Predicate::UNO, x, x));
  return choose(b, loc, take, x, y);
}

/// Of max and min: all of the cotangent to the operand that was taken, the first one where equal.
static Cotangents toTheOneTaken(OpBuilder &b, Operation *op, Comparison firstTaken, Value dy,
                                ArrayRef<bool> needed) {
  Location loc = op->getLoc();
  Value lhs = op->getOperand(0), rhs = op->getOperand(1), zero = realConstant(b, loc, 0);
  Value first = buildCompare(b, loc, firstTaken, lhs, rhs);
  Cotangents result(2);
  if (needed[0])
    result[0] = reduceTo(b, loc, SelectOp::create(b, loc, dy.getType(), first, dy, zero), lhs);
  if (needed[1])
    result[1] = reduceTo(b, loc, SelectOp::create(b, loc, dy.getType(), first, zero, dy), rhs);
  return result;
}

Value MaxOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return firstOf(b, loc, Predicate::OGE, x[0], x[1]);
}

Cotangents MaxOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return toTheOneTaken(b, *this, Comparison::GreaterEqual, dy[0], needed);
}

Value MinOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return firstOf(b, loc, Predicate::OLE, x[0], x[1]);
}

Cotangents MinOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  return toTheOneTaken(b, *this, Comparison::LessEqual, dy[0], needed);
}

Value SelectOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return choose(b, loc, x[0], x[1], x[2]);
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

Value BroadcastOp::buildScalar(OpBuilder &, Location, ValueRange x) {
  return x[0];
}

Cotangents BroadcastOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {reduceTo(b, getLoc(), dy[0], getInput())};
}

//===----------------------------------------------------------------------===//
// Without a derivative
//===----------------------------------------------------------------------===//

static Predicate predicateOf(Comparison how) {
  switch (how) {
  case Comparison::Less:
    return Predicate::OLT;
  case Comparison::LessEqual:
    return Predicate::OLE;
  case Comparison::Greater:
    return Predicate::OGT;
  case Comparison::GreaterEqual:
    return Predicate::OGE;
  case Comparison::Equal:
    return Predicate::OEQ;
  case Comparison::NotEqual:
    return Predicate::UNE;
  }
  llvm_unreachable("all comparisons are covered");
}

Value CompareOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return compare(b, loc, predicateOf(getHow()), x[0], x[1]);
}

Value AndOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::AndIOp::create(b, loc, x[0], x[1]);
}

Value OrOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::OrIOp::create(b, loc, x[0], x[1]);
}

Value NotOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  return arith::XOrIOp::create(b, loc, x[0], arith::ConstantOp::create(b, loc, b.getBoolAttr(true)));
}

Value ToRealOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  if (x[0].getType().isInteger(1))
    return arith::UIToFPOp::create(b, loc, b.getF32Type(), x[0]);
  return arith::SIToFPOp::create(b, loc, b.getF32Type(), x[0]);
}

Value OtherClassOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  Value behind = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, x[0], x[1]);
  return arith::AddIOp::create(b, loc, x[0], arith::ExtUIOp::create(b, loc, x[0].getType(), behind));
}

Value IsMemberOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  Value number = arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(static_cast<int32_t>(getNumber())));
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x[0], number);
}

Value ReluBackwardOp::buildScalar(OpBuilder &b, Location loc, ValueRange x) {
  Value zero = number(b, loc, 0);
  return choose(b, loc, compare(b, loc, Predicate::UGT, x[1], zero), x[0], zero);
}
