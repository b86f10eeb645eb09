// A thread for each element keeps every multiprocessor busy where there are many elements; a block for each
// keeps them busy where there are few, each reduced from many.
#include "compiler/lowering/gpu/KernelPlan.h"

#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace switchyard {

Dimensions::Dimensions(linalg::GenericOp op) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  for (auto [i, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
    bool isParallel = kind == utils::IteratorType::parallel;
    (isParallel ? parallel : reduced).push_back(i);
    (isParallel ? parallelSizes : reducedSizes).push_back(sizes[i]);
  }
}

Operation *combinerOf(linalg::GenericOp op, unsigned i) {
  SmallVector<Operation *, 1> combiners;
  Value reduced = matchReduction(op.getRegionOutputArgs(), i, combiners);
  if (!reduced || combiners.size() != 1 || !arith::getNeutralElement(combiners.front()))
    return nullptr;
  return combiners.front();
}

namespace {

/// A thread makes four elements (16 bytes a store) where this many are left to keep every multiprocessor
/// busy.
constexpr int64_t elementsForFour = 1 << 14;
/// A reduction of fewer elements is one thread's work; so is a longer one if there are this many of them.
constexpr int64_t shortReduction = 64, manyReductions = 1 << 15;

bool combinesInAnyOrder(linalg::GenericOp op) {
  for (unsigned i = 0; i < op.getNumDpsInits(); ++i)
    if (!combinerOf(op, i))
      return false;
  return true;
}

/// Whether neighbours in the innermost dimension are neighbours in memory for some operand.
bool runsAlongMemory(linalg::GenericOp op) {
  unsigned last = op.getNumLoops() - 1;
  return llvm::any_of(op.getIndexingMapsArray(), [&](AffineMap map) {
    return map.getNumResults() > 0 && map.getResults().back() == getAffineDimExpr(last, map.getContext());
  });
}

/// Enough blocks of at most `most` threads.
void spread(PartPlan &plan, int64_t work, int64_t most) {
  plan.work = work;
  plan.threads = std::min<int64_t>(most, llvm::alignTo(work, warp));
  plan.blocks = llvm::divideCeil(work, plan.threads);
}

PartPlan planAlone(linalg::GenericOp op) {
  Dimensions d(op);
  PartPlan plan;
  int64_t elements = d.elements(), reductions = d.reductions();
  if (reductions >= shortReduction && elements < manyReductions && combinesInAnyOrder(op)) {
    plan.kind = PartPlan::BlockWide;
    plan.threads = std::clamp<int64_t>(llvm::PowerOf2Ceil(llvm::divideCeil(reductions, 4)), warp, 256);
    plan.work = plan.blocks = elements;
    return plan;
  }
  bool fours = d.reduced.empty() && !d.parallelSizes.empty() && d.parallelSizes.back() % 4 == 0;
  if (fours && (op->hasAttr(wordsAttribute) || (elements >= elementsForFour && runsAlongMemory(op))))
    plan.perThread = 4;
  spread(plan, elements / plan.perThread, 256);
  return plan;
}

/// Four neighbours a thread where a draw wants that (a block of words is then drawn once), or where it pays
/// for all operations.
PartPlan planElements(ArrayRef<linalg::GenericOp> ops) {
  PartPlan plan;
  int64_t elements = Dimensions(ops.front()).elements();
  auto draws = [](linalg::GenericOp op) { return op->hasAttr(wordsAttribute); };
  auto inFours = [](linalg::GenericOp op) {
    Dimensions d(op);
    return !d.parallelSizes.empty() && d.parallelSizes.back() % 4 == 0;
  };
  if (llvm::any_of(ops, draws) || (elements >= elementsForFour && llvm::all_of(ops, inFours)))
    plan.perThread = 4;
  spread(plan, elements / plan.perThread, 256);
  return plan;
}

} // namespace

PartPlan planPart(const KernelGroup &group) {
  linalg::GenericOp first = group.ops.front();
  if (group.kind == KernelGroup::Alone)
    return planAlone(first);
  if (group.kind == KernelGroup::Elements)
    return planElements(group.ops);
  PartPlan plan;
  plan.kind = PartPlan::Rows;
  spread(plan, first.getStaticLoopRanges().front(), 128); // few rows: over many multiprocessors
  return plan;
}

SmallVector<PartPlan> planKernel(ArrayRef<KernelGroup> parts) {
  SmallVector<PartPlan> plans;
  int64_t threads = 0;
  for (const KernelGroup &group : parts) {
    plans.push_back(planPart(group));
    threads = std::max(threads, plans.back().threads);
  }
  for (PartPlan &plan : plans) {
    plan.threads = threads;
    if (plan.kind != PartPlan::BlockWide)
      plan.blocks = llvm::divideCeil(plan.work, threads);
  }
  return plans;
}

} // namespace switchyard
