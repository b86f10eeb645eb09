// The vector-Jacobian product of every differentiable operation that is not elementwise, beside one another
// as in a textbook's table; Elementwise.cpp has the others. `dy` is the result's cotangent.
#include "dialect/Vjp.h"

using namespace mlir;
using namespace switchyard::swy;

/// The cotangent spread to `type` where an operation's result was larger than the cotangent's carrier.
static Value fill(OpBuilder &builder, Location loc, Value cotangent, Type type) {
  return cotangent.getType() == type ? cotangent : Value(BroadcastOp::create(builder, loc, type, cotangent));
}

//===----------------------------------------------------------------------===//
// Reductions, shapes, classes
//===----------------------------------------------------------------------===//

Cotangents ReduceSumOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {fill(b, getLoc(), dy[0], getInput().getType())};
}

Cotangents NormOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) { // x / norm, 0 where all are 0
  Location loc = getLoc();
  Value zero = realConstant(b, loc, 0), none = buildCompare(b, loc, Comparison::Equal, getResult(), zero);
  Value ratio = DivOp::create(b, loc, getInput(), getResult());
  Value slope = SelectOp::create(b, loc, getInput().getType(), none, zero, ratio);
  return {MulOp::create(b, loc, dy[0], slope)};
}

/// At the threshold the sum over what shrinks, but not to 0 nor to its most, is the radius less all mosts
/// that are reached; at 0 nothing changes it.
Cotangents L1ThresholdOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Value zero = realConstant(b, loc, 0), one = realConstant(b, loc, 1), t = getResult();
  auto compare = [&](Comparison how, Value lhs, Value rhs) { return buildCompare(b, loc, how, lhs, rhs); };
  Value rest = SubOp::create(b, loc, getSizes(), t);
  Value positive = compare(Comparison::Greater, rest, zero);
  auto part = [&](Comparison how) -> Value {
    Value holds = AndOp::create(b, loc, positive, compare(how, rest, getMost()));
    return ToRealOp::create(b, loc, getSizes().getType(), holds);
  };
  Value shrinking = part(Comparison::Less);
  Value count = MaxOp::create(b, loc, ReduceSumOp::create(b, loc, shrinking, getKeep()), one);
  Value each = DivOp::create(b, loc, dy[0], count);
  Value moving = compare(Comparison::Greater, t, zero);
  each = SelectOp::create(b, loc, each.getType(), moving, each, zero);
  Cotangents result(3);
  if (needed[0])
    result[0] = MulOp::create(b, loc, each, shrinking);
  if (needed[1])
    result[1] = MulOp::create(b, loc, each, part(Comparison::GreaterEqual));
  if (needed[2]) {
    result[2] = NegOp::create(b, loc, each);
    if (getRadius().getType() != each.getType()) // one for all examples
      result[2] = ReduceSumOp::create(b, loc, result[2], 0);
  }
  return result;
}

Cotangents ReshapeOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {ReshapeOp::create(b, getLoc(), getInput().getType(), dy[0])};
}

Cotangents StopGradientOp::buildVjp(OpBuilder &, ValueRange, ArrayRef<bool>) {
  return {Value()};
}

Cotangents LogSumExpOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  Value softmax = SoftmaxOp::create(b, getLoc(), getLogits().getType(), getLogits());
  return {MulOp::create(b, getLoc(), dy[0], softmax)};
}

Cotangents TakeOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Value at = OneHotOp::create(b, getLoc(), getInput().getType(), getIndex());
  return {MulOp::create(b, getLoc(), dy[0], at), Value()};
}

Cotangents SampleOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Cotangents result(3);
  if (needed[0])
    result[0] = SampleBackwardOp::create(b, loc, getImage().getType(), dy[0], getRows(), getColumns());
  for (int64_t along : {0, 1})
    if (needed[1 + along]) {
      Value slope =
          SampleSlopeOp::create(b, loc, getResult().getType(), getImage(), getRows(), getColumns(), along);
      result[1 + along] = MulOp::create(b, loc, dy[0], slope);
    }
  return result;
}

Cotangents SortGroupsOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {SortGroupsBackwardOp::create(b, getLoc(), dy[0].getType(), dy[0], getInput(), getAlongAttr(),
                                       getSizeAttr(), getRankAttr())};
}

//===----------------------------------------------------------------------===//
// Between one example and its batch: each is the other's transpose
//===----------------------------------------------------------------------===//

Cotangents ForExamplesOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {SumExamplesOp::create(b, getLoc(), getInput().getType(), dy[0])};
}

Cotangents SumExamplesOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {ForExamplesOp::create(b, getLoc(), getInput().getType(), dy[0])};
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
                                              getChannel(), getStride(), getPadding(), getGroupsAttr());
  if (needed[1] || (getBias() && needed[2])) {
    Type bias = RankedTensorType::get({getWeights().getType().getDimSize(0)}, b.getF32Type());
    auto weights = Conv2dBackwardWeightsOp::create(b, loc, getWeights().getType(), bias, getInput(),
                                                   cotangent, getStride(), getPadding(), getGroupsAttr());
    result[1] = weights.getWeights();
    if (getBias())
      result[2] = weights.getBias();
  }
  return result;
}

Cotangents LocalConvOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool> needed) {
  Location loc = getLoc();
  Cotangents result(2);
  if (needed[0])
    result[0] = LocalConvBackwardInputOp::create(b, loc, getInput().getType(), dy[0], getWeights(),
                                                 getStride(), getPadding());
  if (needed[1])
    result[1] = LocalConvBackwardWeightsOp::create(b, loc, getWeights().getType(), getInput(), dy[0],
                                                   getStride(), getPadding());
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
    auto weights = DenseBackwardWeightsOp::create(b, loc, getWeights().getType(), getBias().getType(),
                                                  getInput(), cotangent);
    result[1] = weights.getWeights();
    result[2] = weights.getBias();
  }
  return result;
}

Cotangents MaxPoolOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {MaxPoolBackwardOp::create(b, getLoc(), getInput().getType(), dy[0], getWhich(), getSizeAttr(),
                                    getStrideAttr(), getPaddingAttr())};
}

Cotangents AvgPoolOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {AvgPoolBackwardOp::create(b, getLoc(), getInput().getType(), dy[0], getSizeAttr(), getStrideAttr(),
                                    getPaddingAttr())};
}

Cotangents PadOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {CropOp::create(b, getLoc(), getInput().getType(), dy[0], getBy())};
}

Cotangents ResizeOp::buildVjp(OpBuilder &b, ValueRange dy, ArrayRef<bool>) {
  return {ResizeBackwardOp::create(b, getLoc(), getInput().getType(), dy[0], getAlong(), getNearest())};
}
