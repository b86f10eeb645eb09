// Merges elementwise linalg operations. What may be merged is decided here; how is MLIR's.
#include "compiler/lowering/LowerToLinalg.h"
#include "compiler/lowering/MathFunctions.h"
#include "compiler/lowering/Passes.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "compiler/lowering/Passes.h.inc"

namespace {

/// A producer of so many operations may be computed again for every element that reads it by index, one of so
/// few by each of several reads.
constexpr size_t operationsElsewhere = 16, operationsAnywhere = 8;

/// Whether all other users of the producer come after the consumer, so that the merged operation can yield
/// the producer's values to them. The consumer's body is none of these: what it reads by index must be there
/// before.
bool othersComeLater(Operation *producer, Operation *consumer) {
  return llvm::all_of(producer->getUsers(), [&](Operation *user) {
    Operation *ancestor = consumer->getBlock()->findAncestorOpInBlock(*user);
    return user == consumer || (ancestor && ancestor != consumer && consumer->isBeforeInBlock(ancestor));
  });
}

bool isCheap(linalg::GenericOp op) {
  return llvm::none_of(op.getBody()->getOperations(), [](Operation &inner) { return isCostly(&inner); });
}

/// Why the operand's producer should not join its consumer, where both are loops over elements; null where it
/// should.
const char *whyApart(linalg::GenericOp producer, linalg::GenericOp consumer, OpOperand *operand) {
  if (producer->hasAttr(wordsAttribute) || producer->hasAttr(ofRowsAttribute) ||
      consumer->hasAttr(ofRowsAttribute))
    return "random draws are a loop of their own";
  if (producer->getBlock() != consumer->getBlock())
    return "its input does not change in the loop around it, and is computed before";
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  if (!map.isProjectedPermutation())
    return "it reads its input in another order";
  // Not through a change of order, which would run one of the two against memory.
  bool sameElements = map.isIdentity() && consumer.getNumReductionLoops() == 0;
  if (sameElements)
    return producer->hasOneUse() || othersComeLater(producer, consumer)
               ? nullptr
               : "its input is needed elsewhere before";
  // Into a reduction, or repeated: only what costs nothing to compute there and is stored nowhere else.
  bool oneElement = producer.getNumLoops() == 0;
  if (!producer->hasOneUse())
    return "its input is needed elsewhere, too";
  if (!isCheap(producer))
    return "its input costs more to compute again than to keep";
  return map.isIdentity() || oneElement ? nullptr : "it reads its input in another order or again and again";
}

/// Whether the operand's producer should join its consumer.
bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return producer && consumer && !whyApart(producer, consumer, operand);
}

/// Whether it reads one input twice in the same way: then a producer would be computed twice in it.
bool readsTwice(linalg::GenericOp op) {
  llvm::SmallDenseSet<std::pair<Value, AffineMap>> seen;
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    return !seen.insert({input->get(), op.getMatchingIndexingMap(input)}).second;
  });
}

/// producer, consumer ==> one operation that yields the consumer's values and what else is used of the
/// producer's.
struct FuseProducer : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp consumer, PatternRewriter &rewriter) const override {
    if (readsTwice(consumer))
      return rewriter.notifyMatchFailure(consumer, "its inputs become one each, first");
    for (OpOperand &operand : consumer->getOpOperands()) {
      if (!shouldFuse(&operand) || !linalg::areElementwiseOpsFusable(&operand))
        continue;
      FailureOr<linalg::ElementwiseOpFusionResult> fused = linalg::fuseElementwiseOps(rewriter, &operand);
      if (failed(fused))
        return rewriter.notifyMatchFailure(consumer, "operations do not fuse");
      // In the order of results: that of the replacements is their addresses', and decides what fuses next.
      SmallVector<Value> results(operand.get().getDefiningOp()->getResults());
      llvm::append_range(results, consumer->getResults());
      for (Value result : results)
        if (Value value = fused->replacements.lookup(result))
          rewriter.replaceUsesWithIf(result, value,
                                     [&](OpOperand &use) { return use.getOwner() != fused->fusedOp; });
      rewriter.eraseOp(consumer);
      return success();
    }
    return rewriter.notifyMatchFailure(consumer, "no producer to fuse");
  }
};

/// Whether a producer that is read by index in the body of a consumer may be computed there. What only
/// numbers rows may well be done again for each turn of a loop inside.
bool meets(linalg::GenericOp producer, Operation *consumer) {
  return isa<linalg::GenericOp>(consumer) &&
         (producer->getBlock() == consumer->getBlock() || producer->hasAttr(ofRowsAttribute));
}

/// Whether an operation's elements can as well be computed where others read them by index, and nobody else
/// needs them.
bool isCheapElsewhere(linalg::GenericOp op) {
  auto isIndexedRead = [&](Operation *user) {
    return isa<tensor::ExtractOp>(user) && meets(op, user->getParentOp());
  };
  return op->getNumResults() == 1 && !op->hasAttr(wordsAttribute) && op.getNumReductionLoops() == 0 &&
         isCheap(op) && llvm::all_of(op->getUsers(), isIndexedRead) &&
         op.getBody()->getOperations().size() <=
             (op->hasOneUse() ? operationsElsewhere : operationsAnywhere) &&
         op.getIndexingMapsArray().back().isIdentity() &&
         !op.payloadUsesValueFromOperand(op.getDpsInitOperand(0));
}

/// %a = producer; consumer { extract %a[i] } ==> consumer { the producer's body at i }
struct FuseIntoIndexedRead : OpRewritePattern<tensor::ExtractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractOp read, PatternRewriter &rewriter) const override {
    auto producer = read.getTensor().getDefiningOp<linalg::GenericOp>();
    auto consumer = dyn_cast<linalg::GenericOp>(read->getParentOp());
    if (!producer || !consumer || !meets(producer, consumer) || !isCheapElsewhere(producer))
      return rewriter.notifyMatchFailure(read, "nothing that can be computed here");
    SmallVector<Value> at(read.getIndices());
    IRMapping mapping;
    for (OpOperand *input : producer.getDpsInputOperands()) {
      Value value = input->get();
      if (isa<RankedTensorType>(value.getType())) {
        AffineMap map = producer.getMatchingIndexingMap(input);
        value = tensor::ExtractOp::create(rewriter, read.getLoc(), value,
                                          *affine::expandAffineMap(rewriter, read.getLoc(), map, at));
      }
      mapping.map(producer.getMatchingBlockArgument(input), value);
    }
    for (Operation &inner : producer.getBody()->without_terminator()) {
      if (auto index = dyn_cast<linalg::IndexOp>(inner))
        mapping.map(index.getResult(), at[index.getDim()]);
      else
        rewriter.clone(inner, mapping);
    }
    rewriter.replaceOp(read, mapping.lookupOrDefault(producer.getBody()->getTerminator()->getOperand(0)));
    return success();
  }
};

struct FuseElementwisePass : impl::FuseElementwiseBase<FuseElementwisePass> {
  using FuseElementwiseBase::FuseElementwiseBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseProducer>(&getContext());
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    if (intoIndexedReads)
      patterns.add<FuseIntoIndexedRead>(&getContext());
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns, shouldMoveReshape);
    affine::AffineApplyOp::getCanonicalizationPatterns(patterns, &getContext());
    linalg::GenericOp::getCanonicalizationPatterns(patterns, &getContext());
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, &getContext());
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, &getContext());
    int64_t before = wantsRemarks(getOperation()) ? count() : 0;
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    if (wantsRemarks(getOperation()))
      say(before);
  }

private:
  int64_t count() {
    int64_t loops = 0;
    getOperation()->walk([&](linalg::GenericOp) { ++loops; });
    return loops;
  }

  void say(int64_t before) {
    constexpr StringLiteral name = "fuse";
    remarkApplied(getOperation(), name, Twine(before) + " loops over elements became " + Twine(count()));
    getOperation()->walk([&](linalg::GenericOp consumer) {
      for (OpOperand &operand : consumer->getOpOperands())
        if (auto producer = operand.get().getDefiningOp<linalg::GenericOp>())
          if (const char *reason = whyApart(producer, consumer, &operand))
            remarkMissed(consumer, name, Twine("this is a loop of its own: ") + reason);
    });
  }

  /// A view between two elementwise operations moves out of their way; random draws keep their shape.
  static bool shouldMoveReshape(OpOperand *operand) {
    auto elementwise = [](Operation *op) {
      auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
      return generic && !generic->hasAttr(wordsAttribute) && generic.getNumReductionLoops() == 0;
    };
    Operation *source = operand->get().getDefiningOp();
    if (!source || !operand->get().hasOneUse())
      return false;
    if (elementwise(operand->getOwner())) // generic(collapse(generic))
      return source->getNumOperands() > 0 && elementwise(source->getOperand(0).getDefiningOp());
    return elementwise(source) && llvm::all_of(operand->getOwner()->getUsers(), elementwise);
  }
};

} // namespace
} // namespace switchyard
