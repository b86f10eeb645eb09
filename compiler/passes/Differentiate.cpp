// Reverse-mode differentiation of straight-line programs: from the scalar back to the values asked for, each
// operation building its own vector-Jacobian product, be it in the gradient's block or in one around it. Runs
// after batching (S1.1); the scalar's cotangent is one for each example, or the seed.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

class Differentiation {
public:
  explicit Differentiation(GradientOp gradient)
      : gradient(gradient), builder(gradient), active(gradient.getAt()) {}

  LogicalResult run() {
    if (!active.contains(gradient.getOf()))
      return gradient.emitError() << "the expression does not depend on the value its gradient is taken at";
    switchyard::Slice slice(gradient.getOf(), gradient.getAt());
    for (Operation *op : slice.operations)
      if (active.containsAnyOf(op->getResults()))
        forward.push_back(op);
    cotangents[gradient.getOf()] = seed();
    for (Operation *op : llvm::reverse(forward))
      if (failed(propagate(op)))
        return failure();
    if (failed(checkArguments(slice.arguments.getArrayRef())))
      return failure();
    for (auto [at, result] : llvm::zip(gradient.getAt(), gradient.getResults()))
      result.replaceAllUsesWith(cotangentOf(at));
    gradient.erase();
    return success();
  }

private:
  /// What a loop carries depends on the turns before, which no product here goes back through.
  LogicalResult checkArguments(ArrayRef<BlockArgument> arguments) {
    for (BlockArgument argument : arguments)
      if (cotangents.lookup(argument) && !llvm::is_contained(gradient.getAt(), argument))
        return gradient.emitError() << "a gradient cannot go through the turns of a loop";
    return success();
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
    if (!differentiable) {
      InFlightDiagnostic error = op->emitError() << "a gradient cannot go through what is computed here";
      error.attachNote() << "the operation " << op->getName() << " has no derivative";
      return error;
    }
    SmallVector<bool> needed =
        llvm::map_to_vector(op->getOperands(), [&](Value v) { return active.contains(v); });
    if (auto layer = dyn_cast<ChannelOpInterface>(op); layer && layer.getChannel())
      for (OpOperand &operand : op->getOpOperands().drop_front())
        if (needed[operand.getOperandNumber()] && operand.get() != layer.getChannel())
          return op->emitError()
                 << "a gradient cannot be taken at parameters that switch by example: each channel is "
                    "trained alone";
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
  switchyard::Dependence active;    // on a value of `at`
  SmallVector<Operation *> forward; // from there to the scalar
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
    switchyard::remarkCounts(getOperation(), "differentiate",
                             {{"gradients differentiated", static_cast<int64_t>(gradients.size())}});
    getOperation().walk([](Operation *op) {
      if (!op->hasTrait<ForGradients>())
        return;
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    });
  }
};

} // namespace
