// Pooling as linalg: forward reads a window's elements through one indexing map each, backward is a
// gather. In both the innermost dimension runs through memory in order (channels of a block, or columns), and
// vectorizes.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace switchyard {
namespace {

using Predicate = arith::CmpFPredicate;

/// Where height and width are among the physical dimensions of a batch (or one) of images.
unsigned heightDimension(RankedTensorType type) {
  return isBlocked(type) ? 2 : type.getRank() - 2;
}

/// Largest element and its place, starting from the first; NaN counts as largest, as in LibTorch.
SmallVector<Value> largestOf(OpBuilder &b, Location loc, ValueRange window) {
  Value best = window[0], which = intConstant(b, loc, 0, 8);
  for (unsigned i = 1; i < window.size(); ++i) {
    Value larger = arith::CmpFOp::create(b, loc, Predicate::OGT, window[i], best);
    Value nan = arith::CmpFOp::create(b, loc, Predicate::UNO, window[i], window[i]);
    Value take = arith::OrIOp::create(b, loc, larger, nan);
    best = arith::SelectOp::create(b, loc, take, window[i], best);
    which = arith::SelectOp::create(b, loc, take, intConstant(b, loc, i, 8), which);
  }
  return {best, which};
}

/// From an output element to the input element at `place` (row-major) of its window.
AffineMap windowMap(Builder &builder, unsigned rank, unsigned height, int64_t size, int64_t place) {
  SmallVector<AffineExpr> indices;
  for (unsigned i = 0; i < rank; ++i)
    indices.push_back(builder.getAffineDimExpr(i));
  indices[height] = indices[height] * size + place / size;
  indices[height + 1] = indices[height + 1] * size + place % size;
  return AffineMap::get(rank, 0, indices, builder.getContext());
}

/// The maps of a window's elements, in order.
SmallVector<AffineMap> windowMaps(Builder &builder, RankedTensorType pooled, int64_t size) {
  SmallVector<AffineMap> maps;
  for (int64_t place = 0; place < size * size; ++place)
    maps.push_back(windowMap(builder, physicalType(pooled).getRank(), heightDimension(pooled), size, place));
  return maps;
}

struct LowerMaxPool : OpConversionPattern<swy::MaxPoolOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::MaxPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getResult().getType(), whichType = op.getWhich().getType();
    unsigned rank = physicalType(type).getRank();
    int64_t size = op.getSize();
    SmallVector<AffineMap> maps = windowMaps(rewriter, type, size);
    maps.append(2, rewriter.getMultiDimIdentityMap(rank));
    SmallVector<Value> inputs(size * size, adaptor.getInput());
    SmallVector<Value> outputs{emptyTensor(rewriter, loc, type), emptyTensor(rewriter, loc, whichType)};
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange{physicalType(type), physicalType(whichType)}, inputs, outputs, maps, loops,
        [&](OpBuilder &b, Location at, ValueRange v) {
          linalg::YieldOp::create(b, at, largestOf(b, at, v.take_front(size * size)));
        });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

/// In the body of a loop over images: the window that the current element lies in.
struct WindowOfElement {
  SmallVector<Value> indices; // the pooled element's; in range where there is none
  Value place;                // i32, the element's in its window, row-major
  Value inside;               // whether there is one; null where there always is

  WindowOfElement(OpBuilder &b, Location loc, RankedTensorType type, RankedTensorType pooled, unsigned height,
                  int64_t size)
      : place(intConstant(b, loc, 0)) {
    for (int64_t i = 0; i < type.getRank(); ++i)
      indices.push_back(linalg::IndexOp::create(b, loc, i));
    for (unsigned i : {height, height + 1}) {
      AffineExpr d = b.getAffineDimExpr(0);
      Value rest = affine::AffineApplyOp::create(b, loc, AffineMap::get(1, 0, d % size), indices[i]);
      Value window =
          affine::AffineApplyOp::create(b, loc, AffineMap::get(1, 0, d.floorDiv(size)), indices[i]);
      Value scaled = arith::MulIOp::create(b, loc, place, intConstant(b, loc, size));
      place = arith::AddIOp::create(b, loc, scaled, arith::IndexCastOp::create(b, loc, b.getI32Type(), rest));
      indices[i] = insideOrLast(b, loc, window, pooled.getDimSize(i), type.getDimSize(i) / size * size,
                                type.getDimSize(i));
    }
  }

private:
  /// The window's index, kept in range where a rest at the border belongs to no window.
  Value insideOrLast(OpBuilder &b, Location loc, Value window, int64_t windows, int64_t covered,
                     int64_t whole) {
    if (covered == whole)
      return window;
    Value count = arith::ConstantIndexOp::create(b, loc, windows);
    Value within = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, window, count);
    inside = inside ? Value(arith::AndIOp::create(b, loc, inside, within)) : within;
    return arith::SelectOp::create(b, loc, within, window,
                                   arith::ConstantIndexOp::create(b, loc, windows - 1));
  }
};

struct LowerMaxPoolBackward : OpConversionPattern<swy::MaxPoolBackwardOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::MaxPoolBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType(), pooled = op.getCotangent().getType();
    unsigned height = heightDimension(type);
    int64_t size = op.getSize();
    auto body = [&](OpBuilder &b, Location loc, ValueRange) -> Value {
      return gather(b, loc, adaptor.getCotangent(), adaptor.getWhich(), physicalType(type),
                    physicalType(pooled), height, size);
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, {}, {}, body));
    return success();
  }

private:
  /// The cotangent of the window that the current element lies in, if the element was its largest.
  static Value gather(OpBuilder &b, Location loc, Value cotangent, Value which, RankedTensorType type,
                      RankedTensorType pooled, unsigned height, int64_t size) {
    WindowOfElement window(b, loc, type, pooled, height, size);
    Value winner = tensor::ExtractOp::create(b, loc, which, window.indices);
    Value place8 = arith::TruncIOp::create(b, loc, b.getI8Type(), window.place);
    Value hit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, winner, place8);
    if (window.inside)
      hit = arith::AndIOp::create(b, loc, hit, window.inside);
    Value value = tensor::ExtractOp::create(b, loc, cotangent, window.indices);
    return arith::SelectOp::create(b, loc, hit, value, floatConstant(b, loc, 0));
  }
};

struct LowerAvgPool : OpConversionPattern<swy::AvgPoolOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::AvgPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getResult().getType();
    unsigned rank = physicalType(type).getRank();
    auto size = static_cast<int64_t>(op.getSize());
    SmallVector<AffineMap> maps = windowMaps(rewriter, type, size);
    maps.push_back(rewriter.getMultiDimIdentityMap(rank));
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    auto mean = [&](OpBuilder &b, Location at, ValueRange v) {
      Value sum = v[0];
      for (Value element : v.slice(1, size * size - 1))
        sum = arith::AddFOp::create(b, at, sum, element);
      Value count = floatConstant(b, at, static_cast<double>(size * size));
      linalg::YieldOp::create(b, at, ValueRange(arith::DivFOp::create(b, at, sum, count)));
    };
    auto generic = linalg::GenericOp::create(rewriter, loc, TypeRange(physicalType(type)),
                                             SmallVector<Value>(size * size, adaptor.getInput()),
                                             ValueRange(emptyTensor(rewriter, loc, type)), maps, loops, mean);
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

struct LowerAvgPoolBackward : OpConversionPattern<swy::AvgPoolBackwardOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::AvgPoolBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType(), pooled = op.getCotangent().getType();
    auto size = static_cast<int64_t>(op.getSize());
    auto body = [&](OpBuilder &b, Location loc, ValueRange) -> Value {
      WindowOfElement window(b, loc, physicalType(type), physicalType(pooled), heightDimension(type), size);
      Value value = tensor::ExtractOp::create(b, loc, adaptor.getCotangent(), window.indices);
      value = arith::DivFOp::create(b, loc, value, floatConstant(b, loc, static_cast<double>(size * size)));
      return window.inside
                 ? arith::SelectOp::create(b, loc, window.inside, value, floatConstant(b, loc, 0)).getResult()
                 : value;
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, {}, {}, body));
    return success();
  }
};

} // namespace

void populatePoolingPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerMaxPool, LowerMaxPoolBackward, LowerAvgPool, LowerAvgPoolBackward>(types,
                                                                                       patterns.getContext());
}

} // namespace switchyard
