// Moves each preparation of a library routine to where its weights are known, and makes equal ones one.
// Values do not change on tensors, so the earliest place is right after the weights' definition.
#include "compiler/lowering/Passes.h"

#include "dialect/Dialect.h"
#include "dialect/Remarks.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_PACKWEIGHTS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// Puts `prepare` right after its weights come into being (at the function's start if it has none).
void hoist(swy::PrepareOp prepare, Block &entry) {
  Value weights = prepare.getWeights();
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
