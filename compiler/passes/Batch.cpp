// One example becomes a batch. A value is per example if it is an argument that belongs to examples or is
// computed from such a value; per-example values get a leading dimension, all others stay as they are.
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

namespace {

class Batching {
public:
  Batching(func::FuncOp function, int64_t batch, bool scalarsPerRow)
      : function(function), batch(batch), scalarsPerRow(scalarsPerRow) {}

  LogicalResult run() {
    Block &body = function.getBody().front();
    for (BlockArgument argument : body.getArguments()) {
      std::optional<rt::Role> role = roleOf(argument, function);
      if (role && (rt::ruleOf(*role).isOfExamples() || isSettingOfRow(argument))) {
        perExample.add(argument);
        setBatchedType(argument);
      }
    }
    findPerExample();
    if (failed(batchBlock(body)))
      return failure();
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
    if (llvm::none_of(op.getOperands(), [&](Value v) { return isPerExample(v); }))
      return success();
    if (auto gradient = dyn_cast<GradientOp>(op)) {
      for (Value result : gradient.getResults())
        if (isPerExample(result))
          setBatchedType(result);
      return success();
    }
    if (op.hasTrait<OpTrait::IsTerminator>())
      return success();
    auto batchable = dyn_cast<BatchableOpInterface>(op);
    if (!batchable)
      return op.emitError() << op.getName() << " acts on one example and cannot be batched";
    // A value that is the same for all examples is repeated where prefixes would not meet.
    if (op.hasTrait<PrefixBroadcast>())
      for (OpOperand &operand : op.getOpOperands())
        if (!isPerExample(operand.get()) && cast<RankedTensorType>(operand.get().getType()).getRank() > 0 &&
            failed(repeat(operand, &op)))
          return failure();
    batchable.batchResults(batch);
    return success();
  }

  /// Each example's own gradient, or the sum over the batch at what belongs to no example.
  static bool isAtOwn(OpOperand &use, OpResult result) {
    auto gradient = dyn_cast<GradientOp>(use.getOwner());
    return !gradient || use.get() == gradient.getAt()[result.getResultNumber()];
  }

  /// A loop-carried value is per example as soon as its start or what the body gives is. An image that a loop
  /// makes is, whatever it is made of: behind the loop it could not be spread any further.
  void findPerExample() {
    function.walk([&](scf::ForOp loop) {
      for (auto [argument, result] : llvm::zip(loop.getRegionIterArgs(), loop.getResults()))
        if (auto type = dyn_cast<RankedTensorType>(argument.getType()); type && type.getRank() > 0) {
          perExample.add(argument);
          perExample.add(result);
        }
    });
  }

  LogicalResult batchLoop(scf::ForOp loop) {
    for (unsigned i = 0; i < loop.getNumResults(); ++i) {
      if (!isPerExample(loop.getRegionIterArg(i)))
        continue;
      OpOperand &start = loop.getInitArgsMutable()[i];
      if (!isPerExample(start.get()) && failed(repeat(start, loop)))
        return failure();
      setBatchedType(loop.getRegionIterArg(i));
      setBatchedType(loop.getResult(i));
    }
    if (failed(batchBlock(*loop.getBody())))
      return failure();
    for (auto [argument, operand] :
         llvm::zip(loop.getRegionIterArgs(), loop.getBody()->getTerminator()->getOpOperands()))
      if (isPerExample(argument) && !isPerExample(operand.get()) &&
          failed(repeat(operand, loop.getBody()->getTerminator())))
        return failure();
    return success();
  }

  LogicalResult repeat(OpOperand &operand, Operation *before) {
    Value repeated = repeat(operand.get(), before);
    if (!repeated)
      return failure();
    operand.set(repeated);
    return success();
  }

  /// The same value for each example. A scalar is broadcast; what was spread from scalars is spread further;
  /// of anything else null, after an error.
  Value repeat(Value value, Operation *before) {
    auto type = cast<RankedTensorType>(value.getType());
    OpBuilder builder(before);
    Type wanted = batchedType(type, batch);
    if (type.getRank() == 0) {
      Value repeated = BroadcastOp::create(builder, before->getLoc(), wanted, value);
      perExample.addAlone(repeated);
      return repeated;
    }
    Operation *definition = value.getDefiningOp();
    if (!definition || !isa<BatchableOpInterface>(definition)) {
      before->emitError()
          << "meets a value of type " << type
          << " that is the same for all examples, but not spread from scalars: it cannot be repeated";
      return {};
    }
    Operation *copy = builder.clone(*definition);
    if (!isa<BroadcastOp>(copy))
      for (OpOperand &operand : copy->getOpOperands())
        if (cast<RankedTensorType>(operand.get().getType()).getRank() > 0 && failed(repeat(operand, copy)))
          return {};
    cast<BatchableOpInterface>(copy).batchResults(batch);
    perExample.addAlone(copy->getResult(0));
    return copy->getResult(0);
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
