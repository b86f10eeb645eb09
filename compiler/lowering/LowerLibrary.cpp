// Convolutions and dense layers as library calls: prepare, call, release, each next to the other;
// PackWeights moves the preparation to where it is needed once.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace switchyard {
namespace {

using swy::Direction;
using swy::Library;

/// How many channels' weights are stacked, 0 for plain ones; and the shape of one channel's.
std::pair<int64_t, ArrayRef<int64_t>> unstack(RankedTensorType weights, Value offsets) {
  ArrayRef<int64_t> shape = weights.getShape();
  return offsets ? std::pair(shape.front(), shape.drop_front()) : std::pair(int64_t(0), shape);
}

/// The numbers of swy_rt_conv2d_prepare for a convolution from `input` to `output` (logical types).
SmallVector<int64_t> convGeometry(RankedTensorType input, RankedTensorType output, RankedTensorType weights,
                                  int64_t stride, int64_t padding, int64_t groups, bool relu,
                                  Value offsets = {}) {
  auto layout = [](Type type) {
    return static_cast<int64_t>(layoutOf(type));
  }; // the numbers of runtime/contract/abi.h
  auto [channels, w] = unstack(weights, offsets);
  ArrayRef<int64_t> x = input.getShape();
  return {x[0],   x[1],    x[2],   x[3],          w[0],           w[2], w[3],
          stride, padding, groups, layout(input), layout(output), relu, channels};
}

SmallVector<int64_t> denseGeometry(RankedTensorType input, RankedTensorType weights, bool relu,
                                   Value offsets = {}) {
  auto [channels, w] = unstack(weights, offsets);
  return {input.getDimSize(0), w[1], w[0], relu, channels};
}

/// Emits one prepared call, grouped where there are `offsets`; `results` are logical types.
SmallVector<Value> callLibrary(OpBuilder &builder, Location loc, Library library, Direction direction,
                               ArrayRef<int64_t> geometry, Value weights, ValueRange inputs,
                               TypeRange results, Value offsets = {}) {
  Value handle = swy::PrepareOp::create(builder, loc, swy::HandleType::get(builder.getContext()), library,
                                        direction, geometry, weights);
  SmallVector<Value> outputs;
  for (Type type : results)
    outputs.push_back(emptyTensor(builder, loc, cast<RankedTensorType>(type)));
  auto call = swy::LibraryCallOp::create(builder, loc, TypeRange(ValueRange(outputs)), library, direction,
                                         handle, offsets, inputs, outputs);
  swy::ReleaseOp::create(builder, loc, handle);
  return SmallVector<Value>(call.getResults());
}

/// What the forward routine takes: a bias of zeros as little as none.
SmallVector<Value> withBias(Value input, Value bias) {
  if (!bias || matchPattern(bias, m_AnyZeroFloat()))
    return {input};
  return {input, bias};
}

struct LowerConv2d : OpConversionPattern<swy::Conv2dOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::Conv2dOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto geometry =
        convGeometry(op.getInput().getType(), op.getResult().getType(), op.getWeights().getType(),
                     op.getStride(), op.getPadding(), op.groupCount(), op.getRelu(), op.getChannel());
    rewriter.replaceOp(op, callLibrary(rewriter, op.getLoc(), Library::Conv2d, Direction::Forward, geometry,
                                       adaptor.getWeights(), withBias(adaptor.getInput(), adaptor.getBias()),
                                       op->getResultTypes(), adaptor.getChannel()));
    return success();
  }
};

struct LowerConv2dBackwardInput : OpConversionPattern<swy::Conv2dBackwardInputOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::Conv2dBackwardInputOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto geometry =
        convGeometry(op.getResult().getType(), op.getCotangent().getType(), op.getWeights().getType(),
                     op.getStride(), op.getPadding(), op.groupCount(), false, op.getChannel());
    rewriter.replaceOp(op, callLibrary(rewriter, op.getLoc(), Library::Conv2d, Direction::BackwardInput,
                                       geometry, adaptor.getWeights(), adaptor.getCotangent(),
                                       op->getResultTypes(), adaptor.getChannel()));
    return success();
  }
};

struct LowerConv2dBackwardWeights : OpConversionPattern<swy::Conv2dBackwardWeightsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::Conv2dBackwardWeightsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto geometry =
        convGeometry(op.getInput().getType(), op.getCotangent().getType(), op.getWeights().getType(),
                     op.getStride(), op.getPadding(), op.groupCount(), false);
    rewriter.replaceOp(op, callLibrary(rewriter, op.getLoc(), Library::Conv2d, Direction::BackwardWeights,
                                       geometry, {}, {adaptor.getInput(), adaptor.getCotangent()},
                                       op->getResultTypes()));
    return success();
  }
};

struct LowerDense : OpConversionPattern<swy::DenseOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::DenseOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto geometry =
        denseGeometry(op.getInput().getType(), op.getWeights().getType(), op.getRelu(), op.getChannel());
    rewriter.replaceOp(op, callLibrary(rewriter, op.getLoc(), Library::Dense, Direction::Forward, geometry,
                                       adaptor.getWeights(), withBias(adaptor.getInput(), adaptor.getBias()),
                                       op->getResultTypes(), adaptor.getChannel()));
    return success();
  }
};

struct LowerDenseBackwardInput : OpConversionPattern<swy::DenseBackwardInputOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::DenseBackwardInputOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto geometry =
        denseGeometry(op.getResult().getType(), op.getWeights().getType(), false, op.getChannel());
    rewriter.replaceOp(op, callLibrary(rewriter, op.getLoc(), Library::Dense, Direction::BackwardInput,
                                       geometry, adaptor.getWeights(), adaptor.getCotangent(),
                                       op->getResultTypes(), adaptor.getChannel()));
    return success();
  }
};

struct LowerDenseBackwardWeights : OpConversionPattern<swy::DenseBackwardWeightsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::DenseBackwardWeightsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto geometry = denseGeometry(op.getInput().getType(), op.getWeights().getType(), false);
    rewriter.replaceOp(op, callLibrary(rewriter, op.getLoc(), Library::Dense, Direction::BackwardWeights,
                                       geometry, {}, {adaptor.getInput(), adaptor.getCotangent()},
                                       op->getResultTypes()));
    return success();
  }
};

} // namespace

void populateLibraryPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerConv2d, LowerConv2dBackwardInput, LowerConv2dBackwardWeights, LowerDense,
               LowerDenseBackwardInput, LowerDenseBackwardWeights>(types, patterns.getContext());
}

} // namespace switchyard
