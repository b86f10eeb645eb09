// Elementwise operations, broadcasts, reshapes and changes of layout, as linalg.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace switchyard {
namespace {

using Predicate = arith::CmpFPredicate;

Value compare(OpBuilder &b, Location loc, Predicate predicate, Value lhs, Value rhs) {
  return arith::CmpFOp::create(b, loc, predicate, lhs, rhs);
}

Value choose(OpBuilder &b, Location loc, Value condition, Value ifTrue, Value ifFalse) {
  return arith::SelectOp::create(b, loc, condition, ifTrue, ifFalse);
}

/// -1, 0 or 1. NaN stays NaN: an attack's step along a gradient that is no number is no number, and no zero.
Value signOf(OpBuilder &b, Location loc, Value x) {
  Value zero = floatConstant(b, loc, 0);
  Value rest = choose(b, loc, compare(b, loc, Predicate::UNO, x, x), x, zero);
  Value negative = choose(b, loc, compare(b, loc, Predicate::OLT, x, zero), floatConstant(b, loc, -1), rest);
  return choose(b, loc, compare(b, loc, Predicate::OGT, x, zero), floatConstant(b, loc, 1), negative);
}

/// The first operand where it is at least (at most) the second or NaN, else the second: NaN in either is NaN.
Value firstOf(OpBuilder &b, Location loc, Predicate better, Value x, Value y) {
  Value take =
      arith::OrIOp::create(b, loc, compare(b, loc, better, x, y), compare(b, loc, Predicate::UNO, x, x));
  return choose(b, loc, take, x, y);
}

/// x^n for a whole n from 0 to 15, given as a real, by squaring.
Value wholePower(OpBuilder &b, Location loc, Value x, Value n) {
  Value bits = arith::FPToSIOp::create(b, loc, b.getI32Type(), n), square = x;
  Value result = floatConstant(b, loc, 1);
  for (int64_t bit = 1; bit <= 8; bit *= 2) {
    Value set = arith::AndIOp::create(b, loc, bits, intConstant(b, loc, bit));
    Value has = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, set, intConstant(b, loc, 0));
    result = choose(b, loc, has, arith::MulFOp::create(b, loc, result, square), result);
    square = arith::MulFOp::create(b, loc, square, square);
  }
  return result;
}

/// By multiplication for small whole exponents, which literals have, too; the general function for others.
Value power(OpBuilder &b, Location loc, Value x, Value y) {
  Value one = floatConstant(b, loc, 1), zero = floatConstant(b, loc, 0);
  Value size = math::AbsFOp::create(b, loc, y);
  Value small = compare(b, loc, Predicate::OLE, size, floatConstant(b, loc, 15));
  Value whole = compare(b, loc, Predicate::OEQ, y, math::FloorOp::create(b, loc, y));
  Value byProducts = wholePower(b, loc, x, choose(b, loc, small, size, zero));
  Value negative = compare(b, loc, Predicate::OLT, y, zero);
  byProducts = choose(b, loc, negative, arith::DivFOp::create(b, loc, one, byProducts), byProducts);
  Value general = math::PowFOp::create(b, loc, x, y);
  return choose(b, loc, arith::AndIOp::create(b, loc, small, whole), byProducts, general);
}

Predicate predicateOf(swy::Comparison how) {
  switch (how) {
  case swy::Comparison::Less:
    return Predicate::OLT;
  case swy::Comparison::LessEqual:
    return Predicate::OLE;
  case swy::Comparison::Greater:
    return Predicate::OGT;
  case swy::Comparison::GreaterEqual:
    return Predicate::OGE;
  case swy::Comparison::Equal:
    return Predicate::OEQ;
  case swy::Comparison::NotEqual:
    return Predicate::UNE;
  }
  llvm_unreachable("all comparisons are covered");
}

Value toReal(OpBuilder &b, Location loc, Value x) {
  if (x.getType().isInteger(1))
    return arith::UIToFPOp::create(b, loc, b.getF32Type(), x);
  return arith::SIToFPOp::create(b, loc, b.getF32Type(), x);
}

/// The scalar operation for one element, or null if `op` is not elementwise.
Value scalarOf(Operation *op, OpBuilder &b, Location loc, ValueRange v) {
  return TypeSwitch<Operation *, Value>(op)
      .Case([&](swy::NegOp) { return arith::NegFOp::create(b, loc, v[0]); })
      .Case([&](swy::AbsOp) { return math::AbsFOp::create(b, loc, v[0]); })
      .Case([&](swy::SignOp) { return signOf(b, loc, v[0]); })
      .Case([&](swy::ExpOp) { return math::ExpOp::create(b, loc, v[0]); })
      .Case([&](swy::LogOp) { return math::LogOp::create(b, loc, v[0]); })
      .Case([&](swy::SqrtOp) { return math::SqrtOp::create(b, loc, v[0]); })
      .Case([&](swy::TanhOp) { return math::TanhOp::create(b, loc, v[0]); })
      .Case([&](swy::FloorOp) { return math::FloorOp::create(b, loc, v[0]); })
      .Case([&](swy::AddOp) { return arith::AddFOp::create(b, loc, v[0], v[1]); })
      .Case([&](swy::SubOp) { return arith::SubFOp::create(b, loc, v[0], v[1]); })
      .Case([&](swy::MulOp) { return arith::MulFOp::create(b, loc, v[0], v[1]); })
      .Case([&](swy::DivOp) { return arith::DivFOp::create(b, loc, v[0], v[1]); })
      .Case([&](swy::PowOp) { return power(b, loc, v[0], v[1]); })
      .Case([&](swy::VariableOp) { return v[0]; })
      .Case([&](swy::MaxOp) { return firstOf(b, loc, Predicate::OGE, v[0], v[1]); })
      .Case([&](swy::MinOp) { return firstOf(b, loc, Predicate::OLE, v[0], v[1]); })
      .Case([&](swy::CompareOp c) { return compare(b, loc, predicateOf(c.getHow()), v[0], v[1]); })
      .Case([&](swy::AndOp) { return arith::AndIOp::create(b, loc, v[0], v[1]); })
      .Case([&](swy::OrOp) { return arith::OrIOp::create(b, loc, v[0], v[1]); })
      .Case([&](swy::NotOp) { return arith::XOrIOp::create(b, loc, v[0], intConstant(b, loc, 1, 1)); })
      .Case([&](swy::SelectOp) { return choose(b, loc, v[0], v[1], v[2]); })
      .Case([&](swy::ToRealOp) { return toReal(b, loc, v[0]); })
      .Case([&](swy::BroadcastOp) { return v[0]; })
      // Unordered or greater: NaN stays NaN, as in LibTorch.
      .Case([&](swy::ReluOp) {
        Value zero = floatConstant(b, loc, 0);
        return choose(b, loc, compare(b, loc, Predicate::UGT, v[0], zero), v[0], zero);
      })
      .Case([&](swy::ReluBackwardOp) {
        Value zero = floatConstant(b, loc, 0);
        return choose(b, loc, compare(b, loc, Predicate::UGT, v[1], zero), v[0], zero);
      })
      .Default([](Operation *) { return Value(); });
}

struct LowerElementwise : ConversionPattern {
  LowerElementwise(TypeConverter &types, MLIRContext *context)
      : ConversionPattern(types, MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    if (!op->hasTrait<swy::PrefixBroadcast>() && !isa<swy::BroadcastOp, swy::ReluBackwardOp>(op))
      return rewriter.notifyMatchFailure(op, "not elementwise");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) { return scalarOf(op, b, loc, v); };
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
      return toReal(b, loc, arith::IndexCastOp::create(b, loc, b.getI32Type(), index));
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), op.getResult().getType(), {}, {}, body));
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
