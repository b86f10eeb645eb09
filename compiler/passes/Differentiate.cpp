// Reverse-mode differentiation of straight-line programs: from the scalar back to the values asked for, each
// operation building its own vector-Jacobian product. Runs after batching (S1.1); the scalar's cotangent is
// one for each example, or the seed.
#include "compiler/passes/Passes.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

class Differentiation {
public:
  explicit Differentiation(GradientOp gradient) : gradient(gradient), builder(gradient) {}

  LogicalResult run() {
    markDependents();
    if (failed(checkDependence()))
      return failure();
    cotangents[gradient.getOf()] = seed();
    for (Operation *op : llvm::reverse(forward))
      if (failed(propagate(op)))
        return failure();
    for (auto [at, result] : llvm::zip(gradient.getAt(), gradient.getResults()))
      result.replaceAllUsesWith(cotangentOf(at));
    gradient.erase();
    return success();
  }

private:
  /// The operations of this block that depend on `at` and that `of` depends on, in order.
  void markDependents() {
    llvm::DenseSet<Value> needed{gradient.getOf()};
    SmallVector<Operation *> backward;
    for (Operation *op = gradient->getPrevNode(); op; op = op->getPrevNode())
      if (llvm::any_of(op->getResults(), [&](Value v) { return needed.contains(v); })) {
        backward.push_back(op);
        op->walk([&](Operation *inner) { needed.insert_range(inner->getOperands()); });
      }
    active.insert_range(gradient.getAt());
    for (Operation *op : llvm::reverse(backward)) {
      // The value a gradient is taken at is where it ends, whatever it was computed from.
      bool isAt =
          llvm::any_of(op->getResults(), [&](Value v) { return llvm::is_contained(gradient.getAt(), v); });
      if (isAt || llvm::none_of(op->getOperands(), [&](Value v) { return active.contains(v); }))
        continue;
      forward.push_back(op);
      active.insert_range(op->getResults());
    }
  }

  LogicalResult checkDependence() {
    if (active.contains(gradient.getOf()))
      return success();
    return gradient.emitError() << "the expression does not depend on the value its gradient is taken at";
  }

  /// Zero where the value is read by comparisons alone, which have no derivative.
  Value cotangentOf(Value at) {
    if (Value cotangent = cotangents.lookup(at))
      return cotangent;
    return BroadcastOp::create(builder, gradient.getLoc(), at.getType(),
                               realConstant(builder, gradient.getLoc(), 0));
  }

  Value seed() {
    if (gradient.getSeed())
      return gradient.getSeed();
    Value one = realConstant(builder, gradient.getLoc(), 1);
    if (gradient.getOf().getType() == one.getType())
      return one;
    return BroadcastOp::create(builder, gradient.getLoc(), gradient.getOf().getType(), one);
  }

  LogicalResult propagate(Operation *op) {
    SmallVector<Value> incoming =
        llvm::map_to_vector(op->getResults(), [&](Value v) { return cotangents.lookup(v); });
    if (llvm::none_of(incoming, [](Value v) { return static_cast<bool>(v); }))
      return success();
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    if (!differentiable)
      return op->emitError() << "a gradient cannot go through " << op->getName().stripDialect() << " yet";
    SmallVector<bool> needed =
        llvm::map_to_vector(op->getOperands(), [&](Value v) { return active.contains(v); });
    SmallVector<Value> outgoing = differentiable.buildVjp(builder, incoming, needed);
    for (auto [operand, cotangent, wanted] : llvm::zip(op->getOperands(), outgoing, needed))
      if (wanted && cotangent)
        accumulate(operand, cotangent);
    return success();
  }

  void accumulate(Value value, Value cotangent) {
    Value &sum = cotangents[value];
    sum = sum ? AddOp::create(builder, gradient.getLoc(), sum, cotangent) : cotangent;
  }

  GradientOp gradient;
  OpBuilder builder;
  llvm::DenseSet<Value> active; // depends on a value of `at`
  SmallVector<Operation *> forward;
  llvm::DenseMap<Value, Value> cotangents;
};

struct DifferentiatePass : switchyard::impl::DifferentiateBase<DifferentiatePass> {
  void runOnOperation() override {
    SmallVector<GradientOp> gradients;
    getOperation().walk([&](GradientOp op) {
      if (op->getParentOfType<func::FuncOp>())
        gradients.push_back(op);
    });
    for (GradientOp gradient : gradients)
      if (failed(Differentiation(gradient).run()))
        return signalPassFailure();
    getOperation().walk([](StopGradientOp op) {
      op.getResult().replaceAllUsesWith(op.getInput());
      op.erase();
    });
  }
};

} // namespace
