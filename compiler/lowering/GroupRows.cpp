// Every draw of channels is sorted once, right where it is drawn; what was said in terms of channels is then
// said in terms of that order.
#include "compiler/lowering/Passes.h"

#include "dialect/Dialect.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_GROUPROWS
#include "compiler/lowering/Passes.h.inc"

namespace {

struct GroupRowsPass : impl::GroupRowsBase<GroupRowsPass> {
  void runOnOperation() override {
    orders.clear();
    layers = 0;
    getOperation().walk([&](Operation *op) {
      if (auto layer = dyn_cast<swy::ChannelOpInterface>(op))
        groupLayer(layer);
      else if (auto group = dyn_cast<swy::GroupOp>(op))
        takeRows(group, orderOf(group.getChannel(), group.getBelow()).getOrder());
      else if (auto ungroup = dyn_cast<swy::UngroupOp>(op))
        takeRows(ungroup, orderOf(ungroup.getChannel(), ungroup.getBelow()).getInverse());
    });
    if (!orders.empty())
      remarkCounts(
          getOperation(), "group-rows",
          {{"draws of channels sorted", static_cast<int64_t>(orders.size())}, {"layers grouped", layers}});
  }

private:
  void groupLayer(swy::ChannelOpInterface layer) {
    int64_t channels = cast<RankedTensorType>(layer.getWeights().getType()).getDimSize(0);
    if (!layer.getChannel())
      return;
    ++layers;
    layer.getChannelMutable().assign(orderOf(layer.getChannel(), channels).getOffsets());
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
  int64_t layers = 0; // with weights, in switching blocks
};

} // namespace
} // namespace switchyard
