// Images read at other places (swy.sample), as linalg: a loop over the result's elements, each of which reads
// four pixels. The transpose writes where it is told to, so that only whole planes can run beside each other:
// it is a loop over planes once there is memory to write to, in whose body the pixels' buffer is read and
// written by index.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace switchyard {
namespace {

/// Along one dimension: the two pixels around a place, and how much each counts.
struct Neighbours {
  Value index[2];  // index type, of some pixel where it is none
  Value inside[2]; // whether it is a pixel
  Value weight[2];

  /// `place` may be any real, or none: that is far outside.
  Neighbours(OpBuilder &b, Location loc, Value place, int64_t pixels) {
    Value low = floatConstant(b, loc, -2), high = floatConstant(b, loc, static_cast<double>(pixels) + 1);
    Value near =
        arith::MinNumFOp::create(b, loc, arith::MaxNumFOp::create(b, loc, place, low), high).getResult();
    Value whole = math::FloorOp::create(b, loc, near);
    weight[1] = arith::SubFOp::create(b, loc, near, whole);
    weight[0] = arith::SubFOp::create(b, loc, floatConstant(b, loc, 1), weight[1]);
    Value first = arith::FPToSIOp::create(b, loc, b.getI32Type(), whole);
    for (int64_t i : {0, 1}) {
      Value at = i == 0 ? first : arith::AddIOp::create(b, loc, first, intConstant(b, loc, 1)).getResult();
      // Unsigned: a negative index is outside, too.
      inside[i] = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, at, intConstant(b, loc, pixels));
      Value safe = arith::SelectOp::create(b, loc, inside[i], at, intConstant(b, loc, 0));
      index[i] = arith::IndexCastOp::create(b, loc, b.getIndexType(), safe);
    }
  }

  /// Between the values at the two.
  Value between(OpBuilder &b, Location loc, Value first, Value second) const {
    return arith::AddFOp::create(b, loc, arith::MulFOp::create(b, loc, weight[0], first),
                                 arith::MulFOp::create(b, loc, weight[1], second));
  }
};

/// In the body of a loop whose first dimensions are those of an image's planes: the four pixels around a
/// place.
struct Corners {
  Neighbours rows, columns;
  SmallVector<Value> plane;

  Corners(OpBuilder &b, Location loc, ArrayRef<int64_t> image, Value row, Value column)
      : rows(b, loc, row, image[image.size() - 2]), columns(b, loc, column, image.back()) {
    for (size_t i = 0; i + 2 < image.size(); ++i)
      plane.push_back(linalg::IndexOp::create(b, loc, i));
  }

  SmallVector<Value> indices(int64_t row, int64_t column) const {
    SmallVector<Value> all(plane);
    all.append({rows.index[row], columns.index[column]});
    return all;
  }
  Value isPixel(OpBuilder &b, Location loc, int64_t row, int64_t column) const {
    return arith::AndIOp::create(b, loc, rows.inside[row], columns.inside[column]);
  }
};

/// What an element of the result is, from the values of the four pixels, row by row.
using OfPixels = function_ref<Value(OpBuilder &, Location, const Corners &, ArrayRef<Value>)>;

/// One value for each place; none where the place is none.
template <typename SamplingOp>
Value buildSampling(OpBuilder &builder, SamplingOp op, typename SamplingOp::Adaptor adaptor, OfPixels of) {
  Value image = adaptor.getImage();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(image.getType()).getShape();
  auto body = [&](OpBuilder &b, Location loc, ValueRange place) -> Value {
    Corners corners(b, loc, shape, place[0], place[1]);
    SmallVector<Value> pixels;
    for (int64_t row : {0, 1})
      for (int64_t column : {0, 1}) {
        Value pixel = tensor::ExtractOp::create(b, loc, image, corners.indices(row, column));
        pixels.push_back(arith::SelectOp::create(b, loc, corners.isPixel(b, loc, row, column), pixel,
                                                 floatConstant(b, loc, 0)));
      }
    Value isNone = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, place[0], place[1]);
    Value none = floatConstant(b, loc, std::numeric_limits<double>::quiet_NaN());
    return arith::SelectOp::create(b, loc, isNone, none, of(b, loc, corners, pixels));
  };
  return buildElementwise(builder, op.getLoc(), cast<RankedTensorType>(op.getResult().getType()),
                          {adaptor.getRows(), adaptor.getColumns()},
                          {op.getRows().getType(), op.getColumns().getType()}, body);
}

struct LowerSample : OpConversionPattern<swy::SampleOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SampleOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto bilinear = [](OpBuilder &b, Location loc, const Corners &at, ArrayRef<Value> pixels) {
      return at.rows.between(b, loc, at.columns.between(b, loc, pixels[0], pixels[1]),
                             at.columns.between(b, loc, pixels[2], pixels[3]));
    };
    rewriter.replaceOp(op, buildSampling(rewriter, op, adaptor, bilinear));
    return success();
  }
};

struct LowerSampleSlope : OpConversionPattern<swy::SampleSlopeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SampleSlopeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    bool isDown = op.getAlong() == 0;
    auto slope = [&](OpBuilder &b, Location loc, const Corners &at, ArrayRef<Value> pixels) {
      auto step = [&](unsigned from, unsigned to) -> Value {
        return arith::SubFOp::create(b, loc, pixels[to], pixels[from]);
      };
      return isDown ? at.columns.between(b, loc, step(0, 2), step(1, 3))
                    : at.rows.between(b, loc, step(0, 1), step(2, 3));
    };
    rewriter.replaceOp(op, buildSampling(rewriter, op, adaptor, slope));
    return success();
  }
};

struct LowerSampleBackward : OpConversionPattern<swy::SampleBackwardOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SampleBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value zero = filledTensor(rewriter, op.getLoc(), op.getResult().getType(), rewriter.getF32FloatAttr(0));
    rewriter.replaceOpWithNewOp<swy::ScatterSamplesOp>(op, zero.getType(), adaptor.getCotangent(),
                                                       adaptor.getRows(), adaptor.getColumns(), zero);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// In memory
//===----------------------------------------------------------------------===//

/// image += weight * cotangent, at each of the four pixels.
void addToPixels(OpBuilder &b, Location loc, Value image, const Corners &at, Value cotangent) {
  for (int64_t row : {0, 1})
    for (int64_t column : {0, 1}) {
      Value weight = arith::MulFOp::create(b, loc, at.rows.weight[row], at.columns.weight[column]);
      Value part = arith::MulFOp::create(b, loc, weight, cotangent);
      part = arith::SelectOp::create(b, loc, at.isPixel(b, loc, row, column), part, floatConstant(b, loc, 0));
      SmallVector<Value> indices = at.indices(row, column);
      Value before = memref::LoadOp::create(b, loc, image, indices);
      memref::StoreOp::create(b, loc, arith::AddFOp::create(b, loc, before, part), image, indices);
    }
}

/// A loop over planes, in which one over places adds to the plane. The loop's result is the plane's first
/// element, for linalg wants one: given back as it is by then, so that it says what memory the loop writes
/// and changes nothing.
void buildScatter(OpBuilder &builder, Location loc, Value cotangent, Value rows, Value columns, Value image) {
  ArrayRef<int64_t> shape = cast<MemRefType>(image.getType()).getShape();
  unsigned rank = shape.size();
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  SmallVector<AffineExpr> first(identity.getResults());
  first[rank - 2] = first[rank - 1] = builder.getAffineConstantExpr(0);
  SmallVector<AffineMap> maps{identity, identity, identity,
                              AffineMap::get(rank, 0, first, builder.getContext())};
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  loops[rank - 2] = loops[rank - 1] = utils::IteratorType::reduction;
  linalg::GenericOp::create(builder, loc, ValueRange{cotangent, rows, columns}, ValueRange(image), maps,
                            loops, [&](OpBuilder &b, Location place, ValueRange v) {
                              Corners corners(b, place, shape, v[1], v[2]);
                              addToPixels(b, place, image, corners, v[0]);
                              SmallVector<Value> indices(corners.plane);
                              indices.append(2, arith::ConstantIndexOp::create(b, place, 0));
                              Value now = memref::LoadOp::create(b, place, image, indices);
                              linalg::YieldOp::create(b, place, now);
                            });
}

struct BufferizeScatter
    : bufferization::DstBufferizableOpInterfaceExternalModel<BufferizeScatter, swy::ScatterSamplesOp> {
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const bufferization::BufferizationOptions &options,
                          bufferization::BufferizationState &state) const {
    SmallVector<Value> buffers;
    for (Value value : op->getOperands()) {
      FailureOr<Value> buffer = bufferization::getBuffer(rewriter, value, options, state);
      if (failed(buffer))
        return failure();
      buffers.push_back(*buffer);
    }
    buildScatter(rewriter, op->getLoc(), buffers[0], buffers[1], buffers[2], buffers[3]);
    bufferization::replaceOpWithBufferizedValues(rewriter, op, buffers[3]);
    return success();
  }
};

} // namespace

void populateSamplingPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerSample, LowerSampleSlope, LowerSampleBackward>(types, patterns.getContext());
}

void registerSamplingBufferization(MLIRContext *context) {
  swy::ScatterSamplesOp::attachInterface<BufferizeScatter>(*context);
}

} // namespace switchyard
