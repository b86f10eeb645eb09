// What comes before the first draw is the same under every draw, and a vector-Jacobian product is linear: so
// the prefix runs forward once, the suffix once for each draw, and the prefix backward once with the summed
// cotangent. Ten draws of a dropout behind the convolutions then cost little more than one.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Expectation.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_HOISTEXPECTATION
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// One loop over draws or channels, with its one gradient. Of loops in loops the inner one goes first: what
/// it leaves outside is the outer one's to hoist.
class Hoisting {
public:
  explicit Hoisting(scf::ForOp loop) : loop(loop), builder(loop), loc(loop.getLoc()) {}

  /// Whether anything moves out of the loop.
  bool run() {
    moveLoopInvariantCode(loop);
    auto gradients = loop.getBody()->getOps<GradientOp>();
    if (gradients.empty()) // or the gradient could not leave the loop inside
      return missed("no gradient is averaged in this loop");
    gradient = *gradients.begin();
    SmallVector<Value> cut = findCut();
    if (llvm::all_of(cut, [&](Value v) { return llvm::is_contained(gradient.getAt(), unmarked(v)); }))
      return missed("the draws begin at the input: nothing comes before them that could be computed once");
    scf::ForOp sums = sumCotangents(cut);
    SmallVector<Value> results = throughPrefix(cut, sums.getResults());
    remarkApplied(loop, name, "what comes before the first draw is computed once for all " + times());
    loop.replaceAllUsesWith(results);
    loop.erase();
    return true;
  }

private:
  static constexpr StringLiteral name = "hoist-expectation";

  bool missed(StringRef reason) {
    remarkMissed(loop, name, reason);
    return false;
  }

  /// Marks compute nothing.
  static Value unmarked(Value value) {
    for (Operation *op = value.getDefiningOp(); op && op->hasTrait<Marks>(); op = value.getDefiningOp())
      value = op->getOperand(0);
    return value;
  }

  std::string times() {
    std::optional<llvm::APInt> count = loop.getStaticTripCount();
    return count ? llvm::toString(*count, 10, /*Signed=*/false) + " of them" : "of them";
  }

  static bool isReal(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

  /// The reals that the loop reads and that depend on `at`: no derivative goes through masks and indices.
  SmallVector<Value> findCut() {
    Dependence dependent(gradient.getAt());
    llvm::SetVector<Value> cut;
    loop.getBody()->walk([&](Operation *op) {
      for (Value operand : op->getOperands())
        if (!isa<GradientOp>(op) && isReal(operand) && dependent.contains(operand) &&
            !loop->isAncestor(operand.getParentBlock()->getParentOp()))
          cut.insert(operand);
    });
    return cut.takeVector();
  }

  /// The same loop, adding up the cotangents at the cut.
  scf::ForOp sumCotangents(ArrayRef<Value> cut) {
    builder.setInsertionPoint(loop);
    scf::ForOp sums =
        makeSumLoop(builder, loc, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), cut);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(sums.getBody());
    IRMapping values;
    values.map(loop.getInductionVar(), sums.getInductionVar());
    for (Operation &op : loop.getBody()->without_terminator()) {
      if (&op == gradient.getOperation())
        break;
      builder.clone(op, values);
    }
    auto inner = GradientOp::create(builder, loc, ValueRange(cut).getTypes(),
                                    values.lookupOrDefault(gradient.getOf()), cut, Value());
    SmallVector<Value> next;
    for (auto [sum, term] : llvm::zip(sums.getRegionIterArgs(), inner.getResults()))
      next.push_back(AddOp::create(builder, loc, sum, term));
    scf::YieldOp::create(builder, loc, next);
    return sums;
  }

  /// The vector-Jacobian product of the prefix: the gradient of <cut, cotangents> with the cotangents held
  /// fixed.
  SmallVector<Value> throughPrefix(ArrayRef<Value> cut, ValueRange cotangents) {
    Value total;
    for (auto [value, cotangent] : llvm::zip(cut, cotangents)) {
      Value fixed = StopGradientOp::create(builder, loc, cotangent.getType(), cotangent);
      Value product = MulOp::create(builder, loc, value, fixed);
      if (cast<RankedTensorType>(product.getType()).getRank() > 1)
        product = ReduceSumOp::create(builder, loc, product, 1);
      total = total ? Value(AddOp::create(builder, loc, total, product)) : product;
    }
    auto outer =
        GradientOp::create(builder, loc, gradient.getResultTypes(), total, gradient.getAt(), Value());
    return SmallVector<Value>(outer.getResults());
  }

  scf::ForOp loop;
  GradientOp gradient;
  OpBuilder builder;
  Location loc;
};

struct HoistExpectationPass : switchyard::impl::HoistExpectationBase<HoistExpectationPass> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> loops;
    getOperation().walk([&](scf::ForOp loop) {
      if (loop->hasAttr(expectationAttribute))
        loops.push_back(loop);
    });
    int64_t hoisted = llvm::count_if(loops, [](scf::ForOp loop) { return Hoisting(loop).run(); });
    remarkCounts(
        getOperation(), "hoist-expectation",
        {{"loops over draws hoisted from", hoisted}, {"left", static_cast<int64_t>(loops.size()) - hoisted}});
  }
};

} // namespace
