// Slack is the runtime's for attacks that jobs run, S2.2.
#include "compiler/passes/Confinement.h"
#include "dialect/Vjp.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

struct Confinement {
  OpBuilder &b;
  Location loc;
  FloatAttr low, high; // null: no bound
  Value example;

  template <typename Op, typename... Args> Value make(Args &&...args) {
    return Op::create(b, loc, std::forward<Args>(args)...);
  }
  Value constant(double value) { return realConstant(b, loc, value); }

  /// Of each element whether it is a number in the range.
  Value inRange() {
    Value own = compare(Comparison::Equal, make<SubOp>(example, example), constant(0)); // finite
    if (low)
      own = both(own, compare(Comparison::GreaterEqual, example, constant(low.getValueAsDouble() - slack())));
    if (high)
      own = both(own, compare(Comparison::LessEqual, example, constant(high.getValueAsDouble() + slack())));
    return own;
  }
  /// Whether it holds of all elements.
  Value ofAll(Value own) {
    Value outside = make<ReduceSumOp>(make<SubOp>(constant(1), asReal(own)), 0);
    return compare(Comparison::Equal, outside, constant(0));
  }
  /// With the rounding of each element besides, as the runtime has it (runtime/plan/Threat.cpp).
  Value inL1Ball(Value offset, Value radius) {
    auto elements = static_cast<double>(cast<RankedTensorType>(offset.getType()).getNumElements());
    Value most = widened(radius, make<MaxOp>(radius, constant(1)));
    most = make<AddOp>(most, constant(6e-2 * slack() * elements));
    return compare(Comparison::LessEqual, make<ReduceSumOp>(make<AbsOp>(offset), 0), most);
  }
  /// Whether nothing changes but in so many pixels.
  Value inL0Ball(Value offset, Value radius) {
    Value size = make<AbsOp>(offset), counted = make<AmongLargestOp>(size, radius, /*pixels=*/true);
    Value others = make<SelectOp>(size.getType(), counted, constant(0), size);
    return compare(Comparison::Equal, make<ReduceSumOp>(others, 0), constant(0));
  }
  Value escape(Value inside) { return make<DivOp>(constant(0), asReal(inside)); }

  double slack() {
    auto size = [](FloatAttr end) { return end ? std::abs(end.getValueAsDouble()) : 0; };
    return 1e-6 * std::max({1.0, size(low), size(high)});
  }
  /// The radius with slack of so much as `of`, or as 1.
  Value widened(Value radius, Value of) {
    Value more = of == radius ? constant(slack()) : make<MulOp>(constant(slack()), of);
    return make<AddOp>(radius, more);
  }
  Value compare(Comparison how, Value left, Value right) { return buildCompare(b, loc, how, left, right); }
  Value both(Value left, Value right) { return make<AndOp>(left, right); }
  Value asReal(Value truth) {
    auto type = cast<RankedTensorType>(truth.getType());
    return make<ToRealOp>(RankedTensorType::get(type.getShape(), b.getF32Type()), truth);
  }
};

} // namespace

Value buildEscape(OpBuilder &builder, FinishedOp finished, Value example, Value clean, Value radius) {
  Confinement held{builder, finished.getLoc(), finished.getLowAttr(), finished.getHighAttr(), example};
  Value own = held.inRange();
  Value offset = held.make<SubOp>(example, clean);
  if (finished.getNorm() == Norm::Linf)
    own = held.both(
        own, held.compare(Comparison::LessEqual, held.make<AbsOp>(offset), held.widened(radius, radius)));
  Value inside = held.ofAll(own);
  if (finished.getNorm() == Norm::L2) {
    Value most = held.widened(radius, held.make<MaxOp>(radius, held.constant(1)));
    inside = held.both(inside, held.compare(Comparison::LessEqual, held.make<NormOp>(offset, 0), most));
  } else if (finished.getNorm() == Norm::L1) {
    inside = held.both(inside, held.inL1Ball(offset, radius));
  } else if (finished.getNorm() == Norm::L0) {
    inside = held.both(inside, held.inL0Ball(offset, radius));
  }
  return held.escape(inside);
}

Value buildEscape(OpBuilder &builder, GivenOp given) {
  Confinement held{builder, given.getLoc(), given.getLowAttr(), given.getHighAttr(), given.getResult()};
  return held.escape(held.ofAll(held.inRange()));
}

} // namespace switchyard
