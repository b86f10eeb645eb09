// Images of other sizes as linalg: a loop over the elements of what is made, each of which reads the input by
// index. The transposes are gathers, too: how many elements an input's became a part of is known, so that
// nothing is written twice.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <algorithm>

using namespace mlir;

namespace switchyard {

unsigned heightDimension(RankedTensorType type) {
  return isBlocked(type) ? 2 : type.getRank() - 2;
}

namespace {

/// The element itself where `inside` holds; `index` gets some index of an image with `extent` rows (or
/// columns).
Value inRange(OpBuilder &b, Location loc, Value &index, int64_t extent) {
  // Unsigned: a negative index is outside, too.
  Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, index,
                                       arith::ConstantIndexOp::create(b, loc, extent));
  index = arith::SelectOp::create(b, loc, inside, index, arith::ConstantIndexOp::create(b, loc, 0));
  return inside;
}

} // namespace

Value padImage(OpBuilder &builder, Location loc, Value image, RankedTensorType type, int64_t by,
               double with) {
  if (by == 0)
    return image;
  unsigned height = heightDimension(type);
  SmallVector<int64_t> shape(type.getShape());
  for (size_t i : {shape.size() - 2, shape.size() - 1})
    shape[i] += 2 * by;
  auto padded = RankedTensorType::get(shape, type.getElementType(), type.getEncoding());
  auto body = [&](OpBuilder &b, Location at, ValueRange) -> Value {
    SmallVector<Value> indices = currentIndices(b, at, physicalType(padded));
    Value inside;
    for (unsigned i : {height, height + 1}) {
      indices[i] = affineIndex(b, at, b.getAffineDimExpr(0) - by, indices[i]);
      Value along = inRange(b, at, indices[i], physicalType(type).getDimSize(i));
      inside = inside ? arith::AndIOp::create(b, at, inside, along).getResult() : along;
    }
    Value value = tensor::ExtractOp::create(b, at, image, indices);
    return arith::SelectOp::create(b, at, inside, value, floatConstant(b, at, with));
  };
  return buildElementwise(builder, loc, padded, {}, {}, body);
}

namespace {

struct LowerPad : OpConversionPattern<swy::PadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::PadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, padImage(rewriter, op.getLoc(), adaptor.getInput(), op.getInput().getType(),
                                    static_cast<int64_t>(op.getBy()), 0));
    return success();
  }
};

struct LowerCrop : OpConversionPattern<swy::CropOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::CropOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    unsigned height = heightDimension(type);
    auto body = [&](OpBuilder &b, Location loc, ValueRange) -> Value {
      SmallVector<Value> indices = currentIndices(b, loc, physicalType(type));
      for (unsigned i : {height, height + 1})
        indices[i] =
            affineIndex(b, loc, b.getAffineDimExpr(0) + static_cast<int64_t>(op.getBy()), indices[i]);
      return tensor::ExtractOp::create(b, loc, adaptor.getInput(), indices);
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, {}, {}, body));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Other rows or columns
//===----------------------------------------------------------------------===//

/// Along one dimension, from `in` elements to `out`. All is whole numbers: the centre of element i of the
/// result lies centre(i) / (2 out) behind that of the input's first.
struct Resizing {
  int64_t in, out;
  bool nearest;

  /// Of the i-th of the result, within the input's centres.
  Value centre(OpBuilder &b, Location loc, Value i) const {
    AffineExpr d = b.getAffineDimExpr(0);
    Value place = affineIndex(b, loc, d * (2 * in) + (in - out), i);
    auto bound = [&](int64_t at) { return arith::ConstantIndexOp::create(b, loc, at).getResult(); };
    place = arith::MaxSIOp::create(b, loc, place, bound(0));
    return arith::MinSIOp::create(b, loc, place, bound((in - 1) * 2 * out));
  }

  /// The first of the result that the i-th of the input may be a part of.
  AffineExpr first(AffineExpr i) const {
    return nearest ? (i * out).ceilDiv(in) : (i * (2 * out) - out - in).floorDiv(2 * in) + 1;
  }

  /// How many of the result an element of the input is a part of, at most.
  int64_t most() const {
    int64_t most = 1;
    for (int64_t i = 0; i < in; ++i)
      most = std::max(most, last(i) - std::max<int64_t>(firstOf(i), 0) + 1);
    return most;
  }

private:
  static int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0); }
  int64_t firstOf(int64_t i) const {
    return nearest ? (i * out + in - 1) / in : floorDiv(i * 2 * out - out - in, 2 * in) + 1;
  }
  int64_t last(int64_t i) const {
    return i == in - 1 ? out - 1
           : nearest   ? firstOf(i + 1) - 1
                       : -floorDiv(-((i + 1) * 2 * out + out - in), 2 * in) - 1;
  }
};

/// A resizing's numbers and where its dimension is among the physical ones of an image of `from`.
template <typename ResizingOp>
std::pair<Resizing, unsigned> resizingOf(ResizingOp op, RankedTensorType from, RankedTensorType to) {
  auto along = static_cast<unsigned>(op.getAlong());
  unsigned logical = from.getRank() - 2 + along;
  return {{from.getDimSize(logical), to.getDimSize(logical), op.getNearest()}, heightDimension(from) + along};
}

Value toReal(OpBuilder &b, Location loc, Value index) {
  Value word = arith::IndexCastOp::create(b, loc, b.getI32Type(), index);
  return arith::SIToFPOp::create(b, loc, b.getF32Type(), word);
}

struct LowerResize : OpConversionPattern<swy::ResizeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    auto [resizing, dimension] = resizingOf(op, op.getInput().getType(), type);
    auto body = [&, resizing = resizing, dimension = dimension](OpBuilder &b, Location loc,
                                                                ValueRange) -> Value {
      SmallVector<Value> indices = currentIndices(b, loc, physicalType(type));
      auto read = [&](Value at) -> Value {
        indices[dimension] = at;
        return tensor::ExtractOp::create(b, loc, adaptor.getInput(), indices);
      };
      AffineExpr d = b.getAffineDimExpr(0);
      if (resizing.nearest)
        return read(affineIndex(b, loc, (d * resizing.in).floorDiv(resizing.out), indices[dimension]));
      return between(b, loc, resizing, resizing.centre(b, loc, indices[dimension]), read);
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, {}, {}, body));
    return success();
  }

private:
  /// Linear between the two elements around a centre.
  static Value between(OpBuilder &b, Location loc, const Resizing &resizing, Value centre,
                       function_ref<Value(Value)> read) {
    AffineExpr d = b.getAffineDimExpr(0);
    int64_t whole = 2 * resizing.out;
    Value before = affineIndex(b, loc, d.floorDiv(whole), centre),
          rest = affineIndex(b, loc, d % whole, centre);
    Value behind = arith::MinSIOp::create(b, loc, affineIndex(b, loc, d + 1, before),
                                          arith::ConstantIndexOp::create(b, loc, resizing.in - 1));
    Value share = arith::DivFOp::create(b, loc, toReal(b, loc, rest),
                                        floatConstant(b, loc, static_cast<double>(whole)));
    Value other = arith::SubFOp::create(b, loc, floatConstant(b, loc, 1), share);
    Value first = read(before), second = read(behind);
    return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, other, first),
                                 arith::MulFOp::create(b, loc, share, second));
  }
};

struct LowerResizeBackward : OpConversionPattern<swy::ResizeBackwardOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::ResizeBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    auto [resizing, dimension] = resizingOf(op, type, op.getCotangent().getType());
    auto body = [&, resizing = resizing, dimension = dimension](OpBuilder &b, Location loc,
                                                                ValueRange) -> Value {
      SmallVector<Value> indices = currentIndices(b, loc, physicalType(type));
      Value i = indices[dimension], sum;
      Value first = affineIndex(b, loc, resizing.first(b.getAffineDimExpr(0)), i);
      first = arith::MaxSIOp::create(b, loc, first, arith::ConstantIndexOp::create(b, loc, 0));
      for (int64_t k = 0, most = resizing.most(); k < most; ++k) {
        indices[dimension] = affineIndex(b, loc, b.getAffineDimExpr(0) + k, first);
        Value inside = inRange(b, loc, indices[dimension], resizing.out);
        Value weight = weightOf(b, loc, resizing, i, indices[dimension]);
        Value part = arith::MulFOp::create(
            b, loc, weight, tensor::ExtractOp::create(b, loc, adaptor.getCotangent(), indices));
        part = arith::SelectOp::create(b, loc, inside, part, floatConstant(b, loc, 0));
        sum = sum ? arith::AddFOp::create(b, loc, sum, part).getResult() : part;
      }
      return sum;
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, {}, {}, body));
    return success();
  }

private:
  /// How much of the j-th of the result the i-th of the input is.
  static Value weightOf(OpBuilder &b, Location loc, const Resizing &resizing, Value i, Value j) {
    AffineExpr d = b.getAffineDimExpr(0);
    Value zero = floatConstant(b, loc, 0), one = floatConstant(b, loc, 1);
    if (resizing.nearest) {
      Value read = affineIndex(b, loc, (d * resizing.in).floorDiv(resizing.out), j);
      Value same = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, read, i);
      return arith::SelectOp::create(b, loc, same, one, zero);
    }
    int64_t whole = 2 * resizing.out;
    Value apart =
        arith::SubIOp::create(b, loc, resizing.centre(b, loc, j), affineIndex(b, loc, d * whole, i));
    Value distance = arith::DivFOp::create(b, loc, toReal(b, loc, apart),
                                           floatConstant(b, loc, static_cast<double>(whole)));
    Value weight = arith::SubFOp::create(b, loc, one, math::AbsFOp::create(b, loc, distance));
    return arith::MaximumFOp::create(b, loc, weight, zero);
  }
};

} // namespace

void populateResizingPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerPad, LowerCrop, LowerResize, LowerResizeBackward>(types, patterns.getContext());
}

} // namespace switchyard
