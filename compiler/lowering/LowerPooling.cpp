// Pooling as linalg: forward reads a window's elements through one indexing map each, of an image that has
// its padding with it; backward is a gather from all windows that an element lies in. In both the innermost
// dimension runs through memory in order (channels of a block, or columns), and vectorizes.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace switchyard {
namespace {

using Predicate = arith::CmpFPredicate;

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

/// From an output element to the input element at `place` (row-major) of its window, where nothing pads.
AffineMap windowMap(Builder &builder, unsigned rank, unsigned height, const Windows &windows, int64_t place) {
  SmallVector<AffineExpr> indices;
  for (unsigned i = 0; i < rank; ++i)
    indices.push_back(builder.getAffineDimExpr(i));
  indices[height] = indices[height] * windows.stride + place / windows.size;
  indices[height + 1] = indices[height + 1] * windows.stride + place % windows.size;
  return AffineMap::get(rank, 0, indices, builder.getContext());
}

/// In a loop over windows: a window's elements, read one by one.
SmallVector<Value> readWindow(OpBuilder &b, Location loc, Value padded, RankedTensorType physical,
                              unsigned height, const Windows &windows) {
  SmallVector<Value> elements, indices = currentIndices(b, loc, physical);
  SmallVector<Value> at(indices);
  for (int64_t row = 0; row < windows.size; ++row) {
    at[height] = affineIndex(b, loc, b.getAffineDimExpr(0) * windows.stride + row, indices[height]);
    for (int64_t column = 0; column < windows.size; ++column) {
      at[height + 1] =
          affineIndex(b, loc, b.getAffineDimExpr(0) * windows.stride + column, indices[height + 1]);
      elements.push_back(tensor::ExtractOp::create(b, loc, padded, at));
    }
  }
  return elements;
}

using OfWindow = function_ref<SmallVector<Value>(OpBuilder &, Location, ValueRange)>;

/// Values of each window's elements, which come in order. `padded` has its padding with it. Windows that
/// begin at every element have no maps: the first element's would be the identity, by which linalg would have
/// as many windows as elements.
SmallVector<Value> buildPooling(OpBuilder &builder, Location loc, Value padded, const Windows &windows,
                                ArrayRef<RankedTensorType> types, OfWindow of) {
  RankedTensorType physical = physicalType(types[0]);
  unsigned rank = physical.getRank(), height = heightDimension(types[0]);
  size_t places = windows.stride > 1 ? static_cast<size_t>(windows.size * windows.size) : 0;
  SmallVector<AffineMap> maps;
  for (size_t place = 0; place < places; ++place)
    maps.push_back(windowMap(builder, rank, height, windows, static_cast<int64_t>(place)));
  maps.append(types.size(), builder.getMultiDimIdentityMap(rank));
  SmallVector<Value> outputs;
  for (RankedTensorType type : types)
    outputs.push_back(emptyTensor(builder, loc, type));
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(ValueRange(outputs)), SmallVector<Value>(places, padded), outputs, maps,
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &b, Location at, ValueRange v) {
        SmallVector<Value> window(v.take_front(places));
        if (window.empty())
          window = readWindow(b, at, padded, physical, height, windows);
        linalg::YieldOp::create(b, at, of(b, at, window));
      });
  return SmallVector<Value>(generic.getResults());
}

struct LowerMaxPool : OpConversionPattern<swy::MaxPoolOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::MaxPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Windows windows = op.getWindows();
    Value padded = padImage(rewriter, op.getLoc(), adaptor.getInput(), op.getInput().getType(),
                            windows.padding, -std::numeric_limits<double>::infinity());
    rewriter.replaceOp(op, buildPooling(rewriter, op.getLoc(), padded, windows,
                                        {op.getResult().getType(), op.getWhich().getType()}, largestOf));
    return success();
  }
};

struct LowerAvgPool : OpConversionPattern<swy::AvgPoolOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::AvgPoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Windows windows = op.getWindows();
    Value padded =
        padImage(rewriter, op.getLoc(), adaptor.getInput(), op.getInput().getType(), windows.padding, 0);
    auto mean = [&](OpBuilder &b, Location at, ValueRange window) -> SmallVector<Value> {
      Value sum = window[0];
      for (Value element : window.drop_front())
        sum = arith::AddFOp::create(b, at, sum, element);
      Value count = floatConstant(b, at, static_cast<double>(window.size()));
      return {arith::DivFOp::create(b, at, sum, count)};
    };
    rewriter.replaceOp(op,
                       buildPooling(rewriter, op.getLoc(), padded, windows, op.getResult().getType(), mean));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Cotangents
//===----------------------------------------------------------------------===//

/// In the body of a loop over images: a window that the current element may lie in.
struct WindowOfElement {
  SmallVector<Value> indices; // the pooled element's; in range where the element lies in no such window
  Value place;                // i32, the element's in its window, row-major
  Value inside;               // whether it lies in the window; null where it always does

  /// `type` and `pooled` are physical. The window is the last one above and left of the element, or `up` and
  /// `left` before that one.
  WindowOfElement(OpBuilder &b, Location loc, RankedTensorType type, RankedTensorType pooled, unsigned height,
                  const Windows &windows, int64_t up, int64_t left)
      : indices(currentIndices(b, loc, type)), place(intConstant(b, loc, 0)) {
    for (auto [i, back] : {std::pair(height, up), std::pair(height + 1, left)}) {
      Value rest = find(b, loc, i, windows, back, type.getDimSize(i), pooled.getDimSize(i));
      Value scaled = arith::MulIOp::create(b, loc, place, intConstant(b, loc, windows.size));
      place = arith::AddIOp::create(b, loc, scaled, arith::IndexCastOp::create(b, loc, b.getI32Type(), rest));
    }
  }

  /// `value` where the element lies in the window, else 0.
  Value orZero(OpBuilder &b, Location loc, Value value) const {
    return inside ? arith::SelectOp::create(b, loc, inside, value, floatConstant(b, loc, 0)).getResult()
                  : value;
  }

private:
  /// Along one dimension: puts the window's index into `indices`, and gives the element's place in the
  /// window.
  Value find(OpBuilder &b, Location loc, unsigned i, const Windows &windows, int64_t back, int64_t extent,
             int64_t count) {
    AffineExpr at = b.getAffineDimExpr(0) + windows.padding;
    Value rest = affineIndex(b, loc, at % windows.stride + back * windows.stride, indices[i]);
    Value window = affineIndex(b, loc, at.floorDiv(windows.stride) - back, indices[i]);
    int64_t first = windows.padding / windows.stride - back,
            last = (extent - 1 + windows.padding) / windows.stride - back;
    if ((back + 1) * windows.stride > windows.size)
      require(b, loc, rest, windows.size);
    indices[i] = window;
    if (first < 0 || last >= count) {
      // Unsigned: a negative index is outside, too.
      Value within = require(b, loc, window, count);
      indices[i] =
          arith::SelectOp::create(b, loc, within, window, arith::ConstantIndexOp::create(b, loc, count - 1));
    }
    return rest;
  }

  /// The element lies inside only where `index` is below `count`.
  Value require(OpBuilder &b, Location loc, Value index, int64_t count) {
    Value below = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, index,
                                        arith::ConstantIndexOp::create(b, loc, count));
    inside = inside ? arith::AndIOp::create(b, loc, inside, below).getResult() : below;
    return below;
  }
};

using OfElement = function_ref<Value(OpBuilder &, Location, const WindowOfElement &)>;

/// For each element of an image of `type` the sum of what it gets from its windows, the first of them first.
Value sumOverWindows(OpBuilder &builder, Location loc, RankedTensorType type, RankedTensorType pooled,
                     const Windows &windows, OfElement of) {
  auto body = [&](OpBuilder &b, Location at, ValueRange) -> Value {
    int64_t overlap = (windows.size + windows.stride - 1) / windows.stride;
    Value sum;
    for (int64_t up = overlap - 1; up >= 0; --up)
      for (int64_t left = overlap - 1; left >= 0; --left) {
        WindowOfElement window(b, at, physicalType(type), physicalType(pooled), heightDimension(type),
                               windows, up, left);
        Value part = of(b, at, window);
        sum = sum ? arith::AddFOp::create(b, at, sum, part).getResult() : part;
      }
    return sum;
  };
  return buildElementwise(builder, loc, type, {}, {}, body);
}

struct LowerMaxPoolBackward : OpConversionPattern<swy::MaxPoolBackwardOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::MaxPoolBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    /// The window's cotangent, if the element was its largest.
    auto ofChosen = [&](OpBuilder &b, Location loc, const WindowOfElement &window) -> Value {
      Value winner = tensor::ExtractOp::create(b, loc, adaptor.getWhich(), window.indices);
      Value place8 = arith::TruncIOp::create(b, loc, b.getI8Type(), window.place);
      Value hit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, winner, place8);
      if (window.inside)
        hit = arith::AndIOp::create(b, loc, hit, window.inside);
      Value value = tensor::ExtractOp::create(b, loc, adaptor.getCotangent(), window.indices);
      return arith::SelectOp::create(b, loc, hit, value, floatConstant(b, loc, 0));
    };
    rewriter.replaceOp(op, sumOverWindows(rewriter, op.getLoc(), op.getResult().getType(),
                                          op.getCotangent().getType(), op.getWindows(), ofChosen));
    return success();
  }
};

struct LowerAvgPoolBackward : OpConversionPattern<swy::AvgPoolBackwardOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::AvgPoolBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto size = static_cast<int64_t>(op.getSize());
    auto share = [&](OpBuilder &b, Location loc, const WindowOfElement &window) -> Value {
      Value value = tensor::ExtractOp::create(b, loc, adaptor.getCotangent(), window.indices);
      value = arith::DivFOp::create(b, loc, value, floatConstant(b, loc, static_cast<double>(size * size)));
      return window.orZero(b, loc, value);
    };
    rewriter.replaceOp(op, sumOverWindows(rewriter, op.getLoc(), op.getResult().getType(),
                                          op.getCotangent().getType(), op.getWindows(), share));
    return success();
  }
};

} // namespace

void populatePoolingPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerMaxPool, LowerMaxPoolBackward, LowerAvgPool, LowerAvgPoolBackward>(types,
                                                                                       patterns.getContext());
}

} // namespace switchyard
