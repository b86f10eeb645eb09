// One example becomes a batch. A value is per example if it is an argument that belongs to examples or is
// computed from such a value; per-example values get a leading dimension, all others stay as they are.
#include "compiler/passes/Passes.h"

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
      if (role && (rt::ruleOf(*role).isOfExamples() || isSettingOfRow(argument)))
        makePerExample(argument);
    }
    if (failed(batchBlock(body)))
      return failure();
    function.setFunctionType(FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                               body.getTerminator()->getOperandTypes()));
    return success();
  }

private:
  /// Whether a scalar is a real setting of the attack that this function is: those of networks have a dot in
  /// their names (docs/artifact.md), and loop counts are one for all rows.
  bool isSettingOfRow(BlockArgument argument) {
    unsigned i = argument.getArgNumber();
    if (!scalarsPerRow || roleOf(argument, function) != rt::Role::Scalar ||
        !cast<RankedTensorType>(argument.getType()).getElementType().isF32() ||
        function.getArgAttrOfType<StringAttr>(i, nameAttribute).getValue().contains('.'))
      return false;
    bool isAttack = gives(function, rt::Role::Adversarial), counts = false;
    function.walk([&](scf::ForOp loop) {
      for (Value bound : {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()})
        counts |= dependsOn(bound, argument);
    });
    return isAttack && !counts;
  }

  static bool dependsOn(Value value, Value on) {
    if (value == on)
      return true;
    Operation *source = value.getDefiningOp();
    return source &&
           llvm::any_of(source->getOperands(), [&](Value operand) { return dependsOn(operand, on); });
  }

  void makePerExample(Value value) {
    value.setType(batchedType(value.getType(), batch));
    perExample.insert(value);
  }

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
    if (auto gradient = dyn_cast<GradientOp>(op)) { // each example's own, or summed over the batch
      for (auto [at, result] : llvm::zip(gradient.getAt(), gradient.getResults()))
        if (isPerExample(at))
          makePerExample(result);
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
        if (!isPerExample(operand.get()) && cast<RankedTensorType>(operand.get().getType()).getRank() > 0)
          operand.set(repeat(operand.get(), &op));
    batchable.batchResults(batch);
    for (Value result : op.getResults())
      perExample.insert(result);
    return success();
  }

  /// A loop-carried value is per example as soon as its start or what the body gives is. An image that a loop
  /// makes is, whatever it is made of: behind the loop it could not be spread any further.
  LogicalResult batchLoop(scf::ForOp loop) {
    SmallVector<bool> carried = llvm::map_to_vector(loop.getInitArgs(), [&](Value v) {
      auto type = dyn_cast<RankedTensorType>(v.getType());
      return isPerExample(v) || (type && type.getRank() > 0);
    });
    growCarried(loop, carried);
    for (unsigned i = 0; i < carried.size(); ++i) {
      if (!carried[i])
        continue;
      OpOperand &start = loop.getInitArgsMutable()[i];
      if (!isPerExample(start.get()))
        start.set(repeat(start.get(), loop));
      makePerExample(loop.getRegionIterArg(i));
      makePerExample(loop.getResult(i));
    }
    if (failed(batchBlock(*loop.getBody())))
      return failure();
    for (auto [i, operand] : llvm::enumerate(loop.getBody()->getTerminator()->getOpOperands()))
      if (carried[i] && !isPerExample(operand.get()))
        operand.set(repeat(operand.get(), loop.getBody()->getTerminator()));
    return success();
  }

  /// Extends `carried` until nothing changes, following dependence through the body (types untouched).
  void growCarried(scf::ForOp loop, SmallVector<bool> &carried) {
    for (bool changed = true; changed;) {
      changed = false;
      llvm::DenseSet<Value> reached(perExample);
      for (auto [i, argument] : llvm::enumerate(loop.getRegionIterArgs()))
        if (carried[i])
          reached.insert(argument);
      for (size_t before = 0; before != reached.size();) {
        before = reached.size();
        loop.getBody()->walk([&](Operation *op) { follow(op, reached); });
      }
      for (auto [i, yielded] : llvm::enumerate(loop.getBody()->getTerminator()->getOperands()))
        if (!carried[i] && reached.contains(yielded))
          carried[i] = changed = true;
    }
  }

  /// Adds what depends on `reached` through one operation; the values that an inner loop carries depend on
  /// their starts and on what its body gives.
  static void follow(Operation *op, llvm::DenseSet<Value> &reached) {
    for (OpOperand &use : op->getOpOperands()) {
      if (!reached.contains(use.get()))
        continue;
      if (auto inner = dyn_cast<scf::ForOp>(op)) {
        if (use.getOperandNumber() >= inner.getNumControlOperands())
          carry(inner, use.getOperandNumber() - inner.getNumControlOperands(), reached);
      } else if (auto inner = dyn_cast<scf::ForOp>(op->getParentOp()); inner && isa<scf::YieldOp>(op)) {
        carry(inner, use.getOperandNumber(), reached);
      } else {
        reached.insert_range(op->getResults());
      }
    }
  }

  static void carry(scf::ForOp loop, unsigned i, llvm::DenseSet<Value> &reached) {
    reached.insert(loop.getRegionIterArg(i));
    reached.insert(loop.getResult(i));
  }

  /// The same value for each example. A scalar is broadcast; what was spread from scalars is spread further.
  Value repeat(Value value, Operation *before) {
    auto type = cast<RankedTensorType>(value.getType());
    OpBuilder builder(before);
    Type wanted = batchedType(type, batch);
    if (type.getRank() == 0) {
      Value repeated = BroadcastOp::create(builder, before->getLoc(), wanted, value);
      perExample.insert(repeated);
      return repeated;
    }
    Operation *definition = value.getDefiningOp();
    assert(definition && isa<BatchableOpInterface>(definition) && "spread from scalars");
    Operation *copy = builder.clone(*definition);
    if (!isa<BroadcastOp>(copy))
      for (OpOperand &operand : copy->getOpOperands())
        if (cast<RankedTensorType>(operand.get().getType()).getRank() > 0)
          operand.set(repeat(operand.get(), copy));
    cast<BatchableOpInterface>(copy).batchResults(batch);
    perExample.insert(copy->getResult(0));
    return copy->getResult(0);
  }

  func::FuncOp function;
  int64_t batch;
  bool scalarsPerRow;
  llvm::DenseSet<Value> perExample;
};

struct BatchPass : switchyard::impl::BatchBase<BatchPass> {
  using BatchBase::BatchBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (auto batch = function->getAttrOfType<IntegerAttr>(batchAttribute))
        if (failed(Batching(function, batch.getInt(), scalarsPerRow).run()))
          return signalPassFailure();
  }
};

} // namespace
