// Instantiates layer after layer; blocks, residuals and choices are inlined, everything else (arithmetic on
// scalars) is copied. What stands in a switching block is put in the order of the channels drawn and taken
// out of it again; of a choice every member is computed and the one drawn selected: under many draws or all
// paths each runs once, in front of the loop.
#include "compiler/passes/NetworkProgram.h"
#include "compiler/passes/Paths.h"
#include "compiler/passes/WeightChain.h"
#include "dialect/Vjp.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

/// As places name any layer.
constexpr StringLiteral anyLayer = "layer";

bool isElement(Operation *op) {
  return isa<LayerOpInterface, ResidualOp, ChooseOp>(op);
}

StringRef kindOf(Operation *element) {
  if (auto layer = dyn_cast<LayerOpInterface>(element))
    return layer.getKind();
  return isa<ResidualOp>(element) ? ResidualOp::kind() : ChooseOp::kind();
}

bool isOfKind(Operation *element, StringRef kind) {
  return kind == anyLayer ? isa<LayerOpInterface>(element) : kindOf(element) == kind;
}

std::string pathOf(Operation *place) {
  if (auto layer = dyn_cast<LayerOpInterface>(place))
    return layer.getPath().str();
  if (auto residual = dyn_cast<ResidualOp>(place))
    return residual.getPath().str();
  if (auto choice = dyn_cast<ChooseOp>(place))
    return choice.getPath().str();
  return cast<BlockOp>(place).getName().str();
}

void setPathOf(Operation *place, const std::string &path) {
  if (auto layer = dyn_cast<LayerOpInterface>(place))
    layer.setPath(path);
  else if (auto residual = dyn_cast<ResidualOp>(place))
    residual.setPath(path);
  else if (auto choice = dyn_cast<ChooseOp>(place))
    choice.setPath(path);
  else
    cast<BlockOp>(place).setName(path);
}

std::string elementText(StringRef kind) {
  bool isStructure = kind == ResidualOp::kind() || kind == ChooseOp::kind() || kind == anyLayer;
  return isStructure ? kind.str() : (kind + " layer").str();
}

bool isAsIdentity(Operation *layer, ArrayAttr kinds) {
  return kinds && llvm::is_contained(kinds.getAsValueRange<StringAttr>(), kindOf(layer));
}

SmallVector<BlockOp> blocksOf(NetworkOp network) {
  return SmallVector<BlockOp>(network.getBody().front().getOps<BlockOp>());
}

std::string freshName(llvm::StringSet<> &taken, const std::string &wanted) {
  std::string name = wanted;
  for (int n = 2; !taken.insert(name).second; ++n)
    name = wanted + "." + std::to_string(n);
  return name;
}

std::string memberPrefix(StringRef path, size_t number) {
  return (path + "/" + Twine(number) + "/").str();
}

int64_t partsOf(NetworkOp network) {
  return std::max<int64_t>(blocksOf(network).size(), 1);
}

SmallVector<NetworkParameter> parametersOf(NetworkOp network) {
  SmallVector<NetworkParameter> parameters;
  int64_t index = 0, last = partsOf(network) - 1;
  for (Operation &op : network.getBody().front()) {
    op.walk<WalkOrder::PreOrder>([&](LayerOpInterface layer) {
      auto block = layer->getParentOfType<BlockOp>();
      int64_t channels = block ? static_cast<int64_t>(block.getChannels().value_or(0)) : 0;
      for (const KeptParameter &kept : layer.getParameters())
        parameters.push_back({kept, std::min(index, last), channels});
    });
    index += isa<BlockOp>(op) ? 1 : 0;
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

std::string Fork::site() const {
  if (auto block = dyn_cast<BlockOp>(op))
    return (block.getName() + "/channel").str();
  return (cast<ChooseOp>(op).getPath() + "/member").str();
}

/// Adds the forks of `op`, one of the network's or of a chain's own operations.
static void collectForks(Operation &op, int64_t part, SmallVectorImpl<Fork> &forks) {
  op.walk<WalkOrder::PreOrder>([&](Operation *inner) {
    auto number = static_cast<int64_t>(forks.size());
    auto block = dyn_cast<BlockOp>(inner);
    if (block && block.getChannels())
      forks.push_back({inner, number, part, static_cast<int64_t>(*block.getChannels()), {}});
    if (auto choice = dyn_cast<ChooseOp>(inner))
      forks.push_back(
          {inner, number, part, static_cast<int64_t>(choice.getMembers().size()), choice.getChancesAttr()});
  });
}

SmallVector<Fork> forksOf(NetworkOp network) {
  SmallVector<Fork> forks;
  int64_t index = 0, last = partsOf(network) - 1;
  for (Operation &op : network.getBody().front()) {
    collectForks(op, std::min(index, last), forks);
    index += isa<BlockOp>(op) ? 1 : 0;
  }
  return forks;
}

int64_t pathsOf(NetworkOp network) {
  int64_t paths = 1;
  for (int64_t part = 0; part < partsOf(network); ++part)
    paths = std::min<int64_t>(paths * Paths(network, part).count(), int64_t(1) << 31);
  return paths;
}

int64_t turnsOf(NetworkOp network) {
  int64_t turns = 1;
  for (const Fork &fork : forksOf(network))
    turns = std::min<int64_t>(turns * fork.count, int64_t(1) << 31);
  return turns;
}

namespace {

class NetworkBuilder {
public:
  NetworkBuilder(OpBuilder &builder, const Instantiation &how, ChooseChannel choose, ArrayRef<Fork> all)
      : builder(builder), how(how), choose(choose) {
    for (const Fork &fork : all)
      forks[fork.op] = &fork;
  }

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
        value = block ? buildBlock(block, how) : buildElement(op, how);
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
      else if (auto block = dyn_cast<BlockOp>(op)) // of a member that is a whole network
        values.map(op.getResult(0), buildBlock(block, instantiation));
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
    Instantiation inner = onWeights(cast<LayerOpInterface>(op), instantiation);
    Value input = copy->getOperand(0),
          result = cast<LayerOpInterface>(copy).instantiate(builder, input, inner);
    copy->erase();
    return isAsIdentity(&op, instantiation.asIdentity) ? straightThrough(input, result) : result;
  }

  /// The result's value with the input's derivative: to the result zero is added that the input is subtracted
  /// from.
  Value straightThrough(Value input, Value result) {
    Location loc = result.getLoc();
    Type type = result.getType();
    Value constant = StopGradientOp::create(builder, loc, type, result);
    Value zero = SubOp::create(builder, loc, type, input, StopGradientOp::create(builder, loc, type, input));
    return AddOp::create(builder, loc, type, constant, zero);
  }

  /// With the weights as the chain on them leaves them in the place of those trained.
  Instantiation onWeights(LayerOpInterface layer, const Instantiation &instantiation) {
    Region *chain = layer.getWeightChain();
    if (!chain)
      return instantiation;
    Value made = buildOnWeights(
        builder, layer, instantiation, how.rows,
        [&](Value weights, const Instantiation &inner) { return buildChain(*chain, weights, inner); });
    Instantiation inner = instantiation;
    inner.parameter = [made, name = factorsOf(layer).name, before = instantiation.parameter](
                          StringRef wanted) { return wanted == name ? made : before(wanted); };
    return inner;
  }

  Value buildElement(Operation &op, const Instantiation &instantiation) {
    if (auto choice = dyn_cast<ChooseOp>(op))
      return buildChoice(choice, instantiation);
    auto residual = dyn_cast<ResidualOp>(op);
    if (!residual)
      return buildLayer(op, instantiation);
    Value input = values.lookup(residual.getInput());
    Value main = buildChain(residual.getMain(), input, instantiation),
          shortcut = buildChain(residual.getShortcut(), input, instantiation);
    return AddOp::create(builder, residual.getLoc(), main, shortcut);
  }

  /// Without randomness it is the first member (S4.1), but on a given path.
  Value buildChoice(ChooseOp choice, const Instantiation &instantiation) {
    Location loc = choice.getLoc();
    Value input = values.lookup(choice.getInput());
    if (instantiation.mode == Instantiation::Mode::RandomnessOff && !instantiation.onPath)
      return buildChain(choice.getMembers().front(), input, instantiation);
    Value drawn = choose(builder, *forks.at(choice), instantiation)->value;
    auto isDrawn = RankedTensorType::get({}, builder.getI1Type());
    SmallVector<Value> masks, results;
    for (auto [number, member] : llvm::enumerate(choice.getMembers())) {
      masks.push_back(IsMemberOp::create(builder, loc, isDrawn, drawn, number));
      results.push_back(buildChain(member, input, ofMember(loc, instantiation, masks.back())));
    }
    Value result = results.back();
    for (size_t i = results.size() - 1; i-- > 0;)
      result = SelectOp::create(builder, loc, result.getType(), masks[i], results[i], result);
    return result;
  }

  /// Statistics in a member are those of the examples that drew it; where none did they stay, and all stand
  /// in for them: what comes of that reaches nobody, and no value of it leaves the numbers.
  Instantiation ofMember(Location loc, const Instantiation &whole, Value isDrawn) {
    Instantiation how = whole;
    if (!whole.weight)
      return how;
    Value zero = realConstant(builder, loc, 0);
    Type real = whole.weight.getType();
    Value own = SelectOp::create(builder, loc, real, isDrawn, whole.weight, zero);
    Value sum = SumExamplesOp::create(builder, loc, real, own);
    Value any = buildCompare(builder, loc, Comparison::Greater, sum, zero);
    Value share = DivOp::create(builder, loc, own, sum);
    how.weight = SelectOp::create(builder, loc, real, any, share, whole.weight);
    how.update = [this, loc, any, &whole](StringRef name, Value value) {
      Value kept = SelectOp::create(builder, loc, value.getType(), any, value, whole.parameter(name));
      whole.update(name, kept);
    };
    return how;
  }

  Value buildBlock(BlockOp block, const Instantiation &instantiation) {
    Value input = values.lookup(block.getInput());
    std::optional<Channel> channel;
    if (block.getChannels())
      channel = choose(builder, *forks.at(block), instantiation);
    if (!channel)
      return buildChain(block.getBody(), input, instantiation);
    Instantiation inner = instantiation;
    if (!channel->perExample) {
      inner.channelOfAll = channel->value;
      inner.parameter = [&](StringRef name) -> Value {
        Value stack = instantiation.parameter(name);
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
    inner.rows = grouped(instantiation.rows);
    Value result = buildChain(block.getBody(), grouped(input), inner);
    return UngroupOp::create(builder, block.getLoc(), result.getType(), result, channel->value,
                             *block.getChannels());
  }

  OpBuilder &builder;
  const Instantiation &how;
  ChooseChannel choose;
  llvm::DenseMap<Operation *, const Fork *> forks;
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

Value buildChain(OpBuilder &builder, Region &chain, Value input, const Instantiation &how,
                 ChooseChannel choose) {
  SmallVector<Fork> forks;
  for (Operation &op : chain.front())
    collectForks(op, 0, forks);
  return NetworkBuilder(builder, how, choose, forks).buildChain(chain, input, how);
}

Value buildNetwork(OpBuilder &builder, NetworkOp network, Value example, ValueRange scalars,
                   const Instantiation &how, ChooseChannel choose, BlockSpan range) {
  SmallVector<Fork> forks = forksOf(network);
  return NetworkBuilder(builder, how, choose, forks).build(network, example, scalars, range);
}

} // namespace switchyard
