// Chooses layouts by groups: values joined by operations that do not care about layout share one, and a group
// that touches a convolution is blocked: by 16 channels for the CPU, all channels last for a GPU that
// computes in TF32. Where a group meets an operation that wants row-major order, a conversion stands.
// Everything is a matter of types.
#include "compiler/lowering/Layout.h"
#include "compiler/lowering/Passes.h"
#include "dialect/Remarks.h"

#include "llvm/ADT/EquivalenceClasses.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "compiler/lowering/Passes.h.inc"

namespace {

// What does not say that it takes other layouts insists on row-major order.

bool wantsBlocks(Operation *op) {
  auto indifferent = dyn_cast<swy::LayoutOpInterface>(op);
  return indifferent && indifferent.wantsBlocks();
}

bool sharesLayout(Operation *op) {
  auto indifferent = dyn_cast<swy::LayoutOpInterface>(op);
  return indifferent && indifferent.sharesLayout();
}

bool takesEither(OpOperand &use) {
  auto indifferent = dyn_cast<swy::LayoutOpInterface>(use.getOwner());
  return indifferent && indifferent.takesAnyLayout(use.getOperandNumber());
}

bool givesEither(OpResult result) {
  auto indifferent = dyn_cast<swy::LayoutOpInterface>(result.getOwner());
  return indifferent && indifferent.givesAnyLayout(result.getResultNumber());
}

struct AssignLayoutsPass : impl::AssignLayoutsBase<AssignLayoutsPass> {
  using AssignLayoutsBase::AssignLayoutsBase;

  void runOnOperation() override {
    // Only tensor cores want channels last.
    if (channelsLast && swy::precisionOf(getOperation()) != swy::Precision::Tf32)
      return;
    groups = {};
    getOperation().walk([&](Operation *op) { join(op); });
    DenseSet<Value> blocked = blockedGroups();
    conversions = 0;
    getOperation().walk([&](Operation *op) { assign(op, blocked); });
    if (!blocked.empty())
      remarkCounts(getOperation(), "assign-layouts",
                   {{"values in blocks of channels", static_cast<int64_t>(blocked.size())},
                    {"conversions", conversions}});
  }

private:
  /// Tensor cores take channels in fours of TF32.
  static constexpr int64_t tensorCoreChannels = 4;

  /// Whether a value's shape can be blocked: a batch of images with a number of channels that fits.
  bool canBeBlocked(Value value) const {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getRank() == 4 &&
           type.getDimSize(1) % (channelsLast ? tensorCoreChannels : channelBlock) == 0;
  }

  RankedTensorType blockedType(RankedTensorType type) const {
    return withLayout(type, channelsLast ? swy::Layout::ChannelsLast : swy::Layout::Blocked16);
  }

  int64_t conversions = 0;
  // By opaque pointer, the one order that EquivalenceClasses needs; no result depends on it.
  llvm::EquivalenceClasses<const void *> groups;

  /// All images of an operation that wants one layout for them are one group. Values that others define are
  /// groups of their own, converted at each use.
  void join(Operation *op) {
    if (!sharesLayout(op))
      return;
    const void *first = nullptr;
    auto add = [&](Value value) {
      if (!canBeBlocked(value) || !givenInEither(value))
        return;
      if (first)
        groups.unionSets(first, value.getAsOpaquePointer());
      first = value.getAsOpaquePointer();
    };
    llvm::for_each(op->getResults(), add);
    llvm::for_each(op->getOperands(), add);
  }

  static bool givenInEither(Value value) {
    auto result = dyn_cast<OpResult>(value);
    return result && givesEither(result);
  }

  const void *leader(Value value) {
    const void *key = value.getAsOpaquePointer();
    groups.insert(key);
    return groups.getLeaderValue(key);
  }

  /// Values of the groups that touch a convolution and would convert nothing but reals.
  DenseSet<Value> blockedGroups() {
    DenseSet<const void *> wanted, refused;
    SmallVector<Value> candidates;
    getOperation().walk([&](Operation *op) {
      for (OpResult result : op->getResults())
        if (canBeBlocked(result) && givesEither(result)) {
          candidates.push_back(result);
          judge(result, wanted, refused);
        }
    });
    DenseSet<Value> blocked;
    for (Value value : candidates)
      if (wanted.contains(leader(value)) && !refused.contains(leader(value)))
        blocked.insert(value);
    return blocked;
  }

  void judge(OpResult result, DenseSet<const void *> &wanted, DenseSet<const void *> &refused) {
    const void *group = leader(result);
    Operation *op = result.getOwner();
    auto isImageInBlocks = [](OpOperand &use) { return wantsBlocks(use.getOwner()) && takesEither(use); };
    if (wantsBlocks(op) || llvm::any_of(result.getUses(), isImageInBlocks))
      wanted.insert(group);
    bool real = cast<RankedTensorType>(result.getType()).getElementType().isF32();
    for (OpOperand &use : result.getUses())
      if (!real && !takesEither(use))
        refused.insert(group);
    // Masks that come from outside cannot be converted either.
    if (sharesLayout(op))
      for (Value operand : op->getOperands())
        if (canBeBlocked(operand) && !givenInEither(operand) &&
            !cast<RankedTensorType>(operand.getType()).getElementType().isF32())
          refused.insert(group);
  }

  void assign(Operation *op, const DenseSet<Value> &blocked) {
    for (OpResult result : op->getResults())
      if (blocked.contains(result))
        result.setType(blockedType(cast<RankedTensorType>(result.getType())));
    bool wantsBlocked = sharesLayout(op) && op->getNumResults() && isBlocked(op->getResult(0).getType());
    OpBuilder builder(op);
    for (OpOperand &use : op->getOpOperands()) {
      Value value = use.get();
      bool want = sharesLayout(op) ? wantsBlocked && canBeBlocked(value)
                                   : isBlocked(value.getType()) && takesEither(use);
      if (isa<swy::ConvertLayoutOp>(op) || want == isBlocked(value.getType()))
        continue;
      auto type = cast<RankedTensorType>(value.getType());
      ++conversions;
      use.set(swy::ConvertLayoutOp::create(builder, op->getLoc(), want ? blockedType(type) : plainType(type),
                                           value));
    }
  }
};

} // namespace
} // namespace switchyard
