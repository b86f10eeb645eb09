// One example becomes a batch. A value is per example if it is an argument that belongs to examples, an image
// of the example's program, whatever it is made of, or computed from such a value; per-example values get a
// leading dimension, all others stay as they are. Numbers that all examples share are repeated where each
// example's own is asked for.
#include "compiler/passes/Batching.h"
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Passes.h"

#include "dialect/Remarks.h"
#include "dialect/Roles.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_BATCH
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

static bool isImage(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() > 0;
}

bool switchyard::canShare(OpOperand &operand) {
  Operation *op = operand.getOwner();
  if (op->hasTrait<PrefixBroadcast>())
    return !isImage(operand.get());
  auto batchable = dyn_cast<BatchableOpInterface>(op);
  return !batchable || batchable.sharesOperand(operand.getOperandNumber());
}

Value switchyard::repeatFor(OpOperand &operand, int64_t batch) {
  Operation *reader = operand.getOwner();
  OpBuilder builder(reader);
  Type type = batchedType(operand.get().getType(), batch);
  Value own;
  if (isImage(operand.get()))
    own = ForExamplesOp::create(builder, reader->getLoc(), type, operand.get());
  else
    own = BroadcastOp::create(builder, reader->getLoc(), type, operand.get());
  operand.set(own);
  return own;
}

namespace {

class Batching {
public:
  Batching(func::FuncOp function, int64_t batch, bool scalarsPerRow)
      : function(function), batch(batch), scalarsPerRow(scalarsPerRow) {}

  LogicalResult run() {
    Block &body = function.getBody().front();
    bool hasExamples = false;
    for (BlockArgument argument : body.getArguments()) {
      std::optional<rt::Role> role = roleOf(argument, function);
      hasExamples |= role && rt::ruleOf(*role).isOfExamples();
      if (role && (rt::ruleOf(*role).isOfExamples() || isSettingOfRow(argument))) {
        perExample.add(argument);
        setBatchedType(argument);
      }
    }
    if (hasExamples)
      findImages();
    function.walk([&](GradientOp gradient) {
      for (Value at : gradient.getAt())
        makeOwn(at);
    });
    if (failed(batchBlock(body)))
      return failure();
    repeatResults(body.getTerminator());
    function.setFunctionType(FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                               body.getTerminator()->getOperandTypes()));
    return success();
  }

private:
  /// Whether a scalar is a real setting of the attack that this function is; loop counts are one for all
  /// rows.
  bool isSettingOfRow(BlockArgument argument) {
    unsigned i = argument.getArgNumber();
    auto owner = function.getArgAttrOfType<OwnerAttr>(i, ownerAttribute);
    if (!scalarsPerRow || !owner || owner.getValue() != Owner::Attack ||
        !cast<RankedTensorType>(argument.getType()).getElementType().isF32())
      return false;
    bool isAttack = gives(function, rt::Role::Adversarial), counts = false;
    switchyard::Dependence dependent(argument);
    function.walk([&](scf::ForOp loop) {
      counts |= dependent.containsAnyOf({loop.getLowerBound(), loop.getUpperBound(), loop.getStep()});
    });
    return isAttack && !counts;
  }

  void setBatchedType(Value value) { value.setType(batchedType(value.getType(), batch)); }

  bool isPerExample(Value value) { return perExample.contains(value); }

  LogicalResult batchBlock(Block &block) {
    for (Operation &op : llvm::make_early_inc_range(block))
      if (failed(batchOperation(op)))
        return failure();
    return success();
  }

  LogicalResult batchOperation(Operation &op) {
    if (auto loop = dyn_cast<scf::ForOp>(op))
      return batchLoop(loop);
    if (auto sum = dyn_cast<SumExamplesOp>(op))
      repeat(sum.getInputMutable());
    if (givesOneForAll(&op))
      return success();
    if (llvm::none_of(op.getOperands(), [&](Value v) { return isPerExample(v); })) {
      bool makesImage = llvm::any_of(op.getResults(), [&](Value v) { return isPerExample(v); });
      return makesImage ? batchResults(op) : success();
    }
    if (auto gradient = dyn_cast<GradientOp>(op)) {
      for (Value result : gradient.getResults())
        if (isPerExample(result))
          setBatchedType(result);
      return success();
    }
    if (op.hasTrait<OpTrait::IsTerminator>())
      return success();
    for (OpOperand &operand : op.getOpOperands())
      if (!switchyard::canShare(operand))
        repeat(operand);
    return batchResults(op);
  }

  LogicalResult batchResults(Operation &op) {
    auto batchable = dyn_cast<BatchableOpInterface>(op);
    if (!batchable)
      return op.emitOpError() << "acts on one example and cannot be batched";
    batchable.batchResults(batch);
    return success();
  }

  static bool givesOneForAll(Operation *op) {
    auto batchable = dyn_cast<BatchableOpInterface>(op);
    return batchable && batchable.givesOneForAll();
  }

  /// Each example's own gradient, or the sum over the batch at what belongs to no example.
  static bool isAtOwn(OpOperand &use, OpResult result) {
    if (givesOneForAll(use.getOwner()))
      return false;
    auto gradient = dyn_cast<GradientOp>(use.getOwner());
    return !gradient || use.get() == gradient.getAt()[result.getResultNumber()];
  }

  /// An image that the example's program makes of numbers, or that a loop carries, is one for each example:
  /// layers and images meet it, and behind where it is made it could not be repeated any more. A number that
  /// a loop carries is as soon as its start or what the body gives is. Weights, and what becomes of them,
  /// stay one for all.
  void findImages() {
    function.walk([&](Operation *op) {
      if (op->hasAttr(forWeightsAttribute))
        return;
      if (isa<BroadcastOp, IotaOp>(op) && llvm::none_of(op->getOperands(), isImage) &&
          isImage(op->getResult(0)) && reachesExamples(op->getResult(0)))
        perExample.add(op->getResult(0));
      if (isa<ForExamplesOp>(op))
        perExample.add(op->getResult(0));
    });
    function.walk([&](scf::ForOp loop) {
      for (auto [argument, result] : llvm::zip(loop.getRegionIterArgs(), loop.getResults()))
        if (isImage(argument)) {
          perExample.add(argument);
          perExample.add(result);
        }
    });
  }

  /// Whether what the runtime reads of each example depends on it: not on what an optimizer makes of numbers,
  /// since weights are one for all.
  bool reachesExamples(Value image) {
    switchyard::Dependence behind(image, switchyard::Turns::All);
    Operation *exit = function.getBody().front().getTerminator();
    return llvm::any_of(exit->getOpOperands(), [&](OpOperand &operand) {
      return isOfExamples(operand) && behind.contains(operand.get());
    });
  }

  /// Whether a result is what the runtime reads of each example.
  bool isOfExamples(OpOperand &operand) {
    std::optional<rt::Role> role = roleOf(function.getResultAttrDict(operand.getOperandNumber()));
    return role && rt::ruleOf(*role).isOfExamples();
  }

  /// Where a gradient is taken at a number of the example's program, that number is each example's own: it is
  /// the sum over the batch only at parameters, for the step that trains them.
  void makeOwn(Value at) {
    auto argument = dyn_cast<BlockArgument>(at);
    bool isOfFunction = argument && argument.getOwner()->getParentOp() == function;
    if (isPerExample(at) || isImage(at) || (isOfFunction && roleOf(argument, function) != rt::Role::Scalar))
      return;
    if (argument && !isOfFunction) {
      auto loop = cast<scf::ForOp>(argument.getOwner()->getParentOp());
      perExample.add(argument);
      return perExample.add(loop.getTiedLoopResult(argument));
    }
    OpBuilder builder(function.getContext());
    builder.setInsertionPointAfterValue(at);
    auto own =
        BroadcastOp::create(builder, at.getLoc(), at.getType(), at); // batched like what images are made by
    at.replaceAllUsesExcept(own.getResult(), own);
    perExample.add(own.getResult());
  }

  LogicalResult batchLoop(scf::ForOp loop) {
    for (unsigned i = 0; i < loop.getNumResults(); ++i) {
      if (!isPerExample(loop.getRegionIterArg(i)))
        continue;
      repeat(loop.getInitArgsMutable()[i]);
      setBatchedType(loop.getRegionIterArg(i));
      setBatchedType(loop.getResult(i));
    }
    if (failed(batchBlock(*loop.getBody())))
      return failure();
    for (auto [argument, operand] :
         llvm::zip(loop.getRegionIterArgs(), loop.getBody()->getTerminator()->getOpOperands()))
      if (isPerExample(argument))
        repeat(operand);
    return success();
  }

  /// What the runtime reads of each example.
  void repeatResults(Operation *exit) {
    for (OpOperand &operand : exit->getOpOperands())
      if (isOfExamples(operand))
        repeat(operand);
  }

  /// What all examples share becomes the same for each, where it is read.
  void repeat(OpOperand &operand) {
    if (!isPerExample(operand.get()))
      perExample.addAlone(switchyard::repeatFor(operand, batch));
  }

  func::FuncOp function;
  int64_t batch;
  bool scalarsPerRow;
  switchyard::Dependence perExample{{}, switchyard::Turns::All, isAtOwn};
};

struct BatchPass : switchyard::impl::BatchBase<BatchPass> {
  using BatchBase::BatchBase;

  void runOnOperation() override {
    int64_t batched = 0;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (auto batch = function->getAttrOfType<IntegerAttr>(batchAttribute)) {
        if (failed(Batching(function, batch.getInt(), scalarsPerRow).run()))
          return signalPassFailure();
        ++batched;
      }
    switchyard::remarkCounts(getOperation(), "batch", {{"functions batched", batched}});
  }
};

} // namespace
