// A set is marked where it is asked and expanded later, behind the names of jobs.
#include "compiler/passes/Sampling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

std::optional<Channel> Sampling::way(OpBuilder &builder, const Fork &fork) const {
  auto type = RankedTensorType::get({}, builder.getI32Type());
  Location loc = fork.op->getLoc();
  if (by == Estimator::RandomnessOff) // the first channel of every block
    return Channel{arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, 0)), false};
  if (by == Estimator::AllPaths)
    return Channel{PathChannelOp::create(builder, loc, type, fork.number, fork.count, fork.chances), false};
  return std::nullopt;
}

void OfModel::notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) {
  auto isDraw = [](Value operand) { return isa_and_nonnull<DrawOpInterface>(operand.getDefiningOp()); };
  if (op->hasTrait<Decides>() && llvm::none_of(op->getOperands(), isDraw))
    op->setAttr(ofModelAttribute, UnitAttr::get(op->getContext()));
}

bool drawsForModel(Operation *op) {
  auto draw = dyn_cast<DrawOpInterface>(op);
  return draw && draw.getOwner() == Owner::Model;
}

bool markSampleSet(Block &block, Operation *before, int64_t number) {
  SmallVector<Operation *> inside;
  for (Operation *op = before ? before->getNextNode() : &block.front(); op; op = op->getNextNode())
    op->walk([&](Operation *inner) { inside.push_back(inner); });
  bool draws = llvm::any_of(inside, drawsForModel);
  auto attribute = IntegerAttr::get(IntegerType::get(block.getParentOp()->getContext(), 64), number);
  for (Operation *op : inside)
    if (!draws)
      op->removeAttr(ofModelAttribute); // there is no mean to go through
    else if (drawsForModel(op) || isa<GradientOp, ChanceOp, ExpectedOp, RowsOfPassOp>(op))
      op->setAttr(sampleSetAttribute, attribute);
  return draws;
}

} // namespace switchyard
