// Weights belong to no example, so that their draws have a row of their own, which no image is in. The
// stacked weights of a switching block are to a chain what a batch of examples is to a layer: it is built for
// one channel, and then made that of all of them.
#include "compiler/passes/WeightChain.h"
#include "compiler/passes/Batching.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

using Build = llvm::function_ref<Value(Value, const Instantiation &)>;

/// The chain over all channels of a stack.
class StackedChain {
public:
  StackedChain(OpBuilder &builder, Location loc, const Instantiation &how)
      : builder(builder), loc(loc), how(how) {}

  Value build(Value stack, Value rows, Instantiation inner, Build buildChain) {
    channels = cast<RankedTensorType>(stack.getType()).getDimSize(0);
    auto row = RankedTensorType::get({2}, builder.getI32Type());
    auto all = RowsOfPassOp::create(builder, loc, batchedType(row, channels), rows, how.step, Value(),
                                    builder.getI64IntegerAttr(channels));
    Operation *before = all;
    Value one = ofOne(stack);
    inner.rows = RowsOfPassOp::create(builder, loc, row, rows, how.step, Value(), IntegerAttr());
    stands.push_back({inner.rows, all});
    inner.parameter = [&](StringRef name) { return ofOne(how.parameter(name)); };
    Value result = buildChain(one, inner);
    bool isUnchanged = result == one;
    giveAll();
    batch(before);
    if (all->use_empty())
      all.erase();
    return isUnchanged ? stack : ofChannels.contains(result) ? result : repeated(result);
  }

private:
  /// Stands for the value of each channel, whichever it is, until all operations are there.
  Value ofOne(Value stack) {
    auto type = cast<RankedTensorType>(stack.getType());
    Value one = TakeChannelOp::create(
        builder, loc, RankedTensorType::get(type.getShape().drop_front(), type.getElementType()), stack,
        how.order);
    stands.push_back({one, stack});
    return one;
  }

  void giveAll() {
    for (auto [one, all] : stands) {
      one.replaceAllUsesWith(all);
      one.getDefiningOp()->erase();
      ofChannels.insert(all);
    }
  }

  /// What does not depend on the weights.
  Value repeated(Value result) {
    auto own = ForExamplesOp::create(builder, loc, batchedType(result.getType(), channels), result);
    own->setAttr(forWeightsAttribute, builder.getUnitAttr());
    return own;
  }

  void batch(Operation *before) {
    auto range = llvm::make_range(std::next(before->getIterator()), builder.getInsertionPoint());
    for (Operation &op : llvm::make_early_inc_range(range)) {
      if (llvm::none_of(op.getOperands(), [&](Value v) { return ofChannels.contains(v); }))
        continue;
      for (OpOperand &operand : op.getOpOperands())
        if (!ofChannels.contains(operand.get()) && !canShare(operand)) {
          Value own = repeatFor(operand, channels);
          own.getDefiningOp()->setAttr(forWeightsAttribute, builder.getUnitAttr());
          ofChannels.insert(own);
        }
      cast<BatchableOpInterface>(op).batchResults(channels);
      ofChannels.insert_range(op.getResults());
    }
  }

  OpBuilder &builder;
  Location loc;
  const Instantiation &how;
  int64_t channels = 0;
  SmallVector<std::pair<Value, Value>> stands; // for one channel, of all
  llvm::DenseSet<Value> ofChannels;
};

} // namespace

Block &chainOnWeights(OpBuilder &builder, LayerOpInterface layer, Location loc) {
  Region &chain = layer->getRegion(0);
  if (chain.empty()) {
    Type open = UnrankedTensorType::get(builder.getF32Type());
    Block *body = builder.createBlock(&chain, {}, open, loc);
    YieldOp::create(builder, loc, body->getArgument(0));
  }
  return chain.front();
}

Value buildOnWeights(OpBuilder &builder, LayerOpInterface layer, const Instantiation &how, Value rows,
                     Build build) {
  Location loc = layer.getLoc();
  Value weights = how.parameter(factorsOf(layer).name);
  Instantiation inner = how;
  inner.onWeights = true;
  inner.channel = inner.order = inner.channelOfAll = Value();
  if (how.channel)
    return StackedChain(builder, loc, how).build(weights, rows, inner, build);
  auto own = RowsOfPassOp::create(builder, loc, RankedTensorType::get({2}, builder.getI32Type()), rows,
                                  how.step, how.channelOfAll, IntegerAttr());
  inner.rows = own;
  Value result = build(weights, inner);
  if (own->use_empty()) // nothing is drawn: the function asks for no batches of one draw
    own.erase();
  return result;
}

} // namespace switchyard
