// The functions of attacks, objectives and layers: for each row of functions.def the operations that it
// becomes, under the row's name. A row without any does not compile.
#include "compiler/irgen/BodyGenerator.h"

#include "compiler/syntax/Print.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

/// A call, at work.
struct BodyGenerator::Functions {
  using Value = mlir::Value;
  BodyGenerator &body;
  const ast::CallExpr &call;
  Generator &g;
  OpBuilder &b;
  mlir::Location loc;

  // Arguments. They are asked for in the text's order: draws and passes are counted in it (S3.1).
  const ast::Expr *written(size_t i) { return call.arguments[i].value.get(); }
  Value real(size_t i) { return body.realExpression(written(i)); }

  template <typename Op> Value elementwise() {
    Value first = real(0);
    if constexpr (Op::template hasTrait<OpTrait::OneOperand>())
      return Op::create(b, loc, first);
    else
      return Op::create(b, loc, first, real(1));
  }

  //===--------------------------------------------------------------------===//
  // Numbers and images
  //===--------------------------------------------------------------------===//

  /// The nearest whole number, halves up (S1.5). The rest is exact, x + 1/2 would not be.
  Value Round() {
    Value x = real(0), below = FloorOp::create(b, loc, x);
    Value one = g.real(loc, 1), half = g.real(loc, 0.5);
    Value above = AddOp::create(b, loc, below, one), rest = SubOp::create(b, loc, x, below);
    mlir::Type type = withElement(x.getType(), b.getI1Type());
    Value up = CompareOp::create(b, loc, type, Comparison::GreaterEqual, rest, half);
    return body.select(loc, up, above, below);
  }

  /// The sine of r, at most pi / 2: Taylor's polynomial, whose error is below rounding.
  Value sineNearZero(Value r) {
    static const double terms[] = {1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120};
    Value square = MulOp::create(b, loc, r, r), sum = g.real(loc, terms[0]);
    for (double term : ArrayRef(terms).drop_front())
      sum = AddOp::create(b, loc, MulOp::create(b, loc, sum, square), g.real(loc, term));
    sum = SubOp::create(b, loc, MulOp::create(b, loc, sum, square), g.real(loc, 1.0 / 6));
    return AddOp::create(b, loc, r, MulOp::create(b, loc, MulOp::create(b, loc, r, square), sum));
  }
  /// The sine of x: of its distance r from the nearest multiple k of pi, turned over where k is odd. With
  /// `quarter` the cosine, by the nearest k + 1/2. Pi stands in parts (Cody and Waite, 1980) whose products
  /// with k are exact.
  Value wave(Value x, bool quarter) {
    Value turns = MulOp::create(b, loc, x, g.real(loc, 1 / M_PI)), half = g.real(loc, 0.5);
    Value k = FloorOp::create(b, loc, quarter ? turns : AddOp::create(b, loc, turns, half).getResult());
    Value centre = quarter ? AddOp::create(b, loc, k, half).getResult() : k, r = x;
    for (double part : {3.140625, 9.67502593994140625e-4, 1.509957990978376432e-7})
      r = SubOp::create(b, loc, r, MulOp::create(b, loc, centre, g.real(loc, part)));
    Value pairs = FloorOp::create(b, loc, MulOp::create(b, loc, k, half)), two = g.real(loc, 2);
    Value odd = SubOp::create(b, loc, k, MulOp::create(b, loc, two, pairs));
    Value sign = SubOp::create(b, loc, g.real(loc, 1), MulOp::create(b, loc, two, odd));
    Value sine = MulOp::create(b, loc, sign, sineNearZero(r));
    return quarter ? NegOp::create(b, loc, sine).getResult() : sine;
  }
  Value Sin() { return wave(real(0), /*quarter=*/false); }
  Value Cos() { return wave(real(0), /*quarter=*/true); }

  Value clamp(Value x, Value low, Value high) {
    return MinOp::create(b, loc, MaxOp::create(b, loc, x, low), high);
  }
  Value Clamp() {
    Value x = real(0), low = real(1), high = real(2);
    return clamp(x, low, high);
  }

  Value Sum() { return ReduceSumOp::create(b, loc, real(0), 0); }
  Value Norm() { return NormOp::create(b, loc, real(0), 0); }
  Value mean(Value x) {
    Value sum = ReduceSumOp::create(b, loc, x, 0);
    auto type = dyn_cast<RankedTensorType>(x.getType());
    Value count = type ? g.real(loc, static_cast<double>(type.getNumElements())) : body.asReal(sizeOf(x));
    return DivOp::create(b, loc, sum, count);
  }
  /// Mean of the squared distances from the mean.
  Value variance(Value x) {
    Value off = SubOp::create(b, loc, x, mean(x));
    return mean(MulOp::create(b, loc, off, off));
  }
  Value Mean() { return mean(real(0)); }
  Value MeanAbs() { return mean(AbsOp::create(b, loc, real(0))); }
  Value Variance() { return variance(real(0)); }
  Value Deviation() { return SqrtOp::create(b, loc, variance(real(0))); }

  //===--------------------------------------------------------------------===//
  // Logits
  //===--------------------------------------------------------------------===//

  Value Answer() { return ArgmaxOp::create(b, loc, real(0), Value()); }
  Value LogSumExp() { return LogSumExpOp::create(b, loc, real(0)); }

  /// Logarithms of the classes' probabilities.
  Value logProbabilities(Value logits) {
    return SubOp::create(b, loc, logits, LogSumExpOp::create(b, loc, logits));
  }
  Value Softmax() { return ExpOp::create(b, loc, logProbabilities(real(0))); }
  /// The sum of p (log p - log q), p being of the first.
  Value Divergence() {
    Value p = logProbabilities(real(0)), q = logProbabilities(real(1));
    Value terms = MulOp::create(b, loc, ExpOp::create(b, loc, p), SubOp::create(b, loc, p, q));
    return ReduceSumOp::create(b, loc, terms, 0);
  }

  /// Flat, so that one rule differentiates all: the element at an index.
  Value flat() {
    Value x = real(0);
    if (isOpen(x.getType()))
      return ReshapeOp::create(b, loc, g.realType({ShapedType::kDynamic}), x);
    auto type = cast<RankedTensorType>(x.getType());
    return type.getRank() == 1 ? x : ReshapeOp::create(b, loc, g.realType({type.getNumElements()}), x);
  }
  /// `max(z)` or `max(z except t)`
  Value Largest() {
    Value x = flat();
    const ast::ExprPtr &except = call.arguments[0].except;
    Value at = ArgmaxOp::create(b, loc, x, except ? body.expression(except.get()) : Value());
    return TakeOp::create(b, loc, x, at);
  }
  /// `largest(z, k)`
  Value Ranked() {
    Value x = flat();
    int64_t rank = ast::as<ast::NumberExpr>(written(1))->value.asCount();
    return TakeOp::create(b, loc, x, ArgLargestOp::create(b, loc, x, rank));
  }

  //===--------------------------------------------------------------------===//
  // Shapes
  //===--------------------------------------------------------------------===//

  /// How many elements x has, in all or along a dimension; of a layer's input it is known where that lands.
  Value sizeOf(Value x, std::optional<int64_t> along = std::nullopt) {
    if (auto type = dyn_cast<RankedTensorType>(x.getType()))
      return g.integer(loc, static_cast<int32_t>(along ? type.getDimSize(*along) : type.getNumElements()));
    return SizeOp::create(b, loc, g.intType(), x, along ? b.getI64IntegerAttr(*along) : IntegerAttr());
  }
  Value size() { return sizeOf(body.input, *call.builtin->dimension); }
  Value Channels() { return size(); }
  Value Height() { return size(); }
  Value Width() { return size(); }
  Value numbers() {
    auto dimension = static_cast<int64_t>(*call.builtin->dimension);
    return IotaOp::create(b, loc, body.input.getType(), dimension);
  }
  Value RowNumbers() { return numbers(); }
  Value ColumnNumbers() { return numbers(); }
  Value Sample() {
    Value image = real(0), rows = real(1), columns = real(2);
    return SampleOp::create(b, loc, image.getType(), image, rows, columns);
  }
  /// A number of groups, which the layer's use has settled.
  int64_t number(size_t i) { return find(*body.counts, format(*written(i)))->integer(); }
  Value groups(std::optional<int64_t> rank) {
    Value x = real(0);
    IntegerAttr k = rank ? b.getI64IntegerAttr(*rank) : IntegerAttr();
    return SortGroupsOp::create(b, loc, x.getType(), x, b.getI64IntegerAttr(0),
                                b.getI64IntegerAttr(number(1)), k);
  }
  Value LargestInGroups() { return groups(1); }
  Value RankedInGroups() { return groups(number(2)); }
  Value SortedInGroups() { return groups(std::nullopt); }
  Value ConstantLike() {
    Value like = real(0);
    return BroadcastOp::create(b, loc, like.getType(), real(1));
  }

  //===--------------------------------------------------------------------===//
  // The protected network and the threat
  //===--------------------------------------------------------------------===//

  Value Model() {
    Value x = real(0), pass = body.nextPass(loc);
    return ModelOp::create(b, loc, g.realType({body.network->classes}), x, pass, Value());
  }
  Value ModelOn() {
    Value x = real(0), path = body.expression(written(1)), pass = body.nextPass(loc);
    return ModelOp::create(b, loc, g.realType({body.network->classes}), x, pass, path);
  }

  /// By an attack of the loss, with sites of its own at each call.
  Value Attacked() {
    auto *called = ast::as<ast::CallExpr>(written(1)); // `by with eot(4)`
    const std::string &name = called ? called->path[0] : ast::as<ast::NameExpr>(written(1))->path[0];
    auto attack = llvm::find_if(body.loss->attacks, [&](auto &one) { return one.name == name; });
    Value x = real(0);
    std::string symbol =
        body.attacks->generate(attack->attack, *body.network, /*away=*/true, body.attackSites);
    std::optional<resolved::Estimator> estimator = attack->estimator;
    for (const auto &[asked, own] : body.loss->estimators)
      if (asked == &call)
        estimator = own;
    return AttackedOp::create(b, loc, x.getType(), x, symbol, body.attackNumbers[name],
                              sampleSet(g, estimator));
  }

  Value AmongLargest() { return AmongLargestOp::create(b, loc, real(0), real(1), /*pixels=*/false); }

  Value Chance() { return ChanceOp::create(b, loc, g.realType(), body.expression(written(0))); }

  Value ChanceOf() { return PathChanceOp::create(b, loc, g.realType(), body.expression(written(0))); }
  Value Expected() {
    Value value = real(0);
    return ExpectedOp::create(b, loc, value.getType(), value);
  }

  /// Into the ball around x0 and the input's range (S2.1).
  Value Project() {
    const resolved::Threat &threat = body.attack->threat;
    Value x = real(0), x0 = body.input;
    Value radius = threat.radiusExpression ? body.realExpression(threat.radiusExpression) : Value();
    if (threat.norm == "linf" && radius) {
      Value low = SubOp::create(b, loc, x0, radius), high = AddOp::create(b, loc, x0, radius);
      x = clamp(x, low, high);
    } else if (threat.norm == "l2" && radius) {
      Value offset = SubOp::create(b, loc, x, x0);
      // At length 0 nothing is scaled: the smallest normal number only keeps 0 / 0 away.
      Value smallest = g.real(loc, std::numeric_limits<float>::min());
      Value length = MaxOp::create(b, loc, NormOp::create(b, loc, offset, 0), smallest);
      Value ratio = DivOp::create(b, loc, radius, length), one = g.real(loc, 1);
      Value scale = MinOp::create(b, loc, ratio, one);
      x = AddOp::create(b, loc, x0, MulOp::create(b, loc, scale, offset));
    } else if (threat.norm == "l1" && radius) {
      x = intoL1Ball(x, x0, radius);
    } else if (threat.norm == "l0" && radius) {
      return intoL0Ball(x, x0, radius);
    }
    return intoRange(x);
  }

  /// Into the input's range, unless the attack may leave it.
  Value intoRange(Value x) {
    if (!body.attack->threat.clipped)
      return x;
    Value low = g.real(loc, body.network->low.value()), high = g.real(loc, body.network->high.value());
    return clamp(x, low, high);
  }

  /// The nearest point of the ball and of the range: each change shrinks by one threshold, and stops at the
  /// range's end.
  Value intoL1Ball(Value x, Value x0, Value radius) {
    Value offset = SubOp::create(b, loc, x, x0), size = AbsOp::create(b, loc, offset);
    Value zero = g.real(loc, 0), most = g.real(loc, std::numeric_limits<float>::infinity());
    if (body.attack->threat.clipped) {
      Value low = g.real(loc, body.network->low.value()), high = g.real(loc, body.network->high.value());
      mlir::Type mask = withElement(offset.getType(), b.getI1Type());
      Value rises = CompareOp::create(b, loc, mask, Comparison::GreaterEqual, offset, zero);
      most = SelectOp::create(b, loc, offset.getType(), rises, SubOp::create(b, loc, high, x0),
                              SubOp::create(b, loc, x0, low));
    } else {
      most = BroadcastOp::create(b, loc, offset.getType(), most);
    }
    Value shrunk = SubOp::create(b, loc, size, L1ThresholdOp::create(b, loc, size, most, radius));
    Value change = MinOp::create(b, loc, MaxOp::create(b, loc, shrunk, zero), most);
    return AddOp::create(b, loc, x0, MulOp::create(b, loc, SignOp::create(b, loc, offset), change));
  }

  /// The nearest point of the ball and of the range: of the pixels those change that bring it nearest to x,
  /// all others are the image's, bit for bit.
  Value intoL0Ball(Value x, Value x0, Value radius) {
    Value kept = intoRange(x);
    auto square = [&](Value of) -> Value { return MulOp::create(b, loc, of, of); };
    Value gain = square(SubOp::create(b, loc, x, x0));
    if (kept != x)
      gain = SubOp::create(b, loc, gain, square(SubOp::create(b, loc, x, kept)));
    Value changes = AmongLargestOp::create(b, loc, gain, radius, /*pixels=*/true);
    return SelectOp::create(b, loc, kept.getType(), changes, kept, x0);
  }

  /// atanh of the input scaled into (-1, 1), kept off the ends so that border pixels can move.
  Value ToUnbounded() {
    double low = body.network->low.value(), high = body.network->high.value(), inside = 1 - 1e-6;
    Value x = real(0);
    Value centre = g.real(loc, (low + high) / 2), scale = g.real(loc, inside * 2 / (high - low));
    Value v = MulOp::create(b, loc, SubOp::create(b, loc, x, centre), scale);
    Value one = g.real(loc, 1), half = g.real(loc, 0.5);
    Value above = AddOp::create(b, loc, one, v), below = SubOp::create(b, loc, one, v);
    return MulOp::create(b, loc, half, LogOp::create(b, loc, DivOp::create(b, loc, above, below)));
  }

  Value ToRange() {
    double low = body.network->low.value(), high = body.network->high.value();
    Value w = real(0);
    Value half = g.real(loc, (high - low) / 2), centre = g.real(loc, (low + high) / 2);
    Value scaled = MulOp::create(b, loc, half, TanhOp::create(b, loc, w));
    return AddOp::create(b, loc, centre, scaled);
  }

  Value Trained() { llvm_unreachable("what is trained has a name: BodyStatements.cpp makes it"); }
  Value Adam() { llvm_unreachable("an optimizer is no value: AttackOptimizer.cpp makes it"); }

  //===--------------------------------------------------------------------===//
  // Draws: one number, or an image of the first argument's shape. The site counts the attack's own draws.
  //===--------------------------------------------------------------------===//

  Value UniformLike() { return uniform(real(0).getType(), 1); }
  Value Uniform() { return uniform(g.realType(), 0); }
  Value NormalLike() { return normal(real(0).getType(), 1); }
  Value Normal() { return normal(g.realType(), 0); }

  /// In [a, b), a being argument `first`.
  Value uniform(mlir::Type type, size_t first) {
    Value low = real(first), high = real(first + 1), draw = random<RandomUniformOp>(type);
    Value width = SubOp::create(b, loc, high, low);
    return AddOp::create(b, loc, low, MulOp::create(b, loc, width, draw));
  }
  /// With mean a and deviation b.
  Value normal(mlir::Type type, size_t first) {
    Value mean = real(first), deviation = real(first + 1), draw = random<RandomNormalOp>(type);
    return AddOp::create(b, loc, mean, MulOp::create(b, loc, deviation, draw));
  }

  template <typename Op> Value random(mlir::Type type) {
    int32_t number = body.sites.draws++;
    SiteAttr site =
        body.attack ? SiteAttr::get(b.getContext(), number)
                    : SiteAttr::get(b.getContext(), Owner::Model, body.loss ? "training.loss" : "", number);
    Value pass = body.pass        ? body.pass
                 : body.iteration ? Value(tensor::FromElementsOp::create(b, loc, g.intType(), body.iteration))
                                  : g.integer(loc, 0);
    SmallVector<int64_t> dimensions =
        call.builtin->each.empty() ? SmallVector<int64_t>() : sharedBy(eachOf(call));
    DenseI64ArrayAttr shared = dimensions.empty() ? DenseI64ArrayAttr() : b.getDenseI64ArrayAttr(dimensions);
    return Op::create(b, loc, type, body.stream, body.rows, pass, site, shared);
  }
  /// The dimensions of an image (channels, height, width) that share one draw.
  static SmallVector<int64_t> sharedBy(StringRef each) {
    return llvm::StringSwitch<SmallVector<int64_t>>(each)
        .Case("pixel", {0})
        .Case("row", {2})
        .Case("column", {1})
        .Case("channel", {1, 2})
        .Default({});
  }
};

mlir::Value BodyGenerator::builtin(const ast::CallExpr &expr) {
  static constexpr mlir::Value (Functions::*builders[])() = {
#define FUNCTION(TEXT, NAME, ARGUMENTS, RESULT, TRAITS) &Functions::NAME,
#define ELEMENTWISE(TEXT, NAME, ARGUMENTS, TRAITS) &Functions::elementwise<NAME##Op>,
#include "compiler/semantics/functions.def"
  };
  Functions functions{*this, expr, g, b, g.place(expr.location)};
  return (functions.*builders[static_cast<size_t>(expr.builtin->function)])();
}

} // namespace switchyard
