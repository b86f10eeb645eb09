// Moves each preparation of a library routine to where its weights are known, and makes equal ones one.
// Values do not change on tensors, so the earliest place is right after the weights' definition.
#include "compiler/lowering/Passes.h"

#include "dialect/Dialect.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_PACKWEIGHTS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// What weights are made of inside of a loop, in order; nothing where some of it differs from turn to turn.
std::optional<SmallVector<Operation *>> invariantSlice(Value weights, scf::ForOp loop) {
  llvm::SetVector<Operation *> slice;
  SmallVector<Value> rest{weights};
  while (!rest.empty()) {
    Value value = rest.pop_back_val();
    if (loop.isDefinedOutsideOfLoop(value))
      continue;
    Operation *op = value.getDefiningOp();
    if (!op || op->getBlock() != loop.getBody() || !isPure(op))
      return std::nullopt;
    if (!slice.insert(op))
      continue;
    op->walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
          rest.push_back(operand);
    });
  }
  SmallVector<Operation *> ordered = slice.takeVector();
  llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ordered;
}

/// Weights that a chain makes of trained ones, the same in every turn of a loop, come into being in front of
/// it.
void moveOutOfLoops(Value weights) {
  Operation *source = weights.getDefiningOp();
  while (auto loop = source ? dyn_cast<scf::ForOp>(source->getParentOp()) : scf::ForOp()) {
    std::optional<SmallVector<Operation *>> slice = invariantSlice(weights, loop);
    if (!slice)
      return;
    for (Operation *op : *slice)
      op->moveBefore(loop);
  }
}

/// Puts `prepare` right after its weights come into being (at the function's start if it has none).
void hoist(swy::PrepareOp prepare, Block &entry) {
  Value weights = prepare.getWeights();
  if (weights)
    moveOutOfLoops(weights);
  if (!weights)
    prepare->moveBefore(&entry, entry.begin());
  else if (Operation *source = weights.getDefiningOp())
    prepare->moveAfter(source);
  else
    prepare->moveBefore(weights.getParentBlock(), weights.getParentBlock()->begin());
}

bool sameRoutine(swy::PrepareOp a, swy::PrepareOp b) {
  return a->getBlock() == b->getBlock() && a->getAttrDictionary() == b->getAttrDictionary() &&
         a.getWeights() == b.getWeights();
}

void releaseAtEnd(swy::PrepareOp prepare) {
  for (Operation *user : llvm::make_early_inc_range(prepare->getUsers()))
    if (isa<swy::ReleaseOp>(user))
      user->erase();
  OpBuilder builder(prepare->getBlock()->getTerminator());
  swy::ReleaseOp::create(builder, prepare.getLoc(), prepare.getHandle());
}

struct PackWeightsPass : impl::PackWeightsBase<PackWeightsPass> {
  void runOnOperation() override {
    SmallVector<swy::PrepareOp> prepares, kept;
    getOperation().walk([&](swy::PrepareOp prepare) { prepares.push_back(prepare); });
    for (swy::PrepareOp prepare : prepares) {
      hoist(prepare, getOperation().getBody().front());
      auto *equal = llvm::find_if(kept, [&](swy::PrepareOp other) { return sameRoutine(prepare, other); });
      if (equal == kept.end()) {
        kept.push_back(prepare);
        continue;
      }
      // Either may come first now; the kept one goes where both are known.
      if (prepare->isBeforeInBlock(*equal))
        (*equal)->moveBefore(prepare);
      prepare.getHandle().replaceAllUsesWith(equal->getHandle());
      prepare.erase();
    }
    for (swy::PrepareOp prepare : kept)
      releaseAtEnd(prepare);
    if (!kept.empty())
      remarkCounts(getOperation(), "pack-weights",
                   {{"routines prepared once", static_cast<int64_t>(kept.size())},
                    {"equal ones merged", static_cast<int64_t>(prepares.size() - kept.size())}});
  }
};

} // namespace
} // namespace switchyard
