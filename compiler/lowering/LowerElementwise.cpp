// Elementwise operations, broadcasts, reshapes and changes of layout, as linalg.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace switchyard {
namespace {

struct LowerElementwise : OpInterfaceConversionPattern<swy::ElementwiseOpInterface> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;

  LogicalResult matchAndRewrite(swy::ElementwiseOpInterface op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    auto body = [&](OpBuilder &b, Location loc, ValueRange elements) {
      return op.buildScalar(b, loc, elements);
    };
    rewriter.replaceOp(op,
                       buildElementwise(rewriter, op->getLoc(), type, operands, op->getOperandTypes(), body));
    return success();
  }
};

/// Row-major always: nothing that blocked layouts serve makes one.
struct LowerIota : OpConversionPattern<swy::IotaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::IotaOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto body = [&](OpBuilder &b, Location loc, ValueRange) -> Value {
      Value index = linalg::IndexOp::create(b, loc, op.getAlong());
      Value whole = arith::IndexCastOp::create(b, loc, b.getI32Type(), index);
      return arith::SIToFPOp::create(b, loc, b.getF32Type(), whole);
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(),
                                            cast<RankedTensorType>(op.getResult().getType()), {}, {}, body));
    return success();
  }
};

/// Row-major to row-major: a view, through one dimension where the shapes share no grouping.
struct LowerReshape : OpConversionPattern<swy::ReshapeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(swy::ReshapeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto from = cast<RankedTensorType>(adaptor.getInput().getType());
    RankedTensorType to = op.getResult().getType();
    if (from == to) {
      rewriter.replaceOp(op, adaptor.getInput());
      return success();
    }
    auto flat = RankedTensorType::get({from.getNumElements()}, from.getElementType());
    Value value = adaptor.getInput();
    if (!getReassociationIndicesForReshape(from, to) && from != flat && to != flat)
      value = view(rewriter, op.getLoc(), value, flat);
    rewriter.replaceOp(op, view(rewriter, op.getLoc(), value, to));
    return success();
  }

private:
  static Value view(OpBuilder &builder, Location loc, Value value, RankedTensorType to) {
    auto from = cast<RankedTensorType>(value.getType());
    SmallVector<ReassociationIndices> groups;
    if (from.getRank() != 0 && to.getRank() != 0)
      groups = *getReassociationIndicesForReshape(from, to);
    if (from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, value, groups);
    return tensor::ExpandShapeOp::create(builder, loc, to, value, groups);
  }
};

/// Splits or joins the channels as a view; what remains is a permutation of dimensions.
struct LowerConvertLayout : OpConversionPattern<swy::ConvertLayoutOp> {
  using OpConversionPattern::OpConversionPattern;

  /// A way by plain has two conversions, which have none.
  void initialize() { setHasBoundedRewriteRecursion(); }

  LogicalResult matchAndRewrite(swy::ConvertLayoutOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType from = op.getInput().getType(), to = op.getResult().getType();
    Value input = adaptor.getInput();
    if (layoutOf(from) == layoutOf(to)) {
      rewriter.replaceOp(op, input);
      return success();
    }
    if (isBlocked(from) && isBlocked(to)) { // from one block to another by way of plain
      Value plain = swy::ConvertLayoutOp::create(rewriter, loc, plainType(to), op.getInput());
      rewriter.replaceOpWithNewOp<swy::ConvertLayoutOp>(op, to, plain);
      return success();
    }
    ArrayRef<int64_t> s = to.getShape();
    int64_t block = blockOf(isBlocked(to) ? to : from);
    auto split = RankedTensorType::get({s[0], s[1] / block, block, s[2], s[3]}, to.getElementType());
    SmallVector<ReassociationIndices> groups{{0}, {1, 2}, {3}, {4}};
    if (isBlocked(to)) {
      Value expanded = tensor::ExpandShapeOp::create(rewriter, loc, split, input, groups);
      rewriter.replaceOp(op, permute(rewriter, loc, expanded, physicalType(to), {0, 1, 4, 2, 3}));
    } else {
      Value permuted = permute(rewriter, loc, input, split, {0, 1, 3, 4, 2});
      rewriter.replaceOpWithNewOp<tensor::CollapseShapeOp>(op, plainType(to), permuted, groups);
    }
    return success();
  }

private:
  /// `order[i]` is the result's dimension that indexes the input's i-th.
  static Value permute(OpBuilder &builder, Location loc, Value input, RankedTensorType result,
                       ArrayRef<unsigned> order) {
    AffineMap map = AffineMap::getPermutationMap(order, builder.getContext());
    SmallVector<AffineMap> maps{map, builder.getMultiDimIdentityMap(result.getRank())};
    SmallVector<utils::IteratorType> loops(result.getRank(), utils::IteratorType::parallel);
    return linalg::GenericOp::create(builder, loc, TypeRange(result), input,
                                     ValueRange(emptyTensor(builder, loc, result)), maps, loops,
                                     [](OpBuilder &inner, Location place, ValueRange v) {
                                       linalg::YieldOp::create(inner, place, v[0]);
                                     })
        .getResult(0);
  }
};

} // namespace

void populateElementwisePatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerElementwise, LowerIota, LowerReshape, LowerConvertLayout>(types, patterns.getContext());
}

} // namespace switchyard
