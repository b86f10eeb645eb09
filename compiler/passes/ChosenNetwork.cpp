// Each member is copied whole, blocks and all; names in it begin with the member's place.
#include "compiler/passes/ChosenNetwork.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

/// Copies what a network computes into a member of a choice; layers and blocks are named with `prefix`.
static void copyNetwork(OpBuilder &builder, NetworkOp network, const std::string &prefix, IRMapping &values) {
  for (Operation &op : network.getBody().front()) {
    if (isa<TrainAgainstOp, TrainByOp>(op)) // of its training, which is done without the others
      continue;
    builder.clone(op, values)->walk([&](Operation *copy) {
      if (isElement(copy) || isa<BlockOp>(copy))
        setPathOf(copy, prefix + pathOf(copy));
    });
  }
}

NetworkOp chosenNetwork(NetworkOp base, ArrayRef<Operation *> members, DenseF64ArrayAttr chances,
                        StringRef path, StringRef name) {
  OpBuilder builder(base);
  builder.setInsertionPointAfter(base);
  auto result = cast<NetworkOp>(builder.cloneWithoutRegions(*base));
  result.setSymName(name);
  result.removeDeclaredAttr();
  Location loc = base.getLoc();
  Type image = base.getBody().getArgument(0).getType(),
       logits = base.getBody().front().back().getOperand(0).getType();
  Block *body = builder.createBlock(&result.getBody(), {}, image, loc);
  auto choice = ChooseOp::create(builder, loc, logits, body->getArgument(0), path, chances,
                                 static_cast<unsigned>(members.size()));
  YieldOp::create(builder, loc, choice.getResult());
  SmallVector<Attribute> names;
  llvm::StringSet<> taken;
  for (auto [number, op] : llvm::enumerate(members)) {
    auto member = cast<NetworkOp>(op);
    IRMapping values;
    Block *inside = builder.createBlock(&choice.getMembers()[number], {}, image, loc);
    values.map(member.getBody().getArgument(0), inside->getArgument(0));
    for (auto [scalar, argument] : llvm::zip(member.getScalars().getAsValueRange<StringAttr>(),
                                             member.getBody().getArguments().drop_front())) {
      names.push_back(builder.getStringAttr(freshName(taken, scalar.str())));
      values.map(argument, body->addArgument(argument.getType(), loc));
    }
    copyNetwork(builder, member, memberPrefix(path, number), values);
  }
  result.setScalarsAttr(builder.getArrayAttr(names));
  result.removeBottomUpAttr();
  result.removeAnswerAttr();
  return result;
}

} // namespace switchyard
