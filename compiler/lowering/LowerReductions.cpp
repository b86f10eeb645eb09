// Sums, and what losses and objectives are made of (log-sum-exp, softmax, argmax, arg_largest, take,
// one-hot), as linalg.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace switchyard {
namespace {

using Predicate = arith::CmpFPredicate;

/// Order within a sum is free (S6.2), which is what lets LLVM vectorize it.
Value addInAnyOrder(OpBuilder &b, Location loc, Value x, Value y) {
  return arith::AddFOp::create(b, loc, x, y, arith::FastMathFlags::reassoc);
}

Value sumOver(OpBuilder &builder, Location loc, Value input, int64_t keep, RankedTensorType result) {
  Value zero = filledTensor(builder, loc, result, builder.getF32FloatAttr(0));
  return buildReduction(builder, loc, input, keep, zero, [](OpBuilder &b, Location place, ValueRange v) {
    return SmallVector<Value>{addInAnyOrder(b, place, v[0], v[1])};
  })[0];
}

/// The type without its last dimension.
RankedTensorType withoutLast(RankedTensorType type) {
  return RankedTensorType::get(type.getShape().drop_back(), type.getElementType());
}

Value maxOverLast(OpBuilder &builder, Location loc, Value input) {
  auto type = cast<RankedTensorType>(input.getType());
  Value lowest = filledTensor(builder, loc, withoutLast(type),
                              builder.getF32FloatAttr(-std::numeric_limits<float>::infinity()));
  return buildReduction(builder, loc, input, type.getRank() - 1, lowest,
                        [](OpBuilder &b, Location place, ValueRange v) {
                          return SmallVector<Value>{arith::MaximumFOp::create(b, place, v[0], v[1])};
                        })[0];
}

/// exp(z - max), with max taken as 0 where it is infinite, so that infinite logits give no NaN of ours.
Value shiftedExp(OpBuilder &builder, Location loc, Value logits, Value largest) {
  auto type = cast<RankedTensorType>(logits.getType());
  return buildElementwise(builder, loc, type, {logits, largest}, {type, largest.getType()},
                          [](OpBuilder &b, Location place, ValueRange v) -> Value {
                            return math::ExpOp::create(b, place, arith::SubFOp::create(b, place, v[0], v[1]));
                          });
}

Value finiteOrZero(OpBuilder &builder, Location loc, Value input) {
  auto type = cast<RankedTensorType>(input.getType());
  return buildElementwise(
      builder, loc, type, input, {type}, [](OpBuilder &b, Location place, ValueRange v) -> Value {
        Value infinity = floatConstant(b, place, std::numeric_limits<float>::infinity());
        Value magnitude = math::AbsFOp::create(b, place, v[0]);
        Value infinite = arith::CmpFOp::create(b, place, Predicate::OEQ, magnitude, infinity);
        return arith::SelectOp::create(b, place, infinite, floatConstant(b, place, 0), v[0]);
      });
}

/// Of images [batch, blocks, height, width, block] the sum of each channel: the innermost dimension is kept,
/// too.
Value sumByBlockedChannel(OpBuilder &builder, Location loc, Value input, RankedTensorType result) {
  auto type = cast<RankedTensorType>(input.getType());
  auto blocks = RankedTensorType::get({type.getDimSize(0), type.getDimSize(1), type.getDimSize(4)},
                                      type.getElementType());
  AffineMap all = builder.getMultiDimIdentityMap(5);
  SmallVector<AffineMap> maps{all, all.getSubMap({0, 1, 4})};
  SmallVector<utils::IteratorType> loops(5, utils::IteratorType::parallel);
  loops[2] = loops[3] = utils::IteratorType::reduction;
  Value zero = filledTensor(builder, loc, blocks, builder.getF32FloatAttr(0));
  auto sum = [](OpBuilder &b, Location place, ValueRange v) {
    linalg::YieldOp::create(b, place, addInAnyOrder(b, place, v[0], v[1]));
  };
  Value sums =
      linalg::GenericOp::create(builder, loc, TypeRange(blocks), input, ValueRange(zero), maps, loops, sum)
          .getResult(0);
  return tensor::CollapseShapeOp::create(builder, loc, result, sums,
                                         ArrayRef<ReassociationIndices>{{0}, {1, 2}});
}

struct LowerReduceSum : OpConversionPattern<swy::ReduceSumOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::ReduceSumOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (op.getKeep() == 2 && isBlocked(op.getInput().getType())) {
      rewriter.replaceOp(
          op, sumByBlockedChannel(rewriter, op.getLoc(), adaptor.getInput(), op.getResult().getType()));
      return success();
    }
    rewriter.replaceOp(
        op, sumOver(rewriter, op.getLoc(), adaptor.getInput(), op.getKeep(), op.getResult().getType()));
    return success();
  }
};

/// (d0, ..., example): the sum over the batch runs innermost, as all sums do.
struct LowerSumExamples : OpConversionPattern<swy::SumExamplesOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SumExamplesOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    unsigned rank = type.getRank();
    if (op.getInput().getType() == type) {
      rewriter.replaceOp(op, adaptor.getInput());
      return success();
    }
    SmallVector<AffineExpr> read{rewriter.getAffineDimExpr(rank)};
    for (unsigned i = 0; i < rank; ++i)
      read.push_back(rewriter.getAffineDimExpr(i));
    MLIRContext *context = rewriter.getContext();
    SmallVector<AffineMap> maps{AffineMap::get(rank + 1, 0, read, context),
                                AffineMap::get(rank + 1, 0, ArrayRef(read).drop_front(), context)};
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    loops.push_back(utils::IteratorType::reduction);
    Value zero = filledTensor(rewriter, op.getLoc(), type, rewriter.getF32FloatAttr(0));
    auto sum = [](OpBuilder &b, Location place, ValueRange v) {
      linalg::YieldOp::create(b, place, addInAnyOrder(b, place, v[0], v[1]));
    };
    rewriter.replaceOpWithNewOp<linalg::GenericOp>(op, TypeRange(type), adaptor.getInput(), ValueRange(zero),
                                                   maps, loops, sum);
    return success();
  }
};

struct LowerForExamples : OpConversionPattern<swy::ForExamplesOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::ForExamplesOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getResult().getType());
    unsigned rank = type.getRank();
    if (op.getInput().getType() == type) {
      rewriter.replaceOp(op, adaptor.getInput());
      return success();
    }
    AffineMap every = rewriter.getMultiDimIdentityMap(rank);
    SmallVector<AffineMap> maps{
        AffineMap::get(rank, 0, every.getResults().drop_front(), rewriter.getContext()), every};
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    auto same = [](OpBuilder &b, Location place, ValueRange v) { linalg::YieldOp::create(b, place, v[0]); };
    rewriter.replaceOpWithNewOp<linalg::GenericOp>(
        op, TypeRange(type), adaptor.getInput(), emptyTensor(rewriter, op.getLoc(), type), maps, loops, same);
    return success();
  }
};

/// The power of two at or below each value, kept where its reciprocal is a normal number, too. Of what is not
/// finite the largest one, which leaves it so.
Value powerOfTwoBelow(OpBuilder &builder, Location loc, Value input) {
  auto type = cast<RankedTensorType>(input.getType());
  return buildElementwise(
      builder, loc, type, input, {type}, [](OpBuilder &b, Location place, ValueRange v) -> Value {
        Value bits = arith::BitcastOp::create(b, place, b.getI32Type(), v[0]);
        Value exponent = arith::AndIOp::create(b, place, bits, intConstant(b, place, 0x7f800000));
        exponent = arith::MaxSIOp::create(b, place, exponent, intConstant(b, place, 0x00800000)); // 2^-126
        exponent = arith::MinSIOp::create(b, place, exponent, intConstant(b, place, 0x7e800000)); // 2^126
        return arith::BitcastOp::create(b, place, b.getF32Type(), exponent);
      });
}

/// p * root of the sum of (x / p)^2, p a power of two near the largest |x|: as exact as without p, and
/// neither too small nor too large to be squared.
struct LowerNorm : OpConversionPattern<swy::NormOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::NormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getResult().getType();
    int64_t keep = op.getKeep();
    Value zero = filledTensor(rewriter, loc, type, rewriter.getF32FloatAttr(0));
    auto larger = [](OpBuilder &b, Location place, ValueRange v) {
      Value size = math::AbsFOp::create(b, place, v[0]);
      return SmallVector<Value>{arith::MaximumFOp::create(b, place, size, v[1])};
    };
    Value largest = buildReduction(rewriter, loc, adaptor.getInput(), keep, zero, larger)[0];
    Value scale = powerOfTwoBelow(rewriter, loc, largest);
    auto square = [](OpBuilder &b, Location place, ValueRange v) {
      Value one = floatConstant(b, place, 1), inverse = arith::DivFOp::create(b, place, one, v[1]);
      Value scaled = arith::MulFOp::create(b, place, v[0], inverse);
      return SmallVector<Value>{
          addInAnyOrder(b, place, arith::MulFOp::create(b, place, scaled, scaled), v[2])};
    };
    Value sum = buildReduction(rewriter, loc, {adaptor.getInput(), scale}, keep, zero, square)[0];
    rewriter.replaceOp(op, buildElementwise(rewriter, loc, type, {sum, scale}, {type, type},
                                            [](OpBuilder &b, Location place, ValueRange v) -> Value {
                                              Value root = math::SqrtOp::create(b, place, v[0]);
                                              return arith::MulFOp::create(b, place, root, v[1]);
                                            }));
    return success();
  }
};

struct LowerLogSumExp : OpConversionPattern<swy::LogSumExpOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::LogSumExpOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getResult().getType();
    Value largest = finiteOrZero(rewriter, loc, maxOverLast(rewriter, loc, adaptor.getLogits()));
    Value sum =
        sumOver(rewriter, loc, shiftedExp(rewriter, loc, adaptor.getLogits(), largest), type.getRank(), type);
    rewriter.replaceOp(op, buildElementwise(rewriter, loc, type, {sum, largest}, {type, type},
                                            [](OpBuilder &b, Location place, ValueRange v) -> Value {
                                              Value log = math::LogOp::create(b, place, v[0]);
                                              return arith::AddFOp::create(b, place, log, v[1]);
                                            }));
    return success();
  }
};

struct LowerSoftmax : OpConversionPattern<swy::SoftmaxOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SoftmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getResult().getType());
    RankedTensorType row = withoutLast(type);
    Value largest = finiteOrZero(rewriter, loc, maxOverLast(rewriter, loc, adaptor.getLogits()));
    Value exps = shiftedExp(rewriter, loc, adaptor.getLogits(), largest);
    Value sum = sumOver(rewriter, loc, exps, row.getRank(), row);
    rewriter.replaceOp(op, buildElementwise(rewriter, loc, type, {exps, sum}, {type, row},
                                            [](OpBuilder &b, Location place, ValueRange v) -> Value {
                                              return arith::DivFOp::create(b, place, v[0], v[1]);
                                            }));
    return success();
  }
};

/// Keeps (value, index) of the best so far; index -1 means none yet. NaN counts as largest, as in LibTorch.
struct LowerArgmax : OpConversionPattern<swy::ArgmaxOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::ArgmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getInput().getType());
    Value value = filledTensor(rewriter, loc, withoutLast(type), rewriter.getF32FloatAttr(0));
    Value index = filledTensor(rewriter, loc, op.getResult().getType(), rewriter.getI32IntegerAttr(-1));
    SmallVector<Value> inputs{adaptor.getInput()};
    if (adaptor.getExcept())
      inputs.push_back(adaptor.getExcept());
    int64_t last = type.getRank() - 1;
    SmallVector<Value> best = buildReduction(rewriter, loc, inputs, last, {value, index},
                                             [&](OpBuilder &b, Location place, ValueRange v) {
                                               return step(b, place, v, last, inputs.size() == 2);
                                             });
    rewriter.replaceOp(op, best[1]);
    return success();
  }

private:
  static SmallVector<Value> step(OpBuilder &b, Location loc, ValueRange v, int64_t last, bool excepts) {
    Value x = v[0], value = v[v.size() - 2], index = v[v.size() - 1];
    Value here = arith::IndexCastOp::create(b, loc, b.getI32Type(), linalg::IndexOp::create(b, loc, last));
    auto compare = [&](Predicate predicate, Value lhs, Value rhs) -> Value {
      return arith::CmpFOp::create(b, loc, predicate, lhs, rhs);
    };
    Value none = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, index, intConstant(b, loc, 0));
    Value firstNan =
        arith::AndIOp::create(b, loc, compare(Predicate::UNO, x, x), compare(Predicate::ORD, value, value));
    Value better = arith::OrIOp::create(b, loc, compare(Predicate::OGT, x, value), firstNan);
    Value take = arith::OrIOp::create(b, loc, none, better);
    if (excepts) {
      Value counts = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, here, v[1]);
      take = arith::AndIOp::create(b, loc, take, counts);
    }
    return {arith::SelectOp::create(b, loc, take, x, value),
            arith::SelectOp::create(b, loc, take, here, index)};
  }
};

/// Counts for each element how many come before it, then finds the one that rank - 1 do.
struct LowerArgLargest : OpConversionPattern<swy::ArgLargestOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::ArgLargestOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getInput().getType());
    unsigned last = type.getRank() - 1;
    Value before = countBefore(rewriter, loc, adaptor.getInput(), last);
    Value none = filledTensor(rewriter, loc, op.getResult().getType(), rewriter.getI32IntegerAttr(0));
    Value found =
        buildReduction(rewriter, loc, before, last, none, [&](OpBuilder &b, Location place, ValueRange v) {
          Value here =
              arith::IndexCastOp::create(b, place, b.getI32Type(), linalg::IndexOp::create(b, place, last));
          Value hit = arith::CmpIOp::create(b, place, arith::CmpIPredicate::eq, v[0],
                                            intConstant(b, place, static_cast<int64_t>(op.getRank()) - 1));
          return SmallVector<Value>{arith::SelectOp::create(b, place, hit, here, v[1])};
        })[0];
    rewriter.replaceOp(op, found);
    return success();
  }
};

struct LowerTake : OpConversionPattern<swy::TakeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TakeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    int64_t classes = cast<RankedTensorType>(op.getInput().getType()).getShape().back();
    Value input = adaptor.getInput();
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) -> Value {
      // Unsigned: a negative index is outside too.
      Value inside =
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, v[0], intConstant(b, loc, classes));
      Value safe = arith::SelectOp::create(b, loc, inside, v[0], intConstant(b, loc, 0));
      SmallVector<Value> indices;
      for (int64_t i = 0; i < type.getRank(); ++i)
        indices.push_back(linalg::IndexOp::create(b, loc, i));
      indices.push_back(arith::IndexCastOp::create(b, loc, b.getIndexType(), safe));
      Value element = tensor::ExtractOp::create(b, loc, input, indices);
      return arith::SelectOp::create(b, loc, inside, element, floatConstant(b, loc, 0));
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, adaptor.getIndex(),
                                            {op.getIndex().getType()}, body));
    return success();
  }
};

struct LowerOneHot : OpConversionPattern<swy::OneHotOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::OneHotOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) -> Value {
      Value position = linalg::IndexOp::create(b, loc, type.getRank() - 1);
      Value here = arith::IndexCastOp::create(b, loc, b.getI32Type(), position);
      Value hit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, here, v[0]);
      return arith::UIToFPOp::create(b, loc, b.getF32Type(), hit);
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, adaptor.getIndex(),
                                            {op.getIndex().getType()}, body));
    return success();
  }
};

} // namespace

void populateReductionPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerReduceSum, LowerSumExamples, LowerForExamples, LowerNorm, LowerLogSumExp, LowerSoftmax,
               LowerArgmax, LowerArgLargest, LowerTake, LowerOneHot>(types, patterns.getContext());
}

} // namespace switchyard
