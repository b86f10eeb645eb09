// Random draws as linalg: each element computes its own number from its logical index, so neither batch nor
// layout nor threads change a draw. One Philox block gives four elements; where rows of four fit, the last
// iteration dimension counts a block's words, and OutlineLoops unrolls it so that the block is computed once.
#include "compiler/lowering/LowerToLinalg.h"
#include "compiler/lowering/Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace switchyard {
namespace {

/// What all elements of a draw share.
struct Draw {
  std::array<Value, 2> key;
  Value rows, pass; // tensors, [B, 2] or [2], and [] or [B]
  bool batched;
  bool normal;

  /// A word of the counter that may differ between examples.
  Value perExample(OpBuilder &b, Location loc, Value tensor, ArrayRef<int64_t> last) const {
    SmallVector<Value> indices;
    if (static_cast<size_t>(cast<RankedTensorType>(tensor.getType()).getRank()) > last.size())
      indices.push_back(linalg::IndexOp::create(b, loc, 0));
    for (int64_t index : last)
      indices.push_back(arith::ConstantIndexOp::create(b, loc, index));
    return tensor::ExtractOp::create(b, loc, tensor, indices);
  }

  /// The four words of a block (i32).
  std::array<Value, 4> block4(OpBuilder &b, Location loc, Value block) const {
    return buildPhilox(
        b, loc,
        {block, perExample(b, loc, rows, {0}), perExample(b, loc, pass, {}), perExample(b, loc, rows, {1})},
        key);
  }

  /// Element `word` (0 to 3) of `block`, both indices.
  Value element(OpBuilder &b, Location loc, Value block, Value word) const {
    Value block32 = arith::IndexCastOp::create(b, loc, b.getI32Type(), block);
    std::array<Value, 4> words = block4(b, loc, block32);
    Value chosen = words[3];
    for (int64_t i : {2, 1, 0}) {
      Value here = arith::ConstantIndexOp::create(b, loc, i);
      Value hit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, word, here);
      chosen = arith::SelectOp::create(b, loc, hit, words[i], chosen);
    }
    return normal ? buildNormal(b, loc, chosen) : buildUniform(b, loc, chosen);
  }
};

using ElementBody = function_ref<Value(OpBuilder &, Location, ValueRange)>;

/// A linalg.generic without inputs; `body` gets the iteration indices.
linalg::GenericOp generate(OpBuilder &builder, Location loc, Value init, AffineMap map, ElementBody body) {
  SmallVector<utils::IteratorType> loops(map.getNumDims(), utils::IteratorType::parallel);
  return linalg::GenericOp::create(builder, loc, TypeRange(init.getType()), ValueRange(), ValueRange(init),
                                   ArrayRef<AffineMap>(map), loops,
                                   [&](OpBuilder &b, Location place, ValueRange) {
                                     SmallVector<Value> indices;
                                     for (unsigned i = 0; i < map.getNumDims(); ++i)
                                       indices.push_back(linalg::IndexOp::create(b, place, i));
                                     linalg::YieldOp::create(b, place, body(b, place, indices));
                                   });
}

/// Rows of one example each, in logical order: [B, elements / 4, 4], or [B, elements] where four do not
/// divide.
Value generateRows(OpBuilder &builder, Location loc, RankedTensorType type, const Draw &draw) {
  int64_t batch = draw.batched ? type.getDimSize(0) : 1, elements = type.getNumElements() / batch;
  auto row = RankedTensorType::get({batch, elements}, type.getElementType());
  if (elements % 4 != 0) {
    auto body = [&](OpBuilder &b, Location place, ValueRange i) {
      Value four = arith::ConstantIndexOp::create(b, place, 4);
      return draw.element(b, place, arith::DivUIOp::create(b, place, i[1], four),
                          arith::RemUIOp::create(b, place, i[1], four));
    };
    return generate(builder, loc, emptyTensor(builder, loc, row), builder.getMultiDimIdentityMap(2), body)
        .getResult(0);
  }
  auto blocks = RankedTensorType::get({batch, elements / 4, 4}, type.getElementType());
  auto body = [&](OpBuilder &b, Location place, ValueRange i) { return draw.element(b, place, i[1], i[2]); };
  auto generic =
      generate(builder, loc, emptyTensor(builder, loc, blocks), builder.getMultiDimIdentityMap(3), body);
  generic->setAttr(wordsAttribute, builder.getUnitAttr());
  SmallVector<ReassociationIndices> groups{{0}, {1, 2}};
  return tensor::CollapseShapeOp::create(builder, loc, row, generic.getResult(0), groups);
}

/// Channels inside: [B, C / block, H W / 4, block, 4 words], stored with the words outside of the channels.
/// Four divides H W, so a block's words are four neighbours in a channel's image.
Value generateBlocked(OpBuilder &builder, Location loc, RankedTensorType type, const Draw &draw) {
  ArrayRef<int64_t> s = type.getShape();
  int64_t quarters = s[2] * s[3] / 4, block = blockOf(type), groups = s[1] / block;
  auto stored = RankedTensorType::get({s[0], groups, quarters, 4, block}, type.getElementType());
  AffineMap map = AffineMap::getPermutationMap(ArrayRef<unsigned>{0, 1, 2, 4, 3}, builder.getContext());
  auto body = [&](OpBuilder &b, Location place, ValueRange i) {
    Value together = arith::ConstantIndexOp::create(b, place, block);
    Value perChannel = arith::ConstantIndexOp::create(b, place, quarters);
    Value first = arith::MulIOp::create(b, place, i[1], together);
    Value channel = arith::AddIOp::create(b, place, first, i[3]);
    Value start = arith::MulIOp::create(b, place, channel, perChannel);
    return draw.element(b, place, arith::AddIOp::create(b, place, start, i[2]), i[4]);
  };
  auto generic = generate(builder, loc, emptyTensor(builder, loc, stored), map, body);
  generic->setAttr(wordsAttribute, builder.getUnitAttr());
  auto flat = RankedTensorType::get({s[0], groups, s[2] * s[3], block}, type.getElementType());
  SmallVector<ReassociationIndices> join{{0}, {1}, {2, 3}, {4}};
  Value joined = tensor::CollapseShapeOp::create(builder, loc, flat, generic.getResult(0), join);
  return tensor::ExpandShapeOp::create(builder, loc, physicalType(type), joined, join);
}

/// The draws that remain where elements share them: the shape without the shared dimensions.
Value generateOnce(OpBuilder &builder, Location loc, RankedTensorType type, ArrayRef<int64_t> strides,
                   const Draw &draw) {
  auto body = [&](OpBuilder &b, Location place, ValueRange i) {
    Value element = arith::ConstantIndexOp::create(b, place, 0);
    for (auto [index, stride] : llvm::zip_equal(i.drop_front(draw.batched), strides)) {
      Value step = arith::ConstantIndexOp::create(b, place, stride);
      element = arith::AddIOp::create(b, place, element, arith::MulIOp::create(b, place, index, step));
    }
    Value four = arith::ConstantIndexOp::create(b, place, 4);
    return draw.element(b, place, arith::DivUIOp::create(b, place, element, four),
                        arith::RemUIOp::create(b, place, element, four));
  };
  return generate(builder, loc, emptyTensor(builder, loc, type),
                  builder.getMultiDimIdentityMap(type.getRank()), body)
      .getResult(0);
}

/// Each draw is made once and repeated along the dimensions of the example that share it. Where those come
/// first, the draws are of neighbouring elements.
Value generateShared(OpBuilder &builder, Location loc, RankedTensorType type, ArrayRef<int64_t> shared,
                     const Draw &draw) {
  SmallVector<int64_t> shape, strides;
  SmallVector<AffineExpr> kept;
  int64_t stride = 1, first = draw.batched;
  for (int64_t i = type.getRank() - 1; i >= 0; --i) {
    if (i < first || !llvm::is_contained(shared, i - first)) {
      shape.insert(shape.begin(), type.getDimSize(i));
      kept.insert(kept.begin(), builder.getAffineDimExpr(i));
      if (i >= first)
        strides.insert(strides.begin(), stride);
    }
    stride *= type.getDimSize(i);
  }
  auto onceType = RankedTensorType::get(shape, type.getElementType());
  bool neighbours = shared.back() + 1 == static_cast<int64_t>(shared.size());
  Value once;
  if (neighbours)
    once = swy::ReshapeOp::create(builder, loc, onceType, generateRows(builder, loc, onceType, draw));
  else
    once = generateOnce(builder, loc, onceType, strides, draw);
  unsigned rank = type.getRank();
  SmallVector<AffineMap> maps{AffineMap::get(rank, 0, kept, builder.getContext()),
                              builder.getMultiDimIdentityMap(rank)};
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, TypeRange(type), once, ValueRange(emptyTensor(builder, loc, type)), maps, loops,
             [](OpBuilder &b, Location place, ValueRange v) { linalg::YieldOp::create(b, place, v[0]); })
      .getResult(0);
}

template <typename RandomOp> struct LowerRandom : OpConversionPattern<RandomOp> {
  using OpConversionPattern<RandomOp>::OpConversionPattern;

  /// A blocked draw may become a plain one, which becomes no other.
  void initialize() { this->setHasBoundedRewriteRecursion(); }

  LogicalResult matchAndRewrite(RandomOp op, typename RandomOp::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getResult().getType());
    ArrayRef<int64_t> shared = op.getShared().value_or(ArrayRef<int64_t>());
    if (isBlocked(type) && (!shared.empty() || type.getDimSize(2) * type.getDimSize(3) % 4 != 0)) {
      Value plain = RandomOp::create(rewriter, loc, plainType(type), op.getStream(), op.getRows(),
                                     op.getPass(), op.getSiteAttr(), op.getSharedAttr());
      rewriter.replaceOpWithNewOp<swy::ConvertLayoutOp>(op, type, plain);
      return success();
    }
    Draw draw;
    Value stream = tensor::ExtractOp::create(rewriter, loc, adaptor.getStream(), ValueRange());
    draw.key = buildKey(rewriter, loc, stream, op.getSite().getKeyText());
    draw.rows = adaptor.getRows();
    draw.pass = adaptor.getPass();
    draw.batched = op.getRows().getType().getRank() == 2;
    draw.normal = std::is_same_v<RandomOp, swy::RandomNormalOp>;
    Value values = !shared.empty()   ? generateShared(rewriter, loc, type, shared, draw)
                   : isBlocked(type) ? generateBlocked(rewriter, loc, type, draw)
                                     : generateRows(rewriter, loc, type, draw);
    if (values.getType() != physicalType(type))
      values = swy::ReshapeOp::create(rewriter, loc, type, values);
    rewriter.replaceOp(op, values);
    return success();
  }
};

/// A word scaled below the number of channels.
Value channelOf(OpBuilder &b, Location loc, Value word, int64_t below) {
  Value wide = arith::ExtUIOp::create(b, loc, b.getI64Type(), word);
  Value count = intConstant(b, loc, below, 64);
  Value scaled =
      arith::ShRUIOp::create(b, loc, arith::MulIOp::create(b, loc, wide, count), intConstant(b, loc, 32, 64));
  return arith::TruncIOp::create(b, loc, b.getI32Type(), scaled);
}

/// How many sums of first chances a word's uniform number has reached; the last, 1, it never does.
Value channelOf(OpBuilder &b, Location loc, Value word, ArrayRef<double> chances) {
  Value uniform = buildUniform(b, loc, word), number = intConstant(b, loc, 0);
  double sum = 0;
  for (double chance : chances.drop_back()) {
    sum += chance;
    Value edge = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(static_cast<float>(sum)));
    Value reached = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGE, uniform, edge);
    number = arith::AddIOp::create(b, loc, number, arith::ExtUIOp::create(b, loc, b.getI32Type(), reached));
  }
  return number;
}

/// Each example's channel, by the first word of its counter.
struct LowerRandomChannel : OpConversionPattern<swy::RandomChannelOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::RandomChannelOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value stream = tensor::ExtractOp::create(rewriter, loc, adaptor.getStream(), ValueRange());
    Draw draw{buildKey(rewriter, loc, stream, op.getSite().getKeyText()), adaptor.getRows(),
              adaptor.getPass(), op.getRows().getType().getRank() == 2, false};
    RankedTensorType type = op.getResult().getType();
    auto body = [&](OpBuilder &b, Location place, ValueRange) -> Value {
      Value word = draw.block4(b, place, intConstant(b, place, 0))[0];
      return op.getChances() ? channelOf(b, place, word, *op.getChances())
                             : channelOf(b, place, word, static_cast<int64_t>(op.getBelow()));
    };
    linalg::GenericOp drawn = generate(rewriter, loc, emptyTensor(rewriter, loc, type),
                                       rewriter.getMultiDimIdentityMap(type.getRank()), body);
    drawn->setAttr(ofRowsAttribute, rewriter.getUnitAttr());
    rewriter.replaceOp(op, drawn.getResult(0));
    return success();
  }
};

/// The draw's number goes into the upper half of each row's second word (docs/artifact.md).
struct LowerWithDraw : OpConversionPattern<swy::WithDrawOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::WithDrawOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) -> Value {
      Value word = linalg::IndexOp::create(b, loc, type.getRank() - 1);
      Value second = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, word,
                                           arith::ConstantIndexOp::create(b, loc, 1));
      Value shifted = arith::ShLIOp::create(b, loc, v[1], intConstant(b, loc, 16));
      Value added = arith::AddIOp::create(b, loc, v[0], shifted);
      return arith::SelectOp::create(b, loc, second, added, v[0]);
    };
    rewriter.replaceOp(
        op, buildElementwise(rewriter, op.getLoc(), type, adaptor.getOperands(), op.getOperandTypes(), body));
    return success();
  }
};

/// The draw in the upper half of each row's second word is multiplied.
struct LowerRowsOfAnswer : OpConversionPattern<swy::RowsOfAnswerOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::RowsOfAnswerOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = op.getResult().getType();
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) -> Value {
      Value word = linalg::IndexOp::create(b, loc, type.getRank() - 1);
      Value second = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, word,
                                           arith::ConstantIndexOp::create(b, loc, 1));
      Value sixteen = intConstant(b, loc, 16);
      Value draw = arith::ShRUIOp::create(b, loc, v[0], sixteen),
            before = arith::ShLIOp::create(b, loc, draw, sixteen);
      Value first = arith::MulIOp::create(b, loc, before, intConstant(b, loc, int64_t(op.getDraws())));
      Value target = arith::XOrIOp::create(b, loc, v[0], before);
      return arith::SelectOp::create(b, loc, second, arith::OrIOp::create(b, loc, first, target), v[0]);
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, op.getLoc(), type, adaptor.getOperands(),
                                            op->getOperandTypes(), body));
    return success();
  }
};

/// The first row stands for all: they are of one draw (docs/artifact.md).
struct LowerRowsOfPass : OpConversionPattern<swy::RowsOfPassOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::RowsOfPassOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = op.getResult().getType();
    auto word = [&](Value given, int64_t otherwise) -> Value {
      return given ? Value(tensor::ExtractOp::create(rewriter, loc, given, ValueRange()))
                   : intConstant(rewriter, loc, otherwise);
    };
    Value step = word(adaptor.getStep(), 0), channel = word(adaptor.getChannel(), 65535);
    Value rows = adaptor.getRows();
    auto body = [&](OpBuilder &b, Location place, ValueRange) -> Value {
      SmallVector<Value> first(cast<RankedTensorType>(rows.getType()).getRank() - 1,
                               arith::ConstantIndexOp::create(b, place, 0));
      first.push_back(arith::ConstantIndexOp::create(b, place, 1));
      Value second = tensor::ExtractOp::create(b, place, rows, first);
      Value sixteen = intConstant(b, place, 16);
      Value draw =
          arith::ShLIOp::create(b, place, arith::ShRUIOp::create(b, place, second, sixteen), sixteen);
      Value own = channel;
      if (op.getChannels())
        own = arith::IndexCastOp::create(b, place, b.getI32Type(), linalg::IndexOp::create(b, place, 0));
      Value isFirst = arith::CmpIOp::create(b, place, arith::CmpIPredicate::eq,
                                            linalg::IndexOp::create(b, place, type.getRank() - 1),
                                            arith::ConstantIndexOp::create(b, place, 0));
      return arith::SelectOp::create(b, place, isFirst, step, arith::OrIOp::create(b, place, draw, own));
    };
    rewriter.replaceOp(op, buildElementwise(rewriter, loc, type, {}, {}, body));
    return success();
  }
};

/// From the host's pass and stride, so that whoever draws can compute a row's pass itself.
struct LowerRestartPass : OpConversionPattern<swy::RestartPassOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(swy::RestartPassOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value pass = tensor::ExtractOp::create(rewriter, op.getLoc(), adaptor.getPass(), ValueRange());
    Value stride = tensor::ExtractOp::create(rewriter, op.getLoc(), adaptor.getStride(), ValueRange());
    auto body = [&](OpBuilder &b, Location loc, ValueRange v) -> Value {
      return arith::AddIOp::create(b, loc, pass, arith::MulIOp::create(b, loc, v[0], stride));
    };
    Value passes = buildElementwise(rewriter, op.getLoc(), op.getResult().getType(), adaptor.getRestart(),
                                    op.getRestart().getType(), body);
    passes.getDefiningOp()->setAttr(ofRowsAttribute, rewriter.getUnitAttr());
    rewriter.replaceOp(op, passes);
    return success();
  }
};

} // namespace

void populateRandomPatterns(TypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerWithDraw, LowerRowsOfAnswer, LowerRowsOfPass, LowerRestartPass, LowerRandomChannel,
               LowerRandom<swy::RandomUniformOp>, LowerRandom<swy::RandomNormalOp>>(types,
                                                                                    patterns.getContext());
}

} // namespace switchyard
