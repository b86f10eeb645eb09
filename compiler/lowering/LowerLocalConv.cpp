// Locally connected layers as linalg. Weights lie in rows of places, so that what is made of the image and
// the weights' cotangent run through memory in order and vectorize along a row; rows of places come first,
// since the weights of one then serve the whole batch. The image's cotangent is a gather: each pixel asks the
// windows that it may lie in.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace switchyard {
namespace {

/// One example as a batch of one.
Value asBatch(OpBuilder &builder, Location loc, Value images) {
  auto type = cast<RankedTensorType>(images.getType());
  if (type.getRank() == 4)
    return images;
  return swy::ReshapeOp::create(builder, loc, cast<RankedTensorType>(swy::batchedType(type, 1)), images);
}

/// The loops of one operation: of an image with its padding, weights, and what they make of one another.
class Loops {
public:
  template <typename Op>
  Loops(OpBuilder &builder, Op op, RankedTensorType weights)
      : builder(builder), loc(op.getLoc()), stride(static_cast<int64_t>(op.getStride())),
        padding(static_cast<int64_t>(op.getPadding())), weightsType(weights) {}

  Value forward(Value input, Value weights, RankedTensorType result) {
    return ofImage(result, [&](RankedTensorType batch) {
      return sum(batch, {padded(input), weights}, {ofImageMap(), ofWeights(), ofMade()}, product);
    });
  }

  Value backwardWeights(Value input, Value cotangent) {
    return sum(weightsType, {padded(input), asBatch(builder, loc, cotangent)},
               {ofImageMap(), ofMade(), ofWeights()}, product);
  }

  /// Rows and columns are the image's here.
  Value backwardInput(Value cotangent, Value weights, RankedTensorType result) {
    Value made = asBatch(builder, loc, cotangent);
    SmallVector<AffineExpr> first{d(Channel), d(Input), d(Down), d(Right), zero(), zero()};
    return ofImage(result, [&](RankedTensorType batch) {
      auto term = [&](OpBuilder &b, Location at, ValueRange) { return ofWindow(b, at, made, weights); };
      // Of the weights it is known how many channels and how large windows there are.
      return sum(batch, weights,
                 {map(weightsType.getRank() == 7, first), map(true, {d(Input), d(Row), d(Column)})}, term);
    });
  }

private:
  enum Dimension { Row, Channel, Example, Input, Down, Right, Column, Count };

  AffineExpr d(Dimension dimension) { return builder.getAffineDimExpr(dimension); }
  AffineExpr zero() { return builder.getAffineConstantExpr(0); }

  AffineMap map(bool ofExample, ArrayRef<AffineExpr> behind) {
    SmallVector<AffineExpr> results;
    if (ofExample)
      results.push_back(d(Example));
    llvm::append_range(results, behind);
    return AffineMap::get(Count, 0, results, builder.getContext());
  }
  AffineMap ofImageMap() {
    return map(true, {d(Input), d(Row) * stride + d(Down), d(Column) * stride + d(Right)});
  }
  AffineMap ofWeights() {
    bool ofExample = weightsType.getRank() == 7;
    return map(ofExample, {d(Channel), d(Input), d(Down), d(Right), d(Row), d(Column)});
  }
  AffineMap ofMade() { return map(true, {d(Channel), d(Row), d(Column)}); }

  Value padded(Value input) {
    Value batch = asBatch(builder, loc, input);
    return padImage(builder, loc, batch, cast<RankedTensorType>(batch.getType()), padding, 0);
  }

  /// What is made for a batch, with the type of the result.
  Value ofImage(RankedTensorType result, function_ref<Value(RankedTensorType)> make) {
    if (result.getRank() == 4)
      return make(result);
    Value batch = make(cast<RankedTensorType>(swy::batchedType(result, 1)));
    return swy::ReshapeOp::create(builder, loc, result, batch);
  }

  static Value product(OpBuilder &b, Location at, ValueRange v) {
    return arith::MulFOp::create(b, at, v[0], v[1]);
  }

  /// Sums of terms over the dimensions that the last map leaves out.
  Value sum(RankedTensorType type, ValueRange inputs, ArrayRef<AffineMap> maps, ScalarBody term) {
    SmallVector<utils::IteratorType> kinds(Count, utils::IteratorType::reduction);
    for (AffineExpr kept : maps.back().getResults())
      kinds[cast<AffineDimExpr>(kept).getPosition()] = utils::IteratorType::parallel;
    Value none = filledTensor(builder, loc, type, builder.getF32FloatAttr(0));
    auto add = [&](OpBuilder &b, Location at, ValueRange v) {
      Value sum = arith::AddFOp::create(b, at, v.back(), term(b, at, v), arith::FastMathFlags::reassoc);
      linalg::YieldOp::create(b, at, sum);
    };
    return linalg::GenericOp::create(builder, loc, TypeRange(type), inputs, ValueRange(none), maps, kinds,
                                     add)
        .getResult(0);
  }

  /// The place whose window has the image's element at `at` of one dimension in its element `in`, and whether
  /// there is one; some place where there is none.
  std::pair<Value, Value> placeOf(OpBuilder &b, Location loc, Dimension at, Dimension in, int64_t places) {
    SmallVector<Value> both{linalg::IndexOp::create(b, loc, at), linalg::IndexOp::create(b, loc, in)};
    AffineExpr from = b.getAffineDimExpr(0) + padding - b.getAffineDimExpr(1);
    auto apply = [&](AffineExpr of) {
      return affine::AffineApplyOp::create(b, loc, AffineMap::get(2, 0, of), both);
    };
    auto constant = [&](int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); };
    Value place = apply(from.floorDiv(stride));
    // Unsigned: a negative place is outside, too.
    Value there = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, place, constant(places));
    if (stride > 1) {
      Value rest = apply(from % stride);
      Value meets = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, rest, constant(0));
      there = arith::AndIOp::create(b, loc, there, meets);
    }
    return {arith::SelectOp::create(b, loc, there, place, constant(0)), there};
  }

  /// What a pixel gets of one of its windows.
  Value ofWindow(OpBuilder &b, Location at, Value made, Value weights) {
    ArrayRef<int64_t> places = weightsType.getShape().take_back(2);
    auto [row, inRows] = placeOf(b, at, Row, Down, places[0]);
    auto [column, inColumns] = placeOf(b, at, Column, Right, places[1]);
    auto index = [&](Dimension dimension) -> Value { return linalg::IndexOp::create(b, at, dimension); };
    Value example = index(Example), channel = index(Channel);
    SmallVector<Value> ofWeight{channel, index(Input), index(Down), index(Right), row, column};
    if (weightsType.getRank() == 7)
      ofWeight.insert(ofWeight.begin(), example);
    Value weight = tensor::ExtractOp::create(b, at, weights, ofWeight);
    Value value = tensor::ExtractOp::create(b, at, made, ValueRange{example, channel, row, column});
    Value inside = arith::AndIOp::create(b, at, inRows, inColumns);
    Value part = arith::MulFOp::create(b, at, weight, value);
    return arith::SelectOp::create(b, at, inside, part, floatConstant(b, at, 0));
  }

  OpBuilder &builder;
  Location loc;
  int64_t stride, padding;
  RankedTensorType weightsType;
};

struct LowerLocalConv : OpConversionPattern<swy::LocalConvOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::LocalConvOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Loops loops(rewriter, op, op.getWeights().getType());
    rewriter.replaceOp(op, loops.forward(adaptor.getInput(), adaptor.getWeights(), op.getResult().getType()));
    return success();
  }
};

struct LowerLocalConvBackwardInput : OpConversionPattern<swy::LocalConvBackwardInputOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::LocalConvBackwardInputOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Loops loops(rewriter, op, op.getWeights().getType());
    rewriter.replaceOp(
        op, loops.backwardInput(adaptor.getCotangent(), adaptor.getWeights(), op.getResult().getType()));
    return success();
  }
};

struct LowerLocalConvBackwardWeights : OpConversionPattern<swy::LocalConvBackwardWeightsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::LocalConvBackwardWeightsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Loops loops(rewriter, op, op.getResult().getType());
    rewriter.replaceOp(op, loops.backwardWeights(adaptor.getInput(), adaptor.getCotangent()));
    return success();
  }
};

} // namespace

void populateLocalConvPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerLocalConv, LowerLocalConvBackwardInput, LowerLocalConvBackwardWeights>(
      types, patterns.getContext());
}

} // namespace switchyard
