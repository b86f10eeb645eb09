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
  for (const Node &child : node.children) {
    SmallVector<double> longer, inside = chancesOf(child);
    for (double before : all)
      for (double one : inside)
        longer.push_back(before * one);
    all = std::move(longer);
  }
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

} // namespace switchyard
