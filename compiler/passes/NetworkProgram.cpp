// Instantiates layer after layer; blocks and residuals are inlined, everything else (arithmetic on scalars)
// is copied. What stands in a switching block is put in the order of the channels drawn and taken out of it
// again.
#include "compiler/passes/NetworkProgram.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

bool isElement(Operation *op) {
  return isa<LayerOpInterface, ResidualOp>(op);
}

StringRef kindOf(Operation *element) {
  auto layer = dyn_cast<LayerOpInterface>(element);
  return layer ? layer.getKind() : StringRef(ResidualOp::kind());
}

std::string elementText(StringRef kind) {
  return kind == ResidualOp::kind() ? kind.str() : (kind + " layer").str();
}

SmallVector<BlockOp> blocksOf(NetworkOp network) {
  return SmallVector<BlockOp>(network.getBody().front().getOps<BlockOp>());
}

int64_t partsOf(NetworkOp network) {
  return std::max<int64_t>(blocksOf(network).size(), 1);
}

SmallVector<NetworkParameter> parametersOf(NetworkOp network) {
  SmallVector<NetworkParameter> parameters;
  int64_t index = 0, last = partsOf(network) - 1;
  for (Operation &op : network.getBody().front()) {
    auto block = dyn_cast<BlockOp>(op);
    int64_t channels = block ? static_cast<int64_t>(block.getChannels().value_or(0)) : 0;
    op.walk<WalkOrder::PreOrder>([&](LayerOpInterface layer) {
      for (const KeptParameter &kept : layer.getParameters())
        parameters.push_back({kept, std::min(index, last), channels});
    });
    index += block ? 1 : 0;
  }
  return parameters;
}

bool hasRandomLayers(NetworkOp network) {
  return network
      .walk([](LayerOpInterface layer) {
        return layer.drawsIn(/*training=*/false) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

int64_t pathsOf(NetworkOp network) {
  int64_t paths = 1;
  for (BlockOp block : blocksOf(network))
    paths =
        std::min<int64_t>(paths * std::max<int64_t>(1, block.getChannels().value_or(1)), int64_t(1) << 31);
  return paths;
}

namespace {

class NetworkBuilder {
public:
  NetworkBuilder(OpBuilder &builder, const Instantiation &how, ChooseChannel choose)
      : builder(builder), how(how), choose(choose) {}

  Value build(NetworkOp network, Value example, ValueRange scalars, BlockSpan range) {
    Block &body = network.getBody().front();
    values.map(body.getArgument(0), example);
    values.map(body.getArguments().drop_front(), scalars);
    int64_t index = 0, last = partsOf(network) - 1;
    Value value = example;
    for (Operation &op : body.without_terminator()) {
      auto block = dyn_cast<BlockOp>(op);
      if (!block && !isElement(&op)) {
        if (!isa<TrainAgainstOp, TrainByOp>(op)) // says how to train, computes nothing
          builder.clone(op, values);
        continue;
      }
      int64_t at = std::min(index, last);
      if (at >= range.first && at < range.last)
        value = block ? buildBlock(block, index) : buildElement(op, how);
      values.map(op.getResult(0), value);
      index += block ? 1 : 0;
    }
    return value;
  }

  Value buildChain(Region &chain, Value input, const Instantiation &instantiation) {
    Block &body = chain.front();
    values.map(body.getArgument(0), input);
    for (Operation &op : body.without_terminator())
      if (isElement(&op))
        values.map(op.getResult(0), buildElement(op, instantiation));
      else
        builder.clone(op, values);
    return values.lookup(body.back().getOperand(0));
  }

private:
  /// The layer is copied for its scalar operands' sake, asked for its program, and dropped.
  Value buildLayer(Operation &op, const Instantiation &instantiation) {
    if (!cast<LayerOpInterface>(op).actsIn(instantiation.mode == Instantiation::Mode::Training))
      return values.lookup(op.getOperand(0));
    Operation *copy = builder.clone(op, values);
    Value result = cast<LayerOpInterface>(copy).instantiate(builder, copy->getOperand(0), instantiation);
    copy->erase();
    return result;
  }

  Value buildElement(Operation &op, const Instantiation &instantiation) {
    auto residual = dyn_cast<ResidualOp>(op);
    if (!residual)
      return buildLayer(op, instantiation);
    Value input = values.lookup(residual.getInput());
    Value main = buildChain(residual.getMain(), input, instantiation),
          shortcut = buildChain(residual.getShortcut(), input, instantiation);
    return AddOp::create(builder, residual.getLoc(), main, shortcut);
  }

  Value buildBlock(BlockOp block, int64_t index) {
    Value input = values.lookup(block.getInput());
    std::optional<Channel> channel;
    if (block.getChannels())
      channel = choose(builder, block, index);
    if (!channel)
      return buildChain(block.getBody(), input, how);
    Instantiation inner = how;
    if (!channel->perExample) {
      inner.parameter = [&](StringRef name) -> Value {
        Value stack = how.parameter(name);
        auto type = cast<RankedTensorType>(stack.getType());
        return TakeChannelOp::create(
            builder, block.getLoc(),
            RankedTensorType::get(type.getShape().drop_front(), type.getElementType()), stack,
            channel->value);
      };
      return buildChain(block.getBody(), input, inner);
    }
    auto grouped = [&](Value value) {
      return GroupOp::create(builder, block.getLoc(), value.getType(), value, channel->value,
                             *block.getChannels());
    };
    inner.channel = channel->value;
    inner.order = grouped(channel->value);
    inner.rows = grouped(how.rows);
    Value result = buildChain(block.getBody(), grouped(input), inner);
    return UngroupOp::create(builder, block.getLoc(), result.getType(), result, channel->value,
                             *block.getChannels());
  }

  OpBuilder &builder;
  const Instantiation &how;
  ChooseChannel choose;
  IRMapping values;
};

} // namespace

Value buildNumber(OpBuilder &builder, Value number, ValueRange scalars) {
  if (auto argument = dyn_cast<BlockArgument>(number))
    return scalars[argument.getArgNumber() - 1];
  IRMapping values;
  Operation *op = number.getDefiningOp();
  for (Value operand : op->getOperands())
    values.map(operand, buildNumber(builder, operand, scalars));
  return builder.clone(*op, values)->getResult(cast<OpResult>(number).getResultNumber());
}

SmallVector<Value> buildTrainingScalars(OpBuilder &builder, Operation *training, ValueRange scalars) {
  Block &body = *training->getBlock();
  IRMapping values;
  values.map(body.getArguments().drop_front(), scalars);
  for (Operation &op : body) {
    if (&op == training)
      break;
    if (!isElement(&op) && !isa<BlockOp, TrainAgainstOp, TrainByOp>(op))
      builder.clone(op, values);
  }
  return llvm::map_to_vector(training->getOperands(), [&](Value v) { return values.lookup(v); });
}

Value buildChain(OpBuilder &builder, Region &chain, Value input, const Instantiation &how) {
  auto none = [](OpBuilder &, BlockOp, int64_t) -> std::optional<Channel> { return std::nullopt; };
  return NetworkBuilder(builder, how, none).buildChain(chain, input, how);
}

Value buildNetwork(OpBuilder &builder, NetworkOp network, Value example, ValueRange scalars,
                   const Instantiation &how, ChooseChannel choose, BlockSpan range) {
  return NetworkBuilder(builder, how, choose).build(network, example, scalars, range);
}

} // namespace switchyard
