// Switching blocks as linalg and runtime calls: sorting the rows of a batch is the runtime's, taking them in
// another order a loop, and one channel of a stack a view of it. Restarts take rows in the same way.
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
    rewriter.replaceOp(op, swy::SortRowsOp::create(rewriter, op.getLoc(), op.getResultTypes(),
                                                   adaptor.getChannel(), channels, outputs));
    return success();
  }
};

/// result[i, ...] = input[from(i), ...], where `from` makes the row of i and its entry of `rows`.
Value takeRows(OpBuilder &builder, Location loc, Value input, Value rows, RankedTensorType result,
               function_ref<Value(OpBuilder &, Location, Value, Value)> from) {
  auto type = cast<RankedTensorType>(input.getType());
  unsigned rank = type.getRank();
  SmallVector<AffineMap> maps{AffineMap::get(rank, 0, builder.getAffineDimExpr(0)),
                              builder.getMultiDimIdentityMap(rank)};
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange(result), rows, emptyTensor(builder, loc, result), maps, loops,
      [&](OpBuilder &b, Location place, ValueRange values) {
        SmallVector<Value> indices;
        for (unsigned i = 0; i < rank; ++i)
          indices.push_back(linalg::IndexOp::create(b, place, i));
        Value entry = arith::IndexCastOp::create(b, place, b.getIndexType(), values[0]);
        indices[0] = from(b, place, indices[0], entry);
        linalg::YieldOp::create(b, place, tensor::ExtractOp::create(b, place, input, indices).getResult());
      });
  return generic.getResult(0);
}

struct LowerTakeRows : OpConversionPattern<swy::TakeRowsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TakeRowsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto ordered = [](OpBuilder &, Location, Value, Value entry) { return entry; };
    rewriter.replaceOp(op, takeRows(rewriter, op.getLoc(), adaptor.getInput(), adaptor.getOrder(),
                                    cast<RankedTensorType>(op.getType()), ordered));
    return success();
  }
};

struct LowerFromRestart : OpConversionPattern<swy::FromRestartOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::FromRestartOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value extracted = tensor::ExtractOp::create(rewriter, loc, adaptor.getNumber(), ValueRange());
    Value number = arith::IndexCastOp::create(rewriter, loc, rewriter.getIndexType(), extracted);
    auto other = [&](OpBuilder &b, Location place, Value row, Value restart) -> Value {
      return arith::AddIOp::create(b, place, arith::SubIOp::create(b, place, row, restart), number);
    };
    rewriter.replaceOp(op, takeRows(rewriter, loc, adaptor.getInput(), adaptor.getRestart(),
                                    cast<RankedTensorType>(op.getType()), other));
    return success();
  }
};

/// A view of the stack for library routines, which read their weights where they are; loops get a copy, since
/// they begin at the buffers they are given.
struct LowerTakeChannel : OpConversionPattern<swy::TakeChannelOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::TakeChannelOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    bool isWeight =
        llvm::all_of(op->getUsers(), [](Operation *user) { return isa<swy::ChannelOpInterface>(user); });
    bool ofEach = op.getChannel().getType().getRank() > 0;
    if (ofEach)
      rewriter.replaceOp(op, takeRows(rewriter, loc, adaptor.getStack(), adaptor.getChannel(), type,
                                      [](OpBuilder &, Location, Value, Value own) { return own; }));
    else if (isWeight)
      rewriter.replaceOp(op,
                         view(rewriter, loc, adaptor.getStack(), channelOf(rewriter, loc, adaptor), type));
    else
      rewriter.replaceOp(op,
                         copy(rewriter, loc, adaptor.getStack(), channelOf(rewriter, loc, adaptor), type));
    return success();
  }

private:
  static Value channelOf(OpBuilder &builder, Location loc, OpAdaptor adaptor) {
    Value channel = tensor::ExtractOp::create(builder, loc, adaptor.getChannel(), ValueRange());
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), channel);
  }

  static Value view(OpBuilder &builder, Location loc, Value stack, Value channel, RankedTensorType type) {
    auto stacked = cast<RankedTensorType>(stack.getType());
    SmallVector<OpFoldResult> offsets(stacked.getRank(), builder.getIndexAttr(0)), sizes,
        strides(stacked.getRank(), builder.getIndexAttr(1));
    offsets[0] = channel;
    for (int64_t size : stacked.getShape())
      sizes.push_back(builder.getIndexAttr(size));
    sizes[0] = builder.getIndexAttr(1);
    return tensor::ExtractSliceOp::create(builder, loc, type, stack, offsets, sizes, strides);
  }

  static Value copy(OpBuilder &builder, Location loc, Value stack, Value channel, RankedTensorType type) {
    return buildElementwise(builder, loc, type, {}, {},
                            [&](OpBuilder &b, Location place, ValueRange) -> Value {
                              SmallVector<Value> indices{channel};
                              for (int64_t i = 0; i < type.getRank(); ++i)
                                indices.push_back(linalg::IndexOp::create(b, place, i));
                              return tensor::ExtractOp::create(b, place, stack, indices);
                            });
  }
};

} // namespace

void populateSwitchingPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerGroupOrder, LowerTakeRows, LowerFromRestart, LowerTakeChannel>(types,
                                                                                   patterns.getContext());
}

} // namespace switchyard
