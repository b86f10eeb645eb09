// Switching blocks as linalg and runtime calls: sorting the rows of a batch is the runtime's, taking them in another
// order a loop, and one channel of a stack a view of it.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace switchyard {
namespace {

struct LowerGroupOrder : OpConversionPattern<swy::GroupOrderOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::GroupOrderOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> outputs;
    for (Type type : op.getResultTypes())
      outputs.push_back(emptyTensor(rewriter, op.getLoc(), cast<RankedTensorType>(type)));
    int64_t channels = op.getOffsets().getType().getDimSize(0) - 1;
    rewriter.replaceOp(op, swy::SortRowsOp::create(rewriter, op.getLoc(), op.getResultTypes(), adaptor.getChannel(),
                                                   channels, outputs));
    return success();
  }
};

/// result[i, ...] = input[order[i], ...]
struct LowerTakeRows : OpConversionPattern<swy::TakeRowsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TakeRowsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(adaptor.getInput().getType());
    auto result = cast<RankedTensorType>(op.getResult().getType());
    unsigned rank = type.getRank();
    SmallVector<AffineMap> maps{
        AffineMap::get(rank, 0, rewriter.getAffineDimExpr(0)), rewriter.getMultiDimIdentityMap(rank)};
    SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, TypeRange(type), adaptor.getOrder(), emptyTensor(rewriter, loc, result), maps, loops,
        [&](OpBuilder &b, Location place, ValueRange values) {
          SmallVector<Value> indices{arith::IndexCastOp::create(b, place, b.getIndexType(), values[0])};
          for (unsigned i = 1; i < rank; ++i)
            indices.push_back(linalg::IndexOp::create(b, place, i));
          Value taken = tensor::ExtractOp::create(b, place, adaptor.getInput(), indices);
          linalg::YieldOp::create(b, place, taken);
        });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

struct LowerTakeChannel : OpConversionPattern<swy::TakeChannelOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TakeChannelOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto stack = cast<RankedTensorType>(adaptor.getStack().getType());
    Value channel = tensor::ExtractOp::create(rewriter, loc, adaptor.getChannel(), ValueRange());
    SmallVector<OpFoldResult> offsets(stack.getRank(), rewriter.getIndexAttr(0)), sizes,
        strides(stack.getRank(), rewriter.getIndexAttr(1));
    offsets[0] = arith::IndexCastOp::create(rewriter, loc, rewriter.getIndexType(), channel).getResult();
    for (int64_t size : stack.getShape())
      sizes.push_back(rewriter.getIndexAttr(size));
    sizes[0] = rewriter.getIndexAttr(1);
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(op, cast<RankedTensorType>(op.getType()), adaptor.getStack(),
                                                        offsets, sizes, strides);
    return success();
  }
};

} // namespace

void populateSwitchingPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerGroupOrder, LowerTakeRows, LowerTakeChannel>(types, patterns.getContext());
}

} // namespace switchyard
