// Forward closure and backward slice over SSA values.
#include "compiler/passes/Dependence.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace switchyard {

namespace {

/// All that depends on one value.
class Closure {
public:
  Closure(Value source, Turns turns, const Dependence::Rule &rule)
      : home(source.getParentRegion()), turns(turns), rule(rule) {
    reach(source);
    while (!fresh.empty())
      for (OpOperand &use : fresh.pop_back_val().getUses())
        follow(use);
  }

  llvm::DenseSet<Value> reached;

private:
  void reach(Value value) {
    if (reached.insert(value).second)
      fresh.push_back(value);
  }

  void reachResults(OpOperand &use, Operation *op) {
    for (OpResult result : op->getResults())
      if (!rule || use.getOwner() != op || rule(use, result))
        reach(result);
  }

  void carry(scf::ForOp loop, unsigned i) {
    if (turns == Turns::All || !loop.getRegion().isAncestor(home))
      reach(loop.getRegionIterArg(i));
    reach(loop.getResult(i));
  }

  void follow(OpOperand &use);

  Region *home;
  Turns turns;
  const Dependence::Rule &rule;
  SmallVector<Value> fresh; // reached, their uses not yet followed
};

/// A loop carries what it starts with to its block and its results, and what its block yields to both again.
/// How often it turns decides all that it gives. Of other operations with regions everything depends on
/// everything that they or their regions read.
void Closure::follow(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    if (use.getOperandNumber() >= loop.getNumControlOperands())
      return carry(loop, use.getOperandNumber() - loop.getNumControlOperands());
    reach(loop.getInductionVar());
    return reachResults(use, loop);
  }
  reachResults(use, op);
  for (Region &region : op->getRegions())
    llvm::for_each(region.getArguments(), [&](Value argument) { reach(argument); });
  for (Operation *inner = op; Operation *outer = inner->getParentOp(); inner = outer) {
    if (auto loop = dyn_cast<scf::ForOp>(outer)) {
      if (inner == op && op->hasTrait<OpTrait::IsTerminator>())
        carry(loop, use.getOperandNumber());
      return;
    }
    if (outer->hasTrait<OpTrait::IsIsolatedFromAbove>())
      return;
    reachResults(use, outer);
  }
}

} // namespace

void Dependence::add(Value value) {
  reached.insert_range(Closure(value, turns, rule).reached);
}

bool Dependence::isReadBy(Operation *op) const {
  return op
      ->walk([&](Operation *inner) {
        return containsAnyOf(inner->getOperands()) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// How many operations stand around this one.
static unsigned depthOf(Operation *op) {
  unsigned depth = 0;
  while ((op = op->getParentOp()))
    ++depth;
  return depth;
}

/// Both are computed before one place: what stands in a block around another's comes first.
static bool comesBefore(Operation *one, Operation *other) {
  if (one->getBlock() == other->getBlock())
    return one->isBeforeInBlock(other);
  return depthOf(one) < depthOf(other);
}

Slice::Slice(Value root, ValueRange ends) {
  llvm::DenseSet<Value> given(ends.begin(), ends.end());
  llvm::DenseSet<Operation *> seen;
  SmallVector<Value> rest{root};
  while (!rest.empty()) {
    Value value = rest.pop_back_val();
    if (given.contains(value))
      continue;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      arguments.insert(argument);
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (!seen.insert(op).second)
      continue;
    operations.push_back(op);
    op->walk([&](Operation *inner) { // its own values are defined in it
      for (Value operand : inner->getOperands())
        if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
          rest.push_back(operand);
    });
  }
  llvm::sort(operations, comesBefore);
}

} // namespace switchyard
