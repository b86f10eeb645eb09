// Every draw of channels is sorted once, right where it is drawn; what was said in terms of channels is then
// said in terms of that order.
#include "compiler/lowering/Passes.h"

#include "dialect/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_GROUPROWS
#include "compiler/lowering/Passes.h.inc"

namespace {

struct GroupRowsPass : impl::GroupRowsBase<GroupRowsPass> {
  void runOnOperation() override {
    orders.clear();
    getOperation().walk([&](Operation *op) {
      groupLayer<swy::Conv2dOp>(op);
      groupLayer<swy::Conv2dBackwardInputOp>(op);
      groupLayer<swy::DenseOp>(op);
      groupLayer<swy::DenseBackwardInputOp>(op);
      if (auto group = dyn_cast<swy::GroupOp>(op))
        takeRows(group, orderOf(group.getChannel(), group.getBelow()).getOrder());
      else if (auto ungroup = dyn_cast<swy::UngroupOp>(op))
        takeRows(ungroup, orderOf(ungroup.getChannel(), ungroup.getBelow()).getInverse());
    });
  }

private:
  template <typename LayerOp> void groupLayer(Operation *op) {
    auto layer = dyn_cast<LayerOp>(op);
    if (layer && layer.getChannel())
      layer.getChannelMutable().assign(
          orderOf(layer.getChannel(), layer.getWeights().getType().getDimSize(0)).getOffsets());
  }

  template <typename Op> static void takeRows(Op op, Value order) {
    OpBuilder builder(op);
    op.getResult().replaceAllUsesWith(
        swy::TakeRowsOp::create(builder, op.getLoc(), op.getType(), op.getInput(), order).getResult());
    op.erase();
  }

  swy::GroupOrderOp orderOf(Value channel, int64_t channels) {
    swy::GroupOrderOp &order = orders[channel];
    if (order)
      return order;
    OpBuilder builder(channel.getContext());
    builder.setInsertionPointAfterValue(channel);
    auto type = cast<RankedTensorType>(channel.getType());
    auto offsets = RankedTensorType::get({channels + 1}, type.getElementType());
    return order = swy::GroupOrderOp::create(builder, channel.getLoc(), type, type, offsets, channel);
  }

  DenseMap<Value, swy::GroupOrderOp> orders;
};

} // namespace
} // namespace switchyard
