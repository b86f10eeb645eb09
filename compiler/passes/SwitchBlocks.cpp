// Blocks are taken apart into one chain of layers, residuals and choices, which is then cut where the new
// blocks begin.
#include "compiler/passes/SwitchBlocks.h"
#include "compiler/passes/NetworkProgram.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

/// A chain of elements without blocks, and where blocks used to begin.
class Chain {
public:
  explicit Chain(NetworkOp network) : network(network), builder(network.getContext()) {
    for (BlockOp block : blocksOf(network))
      inlineBlock(block);
    for (Operation &op : llvm::make_early_inc_range(network.getBody().front().without_terminator()))
      if (isElement(&op))
        layers.push_back(&op);
      else if (!layers.empty()) // arithmetic on scalars comes before all layers
        op.moveBefore(layers.front());
  }

  /// The elements before which `place` cuts, also those inside others.
  SmallVector<Operation *> find(PlaceAttr place) const {
    Which which = place.getWhich();
    SmallVector<Operation *> found;
    for (Operation *one : layers)
      one->walk<WalkOrder::PreOrder>([&](Operation *op) {
        bool named = which == Which::Named;
        if (named ? op == one && beginning.lookup(op) == place.getTarget()
                  : isElement(op) && !isOnWeights(op) && isOfKind(op, place.getTarget()))
          found.push_back(op);
      });
    if (which == Which::First && found.size() > 1)
      found.truncate(1);
    if (which == Which::EveryLater && !found.empty())
      found.erase(found.begin());
    return found;
  }

  Operation *first() const { return layers.empty() ? nullptr : layers.front(); }

  /// A block for each run of layers up to the next cut.
  void cut(const llvm::DenseSet<Operation *> &cuts) {
    SmallVector<Operation *> run;
    for (Operation *layer : layers) {
      if (cuts.contains(layer) && !run.empty()) {
        wrap(run);
        run.clear();
      }
      run.push_back(layer);
    }
    if (!run.empty())
      wrap(run);
  }

private:
  void inlineBlock(BlockOp block) {
    Block &body = block.getBody().front();
    auto first = llvm::find_if(body, [](Operation &op) { return isElement(&op); }); // behind arithmetic
    if (first != body.end())
      beginning[&*first] = block.getName();
    body.getArgument(0).replaceAllUsesWith(block.getInput());
    block.getResult().replaceAllUsesWith(body.back().getOperand(0));
    for (Operation &op : llvm::make_early_inc_range(body.without_terminator()))
      op.moveBefore(block);
    block.erase();
  }

  void wrap(ArrayRef<Operation *> run) {
    Operation *first = run.front(), *last = run.back();
    builder.setInsertionPoint(first);
    Value input = first->getOperand(0), result = last->getResult(0);
    auto block =
        BlockOp::create(builder, first->getLoc(), result.getType(), freshName(first), input, IntegerAttr());
    Block *body = builder.createBlock(&block.getBody(), {}, input.getType(), first->getLoc());
    result.replaceAllUsesWith(block.getResult());
    for (Operation *layer : run)
      layer->moveBefore(body, body->end());
    first->setOperand(0, body->getArgument(0));
    builder.setInsertionPointToEnd(body);
    YieldOp::create(builder, last->getLoc(), result);
  }

  std::string freshName(Operation *first) {
    auto known = beginning.find(first);
    std::string wanted = known == beginning.end() ? kindOf(first).str() : known->second.str();
    return switchyard::freshName(names, wanted);
  }

  NetworkOp network;
  OpBuilder builder;
  SmallVector<Operation *> layers;
  llvm::DenseMap<Operation *, StringRef> beginning; // the block that began with this layer
  llvm::StringSet<> names;
};

/// "dense layer", "residual", "block `classifier`": a place as messages name it.
std::string placeText(PlaceAttr place) {
  StringRef target = place.getTarget();
  return place.getWhich() == Which::Named ? ("block `" + target + "`").str() : elementText(target);
}

} // namespace

LogicalResult applySplit(NetworkOp network, SplitOp split, StringRef name) {
  Chain chain(network);
  llvm::DenseSet<Operation *> cuts;
  for (auto place : split.getPlaces().getAsRange<PlaceAttr>()) {
    SmallVector<Operation *> found = chain.find(place);
    if (found.empty() && place.getWhich() != Which::EveryLater)
      return split.emitError() << "network `" << name << "` has no " << placeText(place) << " to be split at";
    for (Operation *layer : found) {
      if (Operation *around = layer->getParentOp(); isElement(around))
        return split.emitError()
               << "this " << kindOf(layer) << " of network `" << name << "` is inside a `" << kindOf(around)
               << "`, and a network is split between the layers of its blocks: split before "
                  "these as a whole, such as `every "
               << kindOf(around) << "`";
      if (layer == chain.first())
        return split.emitError() << "a split before the first layer of network `" << name
                                 << "` makes no block";
      cuts.insert(layer);
    }
  }
  chain.cut(cuts);
  return success();
}

LogicalResult applySwitch(NetworkOp network, SwitchOp how, StringRef name) {
  SmallVector<BlockOp> blocks = blocksOf(network);
  ArrayRef<int64_t> channels = how.getChannels();
  if (channels.size() != blocks.size())
    return how.emitError() << channels.size() << " number" << (channels.size() == 1 ? "" : "s")
                           << " of channels for the " << blocks.size() << " block"
                           << (blocks.size() == 1 ? "" : "s") << " of network `" << name << "`";
  Builder builder(network.getContext());
  for (auto [block, count] : llvm::zip(blocks, channels))
    block.setChannelsAttr(builder.getI64IntegerAttr(count));
  return success();
}

} // namespace switchyard
