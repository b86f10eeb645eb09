// A path's number is read off the tree from the top: in mixed radix along a chain, by ranges at a choice.
#include "compiler/passes/Paths.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

constexpr int64_t most = int64_t(1) << 31;

Paths::Paths(NetworkOp network, int64_t part) {
  int64_t index = 0, last = partsOf(network) - 1;
  for (Operation &op : network.getBody().front().without_terminator()) {
    if (std::min(index, last) == part)
      append(root, nodeOf(op));
    index += isa<BlockOp>(op) ? 1 : 0;
  }
}

void Paths::append(Node &sequence, Node next) {
  sequence.count = std::min(sequence.count * next.count, most);
  if (next.fork || !next.children.empty())
    sequence.children.push_back(std::move(next));
}

Paths::Node Paths::nodeOf(Block &chain) {
  Node node;
  for (Operation &op : chain.without_terminator())
    append(node, nodeOf(op));
  return node;
}

Paths::Node Paths::nodeOf(Operation &op) {
  Node node;
  if (auto choice = dyn_cast<ChooseOp>(op)) {
    anyChoice = true;
    node.fork = &op;
    node.count = 0;
    for (Region &member : choice.getMembers()) {
      node.children.push_back(nodeOf(member.front()));
      node.count = std::min(node.count + node.children.back().count, most);
    }
    return node;
  }
  if (isa<LayerOpInterface>(op)) // nothing that stands on weights is chosen
    return node;
  for (Region &region : op.getRegions())
    append(node, nodeOf(region.front()));
  auto block = dyn_cast<BlockOp>(op);
  if (!block || !block.getChannels())
    return node;
  Node inside = std::move(node);
  node = {&op, static_cast<int64_t>(*block.getChannels()), {}};
  append(node, std::move(inside));
  return node;
}

/// Of the ways through one thing and then through another, whose ways change first.
static SmallVector<double> inTurn(ArrayRef<double> before, ArrayRef<double> behind) {
  SmallVector<double> all;
  for (double one : before)
    for (double next : behind)
      all.push_back(one * next);
  return all;
}

SmallVector<double> Paths::chancesOf(const Node &node) {
  SmallVector<double> all;
  if (auto choice = dyn_cast_or_null<ChooseOp>(node.fork)) {
    for (auto [number, member] : llvm::enumerate(node.children)) {
      double own = choice.getChances() ? (*choice.getChances())[number]
                                       : 1 / static_cast<double>(node.children.size());
      for (double inside : chancesOf(member))
        all.push_back(own * inside);
    }
    return all;
  }
  auto block = dyn_cast_or_null<BlockOp>(node.fork);
  int64_t channels = block ? static_cast<int64_t>(*block.getChannels()) : 1;
  all.assign(channels, 1 / static_cast<double>(channels));
  for (const Node &child : node.children)
    all = inTurn(all, chancesOf(child));
  return all;
}

SmallVector<double> Paths::chances() const {
  SmallVector<double> all = chancesOf(root);
  bool equal = llvm::all_of(all, [&](double one) { return std::abs(one - all.front()) < 1e-12; });
  return equal ? SmallVector<double>() : all;
}

namespace {

/// Reads numbers of paths; i32, unsigned.
struct Reader {
  OpBuilder &b;
  Location loc;
  Paths::Directions &directions;

  Value constant(int64_t value) {
    return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  /// The digit whose place is worth `behind`, below `count`.
  Value digit(Value number, int64_t behind, int64_t count) {
    Value above = behind > 1 ? arith::DivUIOp::create(b, loc, number, constant(behind)).getResult() : number;
    return arith::RemUIOp::create(b, loc, above, constant(count));
  }
  void set(Operation *fork, Value way) {
    auto type = RankedTensorType::get({}, b.getI32Type());
    directions[fork] = tensor::FromElementsOp::create(b, loc, type, way);
  }
};

} // namespace

Paths::Directions Paths::directions(OpBuilder &builder, Location loc, Value number) const {
  Directions result;
  if (root.children.size() == 1 && root.children.front().children.empty()) { // a block with channels
    result[root.children.front().fork] = number;
    return result;
  }
  Reader read{builder, loc, result};
  std::function<void(const Node &, Value)> go = [&](const Node &node, Value own) {
    if (isa_and_nonnull<ChooseOp>(node.fork)) {
      Value member = read.constant(0);
      int64_t begin = 0;
      for (const Node &child : node.children) {
        Value offset = read.constant(begin);
        if (begin > 0) {
          Value reached = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge, own, offset);
          Value one = arith::ExtUIOp::create(builder, loc, builder.getI32Type(), reached);
          member = arith::AddIOp::create(builder, loc, member, one);
        }
        if (!child.children.empty())
          go(child, read.digit(arith::SubIOp::create(builder, loc, own, offset), 1, child.count));
        begin += child.count;
      }
      return read.set(node.fork, member);
    }
    int64_t behind = node.count;
    if (auto block = dyn_cast_or_null<BlockOp>(node.fork)) {
      auto channels = static_cast<int64_t>(*block.getChannels());
      behind /= channels;
      read.set(node.fork, read.digit(own, behind, channels));
    }
    for (const Node &child : node.children) {
      behind /= child.count;
      go(child, read.digit(own, behind, child.count));
    }
  };
  go(root, tensor::ExtractOp::create(builder, loc, number, ValueRange()));
  return result;
}

PathTable::PathTable(NetworkOp network) {
  for (int64_t part = 0; part < partsOf(network); ++part) {
    parts.emplace_back(network, part);
    size = std::min(size * parts.back().count(), most);
  }
}

Paths::Directions PathTable::directions(OpBuilder &builder, Location loc, Value number) const {
  auto type = RankedTensorType::get({}, builder.getI32Type());
  Paths::Directions all;
  Reader read{builder, loc, all};
  Value own = tensor::ExtractOp::create(builder, loc, number, ValueRange());
  int64_t behind = size;
  for (const Paths &part : parts) {
    behind /= part.count();
    Value digit = tensor::FromElementsOp::create(builder, loc, type, read.digit(own, behind, part.count()));
    for (auto [fork, way] : part.directions(builder, loc, digit))
      all[fork] = way;
  }
  return all;
}

SmallVector<double> PathTable::chances() const {
  SmallVector<double> all{1};
  for (const Paths &part : parts) {
    SmallVector<double> own = part.chances();
    if (own.empty())
      own.assign(part.count(), 1 / static_cast<double>(part.count()));
    all = inTurn(all, own);
  }
  return all;
}

/// The turn's number, or the path that is next in likelihood: a table in scalars, which loops count by.
void PathTable::resolve(PathOp path) const {
  SmallVector<double> all = chances();
  Value turn = path.getTurn();
  if (path.getDescending() && llvm::any_of(all, [&](double one) { return one != all.front(); })) {
    SmallVector<int32_t> order = llvm::to_vector(llvm::seq<int32_t>(0, static_cast<int32_t>(size)));
    llvm::stable_sort(order, [&](int32_t a, int32_t b) { return all[a] > all[b]; });
    OpBuilder builder(path);
    Location loc = path.getLoc();
    auto constant = [&](int32_t value) {
      return arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(value)).getResult();
    };
    Value number = tensor::ExtractOp::create(builder, loc, turn, ValueRange()), found = constant(order[0]);
    for (int32_t i = 1; i < static_cast<int32_t>(size); ++i) {
      Value here = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, number, constant(i));
      found = arith::SelectOp::create(builder, loc, here, constant(order[i]), found);
    }
    turn = tensor::FromElementsOp::create(builder, loc, cast<RankedTensorType>(path.getType()), found);
  }
  path.replaceAllUsesWith(turn);
  path.erase();
}

void PathTable::resolve(Block &program) const {
  program.walk([&](PathCountOp op) {
    OpBuilder builder(op);
    auto count = DenseElementsAttr::get(cast<RankedTensorType>(op.getType()), static_cast<int32_t>(size));
    op.replaceAllUsesWith(arith::ConstantOp::create(builder, op.getLoc(), count).getResult());
    op.erase();
  });
  program.walk([&](PathOp op) { resolve(op); });
  program.walk([&](PathChanceOp op) {
    OpBuilder builder(op);
    SmallVector<double> all = chances();
    SmallVector<float> values(all.begin(), all.end());
    auto type = RankedTensorType::get({size}, builder.getF32Type());
    Value table =
        arith::ConstantOp::create(builder, op.getLoc(), DenseElementsAttr::get(type, ArrayRef(values)));
    op.replaceAllUsesWith(TakeOp::create(builder, op.getLoc(), table, op.getPath()).getResult());
    op.erase();
  });
}

} // namespace switchyard
