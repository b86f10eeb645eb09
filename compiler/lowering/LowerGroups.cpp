// The order of neighbours, and groups of them sorted, as linalg: each element counts how many come before it,
// and each place looks for the one with its number. Loops over neighbours stand before the dimensions behind
// them, along which they vectorize.
#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace switchyard {

Value buildOverNeighbours(OpBuilder &builder, Location loc, unsigned dimension, ValueRange own,
                          ValueRange others, Value init, ScalarBody body) {
  auto type = cast<RankedTensorType>(init.getType());
  unsigned rank = type.getRank();
  SmallVector<AffineExpr> element, other;
  for (unsigned i = 0; i < rank; ++i) {
    element.push_back(builder.getAffineDimExpr(i > dimension ? i + 1 : i));
    other.push_back(builder.getAffineDimExpr(i >= dimension ? i + 1 : i));
  }
  MLIRContext *context = builder.getContext();
  SmallVector<AffineMap> maps(own.size(), AffineMap::get(rank + 1, 0, element, context));
  maps.append(others.size(), AffineMap::get(rank + 1, 0, other, context));
  maps.push_back(AffineMap::get(rank + 1, 0, element, context));
  SmallVector<utils::IteratorType> loops(rank + 1, utils::IteratorType::parallel);
  loops[dimension + 1] = utils::IteratorType::reduction;
  SmallVector<Value> inputs(own);
  llvm::append_range(inputs, others);
  return linalg::GenericOp::create(builder, loc, TypeRange(type), inputs, ValueRange(init), maps, loops,
                                   [&](OpBuilder &b, Location place, ValueRange v) {
                                     linalg::YieldOp::create(b, place, body(b, place, v));
                                   })
      .getResult(0);
}

/// Whether `y`, whose index is the dimension `other`, comes before `x`, whose index is the one before.
static Value comesBefore(OpBuilder &b, Location loc, Value y, Value x, unsigned other) {
  using Predicate = arith::CmpFPredicate;
  auto compare = [&](Predicate predicate, Value lhs, Value rhs) -> Value {
    return arith::CmpFOp::create(b, loc, predicate, lhs, rhs);
  };
  auto both = [&](Value lhs, Value rhs) -> Value { return arith::AndIOp::create(b, loc, lhs, rhs); };
  auto either = [&](Value lhs, Value rhs) -> Value { return arith::OrIOp::create(b, loc, lhs, rhs); };
  Value xNan = compare(Predicate::UNO, x, x), yNan = compare(Predicate::UNO, y, y);
  Value xReal = compare(Predicate::ORD, x, x);
  Value larger = either(compare(Predicate::OGT, y, x), both(yNan, xReal));
  Value equal = either(compare(Predicate::OEQ, y, x), both(yNan, xNan));
  Value first =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, linalg::IndexOp::create(b, loc, other),
                            linalg::IndexOp::create(b, loc, other - 1));
  return either(larger, both(equal, first));
}

Value countBefore(OpBuilder &builder, Location loc, Value input, unsigned dimension) {
  RankedTensorType counts = cast<RankedTensorType>(input.getType()).clone(builder.getI32Type());
  Value zero = filledTensor(builder, loc, counts, builder.getI32IntegerAttr(0));
  return buildOverNeighbours(builder, loc, dimension, input, input, zero,
                             [&](OpBuilder &b, Location place, ValueRange v) -> Value {
                               Value before = comesBefore(b, place, v[1], v[0], dimension + 1);
                               Value one = arith::ExtUIOp::create(b, place, b.getI32Type(), before);
                               return arith::AddIOp::create(b, place, v[2], one);
                             });
}

namespace {

/// Tensors with their groups as a dimension of its own.
class Groups {
public:
  template <typename Op>
  Groups(OpBuilder &builder, Op op)
      : builder(builder), loc(op.getLoc()), rank(op.getRank()), whole(cast<RankedTensorType>(op.getType())),
        dimension(static_cast<unsigned>(op.getAlong()) + 1) {
    ArrayRef<int64_t> sizes = whole.getShape();
    auto size = static_cast<int64_t>(op.getSize());
    SmallVector<int64_t> shape(sizes.take_front(op.getAlong()));
    shape.append({sizes[op.getAlong()] / size, size});
    if (ArrayRef<int64_t> behind = sizes.drop_front(op.getAlong() + 1); !behind.empty())
      shape.push_back(computeProduct(behind));
    type = whole.clone(shape);
  }

  /// Each place's element.
  Value sort(Value input) {
    Value grouped = split(input), counts = countBefore(builder, loc, grouped, dimension);
    return join(over({}, {counts, grouped}, [&](OpBuilder &b, Location at, ValueRange v) -> Value {
      return arith::SelectOp::create(b, at, belongs(b, at, v[0], dimension), v[1], v[2]);
    }));
  }

  /// The sum of what comes from each element's places.
  Value sortBackward(Value cotangent, Value input) {
    Value counts = countBefore(builder, loc, split(input), dimension);
    return join(over(counts, split(cotangent), [&](OpBuilder &b, Location at, ValueRange v) -> Value {
      Value hit = belongs(b, at, v[0], dimension + 1);
      Value part = arith::SelectOp::create(b, at, hit, v[1], floatConstant(b, at, 0));
      return arith::AddFOp::create(b, at, v[2], part);
    }));
  }

private:
  Value split(Value value) { return swy::ReshapeOp::create(builder, loc, type, value); }
  Value join(Value value) { return swy::ReshapeOp::create(builder, loc, whole, value); }

  Value over(ValueRange own, ValueRange others, ScalarBody body) {
    Value zero = filledTensor(builder, loc, type, builder.getF32FloatAttr(0));
    return buildOverNeighbours(builder, loc, dimension, own, others, zero, body);
  }

  /// Whether an element that so many come before is the one of the place that the loop's dimension counts.
  Value belongs(OpBuilder &b, Location at, Value before, unsigned place) {
    Value wanted =
        rank ? intConstant(b, at, static_cast<int64_t>(*rank) - 1)
             : arith::IndexCastOp::create(b, at, b.getI32Type(), linalg::IndexOp::create(b, at, place))
                   .getResult();
    return arith::CmpIOp::create(b, at, arith::CmpIPredicate::eq, before, wanted);
  }

  OpBuilder &builder;
  Location loc;
  std::optional<uint64_t> rank;
  RankedTensorType whole, type;
  unsigned dimension; // of the elements of a group
};

struct LowerSortGroups : OpConversionPattern<swy::SortGroupsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SortGroupsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, Groups(rewriter, op).sort(adaptor.getInput()));
    return success();
  }
};

struct LowerSortGroupsBackward : OpConversionPattern<swy::SortGroupsBackwardOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::SortGroupsBackwardOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, Groups(rewriter, op).sortBackward(adaptor.getCotangent(), adaptor.getInput()));
    return success();
  }
};

} // namespace

void populateGroupPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerSortGroups, LowerSortGroupsBackward>(types, patterns.getContext());
}

} // namespace switchyard
