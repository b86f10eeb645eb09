// eot(n): a gradient through a random network is the mean over n draws of the gradient of the whole expression
// (S4.2). The expression is computed anew inside a loop over the draws; what the loop adds up is divided by n.
#include "compiler/passes/Expectation.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_EXPANDEXPECTATION
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// Whether an operation draws for the model; an attack's own draws are not in the estimator's sample set.
bool drawsForModel(Operation *op) {
  auto site = op->getAttrOfType<StringAttr>("site");
  return isa<RandomUniformOp, RandomNormalOp>(op) && !site.getValue().starts_with("attack/");
}

/// One gradient, averaged over the draws.
class Expectation {
public:
  Expectation(GradientOp gradient, Value rows, int64_t draws)
      : gradient(gradient), rows(rows), draws(draws), builder(gradient), loc(gradient.getLoc()) {}

  void expand() {
    SmallVector<Operation *> expression = drawDependentPart();
    if (llvm::none_of(expression, drawsForModel))
      return; // nothing random between the expression and the value
    scf::ForOp loop = makeLoop();
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      SmallVector<Value> sums;
      GradientOp inner = copyInto(loop, expression);
      for (auto [sum, term] : llvm::zip(loop.getRegionIterArgs(), inner.getResults()))
        sums.push_back(AddOp::create(builder, loc, sum, term));
      scf::YieldOp::create(builder, loc, sums);
    }
    Value n = realConstant(builder, loc, static_cast<double>(draws));
    for (auto [result, sum] : llvm::zip(gradient.getResults(), loop.getResults()))
      result.replaceAllUsesWith(DivOp::create(builder, loc, sum, n));
    gradient.erase();
    for (Operation *op : llvm::reverse(expression))
      if (op->use_empty())
        op->erase();
  }

private:
  /// The operations that `of` is computed by and that depend on `at` or on a draw of the model, in order.
  SmallVector<Operation *> drawDependentPart() {
    llvm::DenseSet<Value> needed{gradient.getOf()};
    SmallVector<Operation *> backward;
    for (Operation *op = gradient->getPrevNode(); op; op = op->getPrevNode())
      if (llvm::any_of(op->getResults(), [&](Value v) { return needed.contains(v); })) {
        backward.push_back(op);
        needed.insert_range(op->getOperands());
      }
    llvm::DenseSet<Value> dependent(gradient.getAt().begin(), gradient.getAt().end());
    SmallVector<Operation *> part;
    for (Operation *op : llvm::reverse(backward)) {
      bool isAt = llvm::any_of(op->getResults(), [&](Value v) { return llvm::is_contained(gradient.getAt(), v); });
      bool depends = llvm::any_of(op->getOperands(), [&](Value v) { return dependent.contains(v); });
      if (isAt || (!depends && !drawsForModel(op)))
        continue;
      part.push_back(op);
      dependent.insert_range(op->getResults());
    }
    return part;
  }

  scf::ForOp makeLoop() {
    Value low = arith::ConstantIndexOp::create(builder, loc, 0), step = arith::ConstantIndexOp::create(builder, loc, 1);
    Value high = arith::ConstantIndexOp::create(builder, loc, draws);
    return makeSumLoop(builder, loc, low, high, step, gradient.getAt());
  }

  /// The expression under the loop's draw, and its gradient.
  GradientOp copyInto(scf::ForOp loop, ArrayRef<Operation *> expression) {
    Value index = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), loop.getInductionVar());
    Value draw = tensor::FromElementsOp::create(builder, loc, RankedTensorType::get({}, builder.getI32Type()), index);
    Value drawn = WithDrawOp::create(builder, loc, rows.getType(), rows, draw);
    IRMapping values;
    for (Operation *op : expression) {
      Operation *copy = builder.clone(*op, values);
      if (drawsForModel(copy))
        copy->replaceUsesOfWith(rows, drawn);
    }
    return cast<GradientOp>(builder.clone(*gradient, values));
  }

  GradientOp gradient;
  Value rows;
  int64_t draws;
  OpBuilder builder;
  Location loc;
};

struct ExpandExpectationPass : switchyard::impl::ExpandExpectationBase<ExpandExpectationPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (auto draws = function->getAttrOfType<IntegerAttr>("swy.draws"))
        if (failed(expand(function, draws.getInt())))
          return signalPassFailure();
  }

  LogicalResult expand(func::FuncOp function, int64_t draws) {
    Value rows;
    for (BlockArgument argument : function.getArguments())
      if (auto role = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "swy.role"))
        if (role == "rows")
          rows = argument;
    SmallVector<GradientOp> gradients;
    function.walk([&](GradientOp op) { gradients.push_back(op); });
    for (GradientOp gradient : gradients)
      Expectation(gradient, rows, draws).expand();
    // A draw that no loop took is one whose value the attack compares, keeps or returns.
    Operation *left = nullptr;
    function.walk([&](Operation *op) {
      auto loop = op->getParentOfType<scf::ForOp>();
      if (drawsForModel(op) && !op->use_empty() && !(loop && loop->hasAttr(expectationAttribute)))
        left = left ? left : op;
    });
    if (!left)
      return success();
    return left->emitError() << "under eot(" << draws
                             << ") this attack uses the random model's value outside a gradient; averaging it over "
                                "the draws is not built yet";
  }
};

} // namespace
