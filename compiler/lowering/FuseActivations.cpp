// relu into the convolution or dense layer that it follows, and below the max-pooling that it precedes.
#include "compiler/lowering/Passes.h"

#include "dialect/Dialect.h"
#include "dialect/Remarks.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_FUSEACTIVATIONS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// layer, relu ==> layer with relu.
struct ReluIntoLayer : OpRewritePattern<swy::ReluOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(swy::ReluOp relu, PatternRewriter &rewriter) const override {
    auto layer = relu.getInput().getDefiningOp<swy::ActivatingOpInterface>();
    if (!layer || !layer->hasOneUse())
      return rewriter.notifyMatchFailure(relu, "not the only use of a layer");
    rewriter.modifyOpInPlace(layer, [&] { layer.setRelu(true); });
    rewriter.replaceOp(relu, layer->getResult(0));
    return success();
  }
};

/// relu_backward(c, x) ==> relu_backward(c, relu(x)) where relu(x) is there anyway: x need not be kept.
struct MaskByActivation : OpRewritePattern<swy::ReluBackwardOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(swy::ReluBackwardOp mask, PatternRewriter &rewriter) const override {
    for (Operation *user : mask.getActivation().getUsers())
      if (isa<swy::ReluOp>(user) && user->getBlock() == mask->getBlock() && user->isBeforeInBlock(mask)) {
        rewriter.modifyOpInPlace(mask, [&] { mask.getActivationMutable().assign(user->getResult(0)); });
        return success();
      }
    return rewriter.notifyMatchFailure(mask, "no relu of the same value before it");
  }
};

/// max_pool(relu(x)) ==> relu(max_pool(x)): where the largest element is not positive the window's relu is 0
/// whichever element is taken, and the cotangent of all of them is 0 (see below).
struct ReluBelowPool : OpRewritePattern<swy::MaxPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(swy::MaxPoolOp pool, PatternRewriter &rewriter) const override {
    auto relu = pool.getInput().getDefiningOp<swy::ReluOp>();
    if (!relu || !onlyPooledAndMasking(relu, pool))
      return rewriter.notifyMatchFailure(pool, "the activation before pooling is used otherwise");
    auto moved = swy::MaxPoolOp::create(rewriter, pool.getLoc(), pool.getResultTypes(), relu.getInput(),
                                        pool.getSizeAttr(), pool.getStrideAttr(), pool.getPaddingAttr());
    Value pooled = swy::ReluOp::create(rewriter, relu.getLoc(), moved.getResult());
    for (swy::ReluBackwardOp mask : masksOf(relu))
      maskPooled(rewriter, mask, pooled);
    rewriter.replaceOp(pool, {pooled, moved.getWhich()});
    return success();
  }

private:
  static SmallVector<swy::ReluBackwardOp> masksOf(swy::ReluOp relu) {
    SmallVector<swy::ReluBackwardOp> masks;
    for (Value activation : {relu.getInput(), relu.getResult()})
      for (OpOperand &use : activation.getUses())
        if (auto mask = dyn_cast<swy::ReluBackwardOp>(use.getOwner()); mask && use.getOperandNumber() == 1)
          masks.push_back(mask);
    return masks;
  }

  /// Whether the activation goes into `pool` and into masks of cotangents that come out of that pool alone.
  static bool onlyPooledAndMasking(swy::ReluOp relu, swy::MaxPoolOp pool) {
    for (Operation *user : relu->getUsers())
      if (user != pool && !isa<swy::ReluBackwardOp>(user))
        return false;
    return llvm::all_of(masksOf(relu), [&](swy::ReluBackwardOp mask) {
      auto scatter = mask.getCotangent().getDefiningOp<swy::MaxPoolBackwardOp>();
      return scatter && scatter.getWhich() == pool.getWhich() && scatter->hasOneUse();
    });
  }

  /// relu_backward(max_pool_backward(c), x) ==> max_pool_backward(relu_backward(c, pooled)).
  static void maskPooled(PatternRewriter &rewriter, swy::ReluBackwardOp mask, Value pooled) {
    auto scatter = mask.getCotangent().getDefiningOp<swy::MaxPoolBackwardOp>();
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(scatter);
    Value masked = swy::ReluBackwardOp::create(rewriter, mask.getLoc(), scatter.getCotangent().getType(),
                                               scatter.getCotangent(), pooled);
    rewriter.modifyOpInPlace(scatter, [&] { scatter.getCotangentMutable().assign(masked); });
    rewriter.replaceOp(mask, scatter.getResult());
  }
};

struct FuseActivationsPass : impl::FuseActivationsBase<FuseActivationsPass> {
  using FuseActivationsBase::FuseActivationsBase;

  void runOnOperation() override {
    RewritePatternSet below(&getContext()), into(&getContext());
    below.add<ReluBelowPool>(&getContext());
    into.add<MaskByActivation>(&getContext());
    if (intoLayers)
      into.add<ReluIntoLayer>(&getContext());
    // Pooling first: a relu inside a layer can no longer move.
    if (failed(applyPatternsGreedily(getOperation(), std::move(below))) ||
        failed(applyPatternsGreedily(getOperation(), std::move(into))))
      return signalPassFailure();
    if (intoLayers && wantsRemarks(getOperation()))
      getOperation()->walk([](Operation *op) { say(op); });
  }

private:
  static void say(Operation *op) {
    constexpr StringLiteral name = "fuse-activations";
    if (auto relu = dyn_cast<swy::ReluOp>(op)) {
      auto layer = relu.getInput().getDefiningOp<swy::ActivatingOpInterface>();
      bool pooled = relu.getInput().getDefiningOp<swy::MaxPoolOp>();
      remarkMissed(
          op, name,
          layer ? "this activation is a step of its own: its layer's result is used elsewhere, too"
          : pooled
              ? "this activation is a step of its own: behind the pooling, where fewer elements are left"
              : "this activation is a step of its own: it does not follow a convolution or a dense layer");
    } else if (auto layer = dyn_cast<swy::ActivatingOpInterface>(op); layer && layer.getRelu()) {
      remarkApplied(op, name, "this layer applies the activation behind it");
    }
  }
};

} // namespace
} // namespace switchyard
