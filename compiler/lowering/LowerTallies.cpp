// Tallies of gradients (S2.2) as linalg: one reduction over a gradient's bits, then a few integers an
// example. As integers, because a largest magnitude among integers is one instruction a vector, on any
// device, and cannot lose a NaN: without the sign, infinity's bits are larger than those of any number, NaN's
// larger still.
#include "compiler/lowering/LowerToLinalg.h"

#include "runtime/contract/Tally.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace switchyard::rt::tally;

namespace switchyard {
namespace {

using Predicate = arith::CmpIPredicate;

constexpr int64_t withoutSign = 0x7fffffff, infinityBits = 0x7f800000;

Value isEqual(OpBuilder &b, Location loc, Value x, Value y) {
  return arith::CmpIOp::create(b, loc, Predicate::eq, x, y);
}

/// The number of the column that a body computes, as i32.
Value columnOf(OpBuilder &b, Location loc, int64_t rank) {
  return arith::IndexCastOp::create(b, loc, b.getI32Type(), linalg::IndexOp::create(b, loc, rank - 1));
}

/// Over all but the first `keep` dimensions, from 0; the body gets an element and the result so far.
Value reduceToIntegers(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> keep,
                       function_ref<Value(OpBuilder &, Location, Value, Value)> body) {
  Value zero = filledTensor(builder, loc, RankedTensorType::get(keep, builder.getI32Type()),
                            builder.getI32IntegerAttr(0));
  return buildReduction(builder, loc, input, static_cast<int64_t>(keep.size()), zero,
                        [&](OpBuilder &b, Location place, ValueRange v) {
                          return SmallVector<Value>{body(b, place, v[0], v[1])};
                        })[0];
}

/// Of each example the largest magnitude in `gradient`, as its bits.
Value largestBits(OpBuilder &builder, Location loc, Value gradient, ArrayRef<int64_t> examples) {
  return reduceToIntegers(builder, loc, gradient, examples,
                          [](OpBuilder &b, Location place, Value element, Value largest) -> Value {
                            Value bits = arith::BitcastOp::create(b, place, b.getI32Type(), element);
                            Value magnitude =
                                arith::AndIOp::create(b, place, bits, intConstant(b, place, withoutSign));
                            return arith::MaxSIOp::create(b, place, magnitude, largest);
                          });
}

/// One of a gradient's four numbers after an evaluation with these largest bits; it was `old`.
Value countEvaluation(OpBuilder &b, Location loc, Value column, Value old, Value bits) {
  auto is = [&](Column which) { return isEqual(b, loc, column, intConstant(b, loc, which)); };
  auto choose = [&](Value condition, Value yes, Value no) -> Value {
    return arith::SelectOp::create(b, loc, condition, yes, no);
  };
  Value zero = isEqual(b, loc, bits, intConstant(b, loc, 0));
  Value notFinite = arith::CmpIOp::create(b, loc, Predicate::sge, bits, intConstant(b, loc, infinityBits));
  Value yes = intConstant(b, loc, 1, 1);
  Value counts = choose(is(Evaluations), yes, choose(is(NotFinite), notFinite, zero));
  Value more = arith::AddIOp::create(b, loc, old, arith::ExtUIOp::create(b, loc, b.getI32Type(), counts));
  Value ends = arith::AndIOp::create(b, loc, is(ZeroAtEnd), arith::XOrIOp::create(b, loc, zero, yes));
  return choose(ends, intConstant(b, loc, 0), more);
}

/// How often each gradient of a tally was computed. A reduction, so that what joins two tallies reads nothing
/// but its operands and may be fused.
Value evaluationsOf(OpBuilder &builder, Location loc, Value tally) {
  auto type = cast<RankedTensorType>(tally.getType());
  return reduceToIntegers(
      builder, loc, tally, type.getShape().drop_back(),
      [&](OpBuilder &b, Location place, Value element, Value sum) -> Value {
        Value here =
            isEqual(b, place, columnOf(b, place, type.getRank()), intConstant(b, place, Evaluations));
        return arith::SelectOp::create(b, place, here, arith::AddIOp::create(b, place, element, sum), sum);
      });
}

struct LowerEmptyTally : OpConversionPattern<swy::EmptyTallyOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::EmptyTallyOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, filledTensor(rewriter, op.getLoc(), op.getResult().getType(), rewriter.getI32IntegerAttr(0)));
    return success();
  }
};

/// `tally` with one more evaluation of its entry `number`, where the op's `where` holds; `bitsOf` makes the
/// bits that are counted of an element of `counted`.
template <typename TallyOp>
Value countOne(OpBuilder &builder, TallyOp op, typename TallyOp::Adaptor adaptor, Value counted, Type type,
               function_ref<Value(OpBuilder &, Location, Value)> bitsOf) {
  RankedTensorType tally = op.getResult().getType();
  SmallVector<Value> operands{adaptor.getTally(), counted};
  SmallVector<Type> types{tally, type};
  if (adaptor.getWhere()) {
    operands.push_back(adaptor.getWhere());
    types.push_back(op.getWhere().getType());
  }
  auto body = [&](OpBuilder &b, Location place, ValueRange v) -> Value {
    Value number = arith::IndexCastOp::create(b, place, b.getI32Type(),
                                              linalg::IndexOp::create(b, place, tally.getRank() - 2));
    Value here = isEqual(b, place, number, intConstant(b, place, op.getNumber()));
    if (v.size() > 2)
      here = arith::AndIOp::create(b, place, here, v[2]);
    Value more = countEvaluation(b, place, columnOf(b, place, tally.getRank()), v[0], bitsOf(b, place, v[1]));
    return arith::SelectOp::create(b, place, here, more, v[0]);
  };
  return buildElementwise(builder, op.getLoc(), tally, operands, types, body);
}

struct LowerTallyGradient : OpConversionPattern<swy::TallyGradientOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TallyGradientOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> examples = op.getResult().getType().getShape().drop_back(2);
    Value bits = largestBits(rewriter, op.getLoc(), adaptor.getGradient(), examples);
    auto itself = [](OpBuilder &, Location, Value element) { return element; };
    rewriter.replaceOp(op, countOne(rewriter, op, adaptor, bits, bits.getType(), itself));
    return success();
  }
};

/// A number is counted like a gradient of one element, but that infinity is one.
struct LowerTallyNumber : OpConversionPattern<swy::TallyNumberOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TallyNumberOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto bitsOf = [](OpBuilder &b, Location place, Value element) -> Value {
      Value isNone = arith::CmpFOp::create(b, place, arith::CmpFPredicate::UNO, element, element);
      return arith::SelectOp::create(b, place, isNone, intConstant(b, place, infinityBits),
                                     intConstant(b, place, 1));
    };
    rewriter.replaceOp(op,
                       countOne(rewriter, op, adaptor, adaptor.getValue(), op.getValue().getType(), bitsOf));
    return success();
  }
};

struct LowerJoinTallies : OpConversionPattern<swy::JoinTalliesOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::JoinTalliesOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getResult().getType());
    Value turn = adaptor.getTurn(), evaluations = evaluationsOf(rewriter, op.getLoc(), turn);
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) -> Value {
      // Zeros at the end go on from before where the turn had nothing else.
      Value atEnd = isEqual(b, loc, columnOf(b, loc, type.getRank()), intConstant(b, loc, ZeroAtEnd));
      Value broken = arith::CmpIOp::create(b, loc, Predicate::ne, v[1], v[2]);
      Value alone = arith::AndIOp::create(b, loc, atEnd, broken);
      return arith::SelectOp::create(b, loc, alone, v[1], arith::AddIOp::create(b, loc, v[0], v[1]));
    };
    rewriter.replaceOp(op,
                       buildElementwise(rewriter, op.getLoc(), type, {adaptor.getBefore(), turn, evaluations},
                                        {type, type, evaluations.getType()}, body));
    return success();
  }
};

} // namespace

void populateTallyPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerEmptyTally, LowerTallyGradient, LowerTallyNumber, LowerJoinTallies>(
      types, patterns.getContext());
}

} // namespace switchyard
