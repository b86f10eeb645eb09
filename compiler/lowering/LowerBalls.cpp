// What projections into l1 and l0 balls ask of a whole example, as linalg. Both look for one number of 32
// bits among all: bisection of its bits finds it to the last one in as many rounds, each of which adds up or
// counts over the example, in parallel and without a sorted copy.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;

namespace switchyard {
namespace {

using Integers = arith::CmpIPredicate;

Value compare(OpBuilder &b, Location loc, Integers how, Value lhs, Value rhs) {
  return arith::CmpIOp::create(b, loc, how, lhs, rhs);
}

/// The least whole number between two, as i32, for which something holds that holds of all larger ones: one
/// for each example.
class Bisection {
public:
  using Ask = llvm::function_ref<Value(Value middle)>;

  /// `type` is of the numbers found.
  Bisection(OpBuilder &builder, Location loc, RankedTensorType type)
      : builder(builder), loc(loc), type(type.clone(builder.getI32Type())) {}

  /// `ask` gives a number's truth value for each example; it is taken to hold of `high`. So many `rounds` as
  /// the width between them has bits.
  Value least(int64_t low, int64_t high, int64_t rounds, Ask ask) {
    auto bound = [&](int64_t value) {
      return filledTensor(builder, loc, type, builder.getI32IntegerAttr(static_cast<int32_t>(value)));
    };
    auto index = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(builder, loc, value); };
    auto loop = scf::ForOp::create(builder, loc, index(0), index(rounds), index(1),
                                   ValueRange{bound(low), bound(high)});
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value below = loop.getRegionIterArg(0), above = loop.getRegionIterArg(1), middle = halfWay(below, above);
    Value holds = ask(middle);
    // Where it does not hold, the number is above the middle.
    Value next = each({holds, below, middle}, [](OpBuilder &b, Location place, ValueRange v) -> Value {
      Value more = arith::AddIOp::create(b, place, v[2], intConstant(b, place, 1));
      return arith::SelectOp::create(b, place, v[0], v[1], more);
    });
    Value last = each({holds, middle, above}, [](OpBuilder &b, Location place, ValueRange v) -> Value {
      return arith::SelectOp::create(b, place, v[0], v[1], v[2]);
    });
    scf::YieldOp::create(builder, loc, ValueRange{next, last});
    return loop.getResult(1);
  }

private:
  /// Rounded down, without a sum that 32 bits do not hold.
  Value halfWay(Value below, Value above) {
    return each({below, above}, [](OpBuilder &b, Location place, ValueRange v) -> Value {
      Value both = arith::AndIOp::create(b, place, v[0], v[1]);
      Value differs = arith::XOrIOp::create(b, place, v[0], v[1]);
      Value half = arith::ShRSIOp::create(b, place, differs, intConstant(b, place, 1));
      return arith::AddIOp::create(b, place, both, half);
    });
  }

  Value each(ValueRange operands, ScalarBody body) {
    return buildElementwise(builder, loc, type, operands, operands.getTypes(), body);
  }

  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
};

/// Reals that are not negative are in the order of their bits.
struct LowerL1Threshold : OpConversionPattern<swy::L1ThresholdOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::L1ThresholdOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getResult().getType();
    Value zero = filledTensor(rewriter, loc, type, rewriter.getF32FloatAttr(0));
    auto real = [&](Value bits) {
      return buildElementwise(rewriter, loc, type, bits, {bits.getType()},
                              [](OpBuilder &b, Location place, ValueRange v) -> Value {
                                return arith::BitcastOp::create(b, place, b.getF32Type(), v[0]);
                              });
    };
    auto fits = [&](Value bits) {
      Value sum = buildReduction(rewriter, loc, {adaptor.getSizes(), adaptor.getMost(), real(bits)},
                                 op.getKeep(), zero, [](OpBuilder &b, Location place, ValueRange v) {
                                   return SmallVector<Value>{addShrunk(b, place, v[0], v[1], v[2], v[3])};
                                 })[0];
      return buildElementwise(rewriter, loc, type.clone(rewriter.getI1Type()), {sum, adaptor.getRadius()},
                              {type, op.getRadius().getType()},
                              [](OpBuilder &b, Location place, ValueRange v) -> Value {
                                return arith::CmpFOp::create(b, place, arith::CmpFPredicate::OLE, v[0], v[1]);
                              });
    };
    constexpr int64_t largestReal = 0x7f7fffff;
    rewriter.replaceOp(op, real(Bisection(rewriter, loc, type).least(0, largestReal, 31, fits)));
    return success();
  }

private:
  static Value addShrunk(OpBuilder &b, Location loc, Value size, Value most, Value threshold, Value sum) {
    Value shrunk = arith::SubFOp::create(b, loc, size, threshold);
    shrunk = arith::MaximumFOp::create(b, loc, shrunk, floatConstant(b, loc, 0));
    shrunk = arith::MinimumFOp::create(b, loc, shrunk, most);
    return arith::AddFOp::create(b, loc, shrunk, sum, arith::FastMathFlags::reassoc);
  }
};

/// Finds the key of the last element that is among the largest, then how far those with that key go.
class Largest {
public:
  Largest(OpBuilder &builder, swy::AmongLargestOp op, Value input, Value number)
      : builder(builder), loc(op.getLoc()), keep(op.getKeep()), pixels(op.getPixels()),
        whole(cast<RankedTensorType>(op.getInput().getType())) {
    SmallVector<int64_t> shape(whole.getShape());
    if (pixels)
      shape.erase(shape.begin() + keep);
    type = RankedTensorType::get(shape, builder.getI32Type());
    examples = RankedTensorType::get(type.getShape().take_front(keep), builder.getI32Type());
    elements = ShapedType::getNumElements(type.getShape().drop_front(keep));
    keys = keysOf(pixels ? overChannels(input) : input);
    wanted = rounded(number);
  }

  /// The mask, of the input's shape.
  Value mask() {
    Bisection bisection(builder, loc, examples);
    // The least bound that no more than so many reach: the last of them has the key below.
    auto atMost = [&](Value bound) {
      Value larger = count({keys, bound}, [](OpBuilder &b, Location place, ValueRange v) {
        return compare(b, place, Integers::sgt, v[0], v[1]);
      });
      return holds(Integers::sle, larger, wanted);
    };
    Value bound =
        bisection.least(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), 32, atMost);
    // All above it are among them, and of those that are equal to it the first.
    auto enough = [&](Value end) {
      Value taken = count({keys, bound, end}, [&](OpBuilder &b, Location place, ValueRange v) {
        return isAmong(b, place, v[0], v[1], v[2]);
      });
      return holds(Integers::sge, taken, wanted);
    };
    Value end = bisection.least(0, elements, llvm::Log2_64_Ceil(elements + 1), enough);
    Value own = buildElementwise(
        builder, loc, type.clone(builder.getI1Type()), {keys, bound, end}, {type, examples, examples},
        [&](OpBuilder &b, Location place, ValueRange v) { return isAmong(b, place, v[0], v[1], v[2]); });
    return pixels ? forChannels(own) : own;
  }

private:
  /// Above the bound, or equal to it and before the end.
  Value isAmong(OpBuilder &b, Location at, Value key, Value bound, Value end) {
    Value before = compare(b, at, Integers::slt, position(b, at), end);
    Value equal = compare(b, at, Integers::eq, key, bound), above = compare(b, at, Integers::sgt, key, bound);
    return arith::OrIOp::create(b, at, above, arith::AndIOp::create(b, at, equal, before));
  }

  /// The number of the current element in its example.
  Value position(OpBuilder &b, Location at) {
    Value number;
    for (int64_t i = keep; i < type.getRank(); ++i) {
      Value index = arith::IndexCastOp::create(b, at, b.getI32Type(), linalg::IndexOp::create(b, at, i));
      if (number)
        number = arith::MulIOp::create(b, at, number, intConstant(b, at, type.getDimSize(i)));
      number = number ? arith::AddIOp::create(b, at, number, index) : index;
    }
    return number;
  }

  Value count(ValueRange inputs, ScalarBody counts) {
    Value none = filledTensor(builder, loc, examples, builder.getI32IntegerAttr(0));
    return buildReduction(builder, loc, inputs, keep, none, [&](OpBuilder &b, Location at, ValueRange v) {
      Value one = arith::ExtUIOp::create(b, at, b.getI32Type(), counts(b, at, v.drop_back()));
      return SmallVector<Value>{arith::AddIOp::create(b, at, v.back(), one)};
    })[0];
  }

  Value holds(Integers how, Value lhs, Value rhs) {
    return buildElementwise(
        builder, loc, examples.clone(builder.getI1Type()), {lhs, rhs}, {lhs.getType(), rhs.getType()},
        [&](OpBuilder &b, Location at, ValueRange v) { return compare(b, at, how, v[0], v[1]); });
  }

  /// Whole numbers in the order of the reals: 0 and -0 equal, NaN the largest.
  Value keysOf(Value input) {
    return buildElementwise(
        builder, loc, type, input, {input.getType()}, [](OpBuilder &b, Location at, ValueRange v) -> Value {
          Value real = arith::AddFOp::create(b, at, v[0], floatConstant(b, at, 0));
          Value bits = arith::BitcastOp::create(b, at, b.getI32Type(), real);
          Value negative = arith::ShRSIOp::create(b, at, bits, intConstant(b, at, 31));
          Value flips = arith::AndIOp::create(b, at, negative, intConstant(b, at, 0x7fffffff));
          Value none = arith::CmpFOp::create(b, at, arith::CmpFPredicate::UNO, v[0], v[0]);
          return arith::SelectOp::create(b, at, none, intConstant(b, at, 0x7fffffff),
                                         arith::XOrIOp::create(b, at, bits, flips));
        });
  }

  /// Halves up (S1.5); held to what is there, so that any number is one of 32 bits.
  Value rounded(Value number) {
    auto own = cast<RankedTensorType>(number.getType());
    return buildElementwise(builder, loc, own.clone(builder.getI32Type()), number, {own},
                            [&](OpBuilder &b, Location at, ValueRange v) -> Value {
                              Value most = floatConstant(b, at, static_cast<double>(elements));
                              Value up = arith::AddFOp::create(b, at, v[0], floatConstant(b, at, 0.5));
                              up = arith::MaxNumFOp::create(b, at, up, floatConstant(b, at, 0));
                              up = arith::MinNumFOp::create(b, at, up, most);
                              return arith::FPToSIOp::create(b, at, b.getI32Type(), up);
                            });
  }

  /// Maps from an image's dimensions: all of them, and all but the channels.
  std::pair<AffineMap, AffineMap> channelMaps() const {
    AffineMap all = builder.getMultiDimIdentityMap(whole.getRank());
    return {all, all.dropResult(static_cast<unsigned>(keep))};
  }

  Value overChannels(Value input) {
    auto [all, behind] = channelMaps();
    SmallVector<utils::IteratorType> loops(whole.getRank(), utils::IteratorType::parallel);
    loops[keep] = utils::IteratorType::reduction;
    Value zero = filledTensor(builder, loc, type.clone(builder.getF32Type()), builder.getF32FloatAttr(0));
    auto sum = [](OpBuilder &b, Location at, ValueRange v) {
      linalg::YieldOp::create(b, at, arith::AddFOp::create(b, at, v[0], v[1]).getResult());
    };
    return linalg::GenericOp::create(builder, loc, TypeRange(zero.getType()), input, ValueRange(zero),
                                     ArrayRef{all, behind}, loops, sum)
        .getResult(0);
  }

  Value forChannels(Value mask) {
    auto [all, behind] = channelMaps();
    RankedTensorType result = whole.clone(builder.getI1Type());
    SmallVector<utils::IteratorType> loops(whole.getRank(), utils::IteratorType::parallel);
    auto same = [](OpBuilder &b, Location at, ValueRange v) { linalg::YieldOp::create(b, at, v[0]); };
    return linalg::GenericOp::create(builder, loc, TypeRange(result), mask,
                                     ValueRange(emptyTensor(builder, loc, result)), ArrayRef{behind, all},
                                     loops, same)
        .getResult(0);
  }

  OpBuilder &builder;
  Location loc;
  int64_t keep;
  bool pixels;
  RankedTensorType whole, type, examples; // the input; of keys; one number for each example
  int64_t elements = 0;                   // of an example's keys
  Value keys, wanted;
};

struct LowerAmongLargest : OpConversionPattern<swy::AmongLargestOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::AmongLargestOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, Largest(rewriter, op, adaptor.getInput(), adaptor.getNumber()).mask());
    return success();
  }
};

} // namespace

void populateBallPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerL1Threshold, LowerAmongLargest>(types, patterns.getContext());
}

} // namespace switchyard
