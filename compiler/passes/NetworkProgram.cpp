// Instantiates layer after layer; blocks are inlined, everything else (arithmetic on scalars) is copied.
#include "compiler/passes/NetworkProgram.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

SmallVector<NetworkParameter> parametersOf(NetworkOp network) {
  SmallVector<NetworkParameter> parameters;
  network.walk<WalkOrder::PreOrder>([&](LayerOpInterface layer) {
    for (auto &[name, type] : layer.getParameters())
      parameters.push_back({name, type});
  });
  return parameters;
}

static void buildBlock(OpBuilder &builder, Block &block, IRMapping &values, const Instantiation &how) {
  for (Operation &op : block.without_terminator()) {
    if (auto layer = dyn_cast<LayerOpInterface>(op)) {
      // The layer is copied for its scalar operands' sake, asked for its program, and dropped.
      Operation *copy = builder.clone(op, values);
      Value result = cast<LayerOpInterface>(copy).instantiate(builder, copy->getOperand(0), how);
      values.map(op.getResult(0), result);
      copy->erase();
    } else if (auto inner = dyn_cast<BlockOp>(op)) {
      Block &body = inner.getBody().front();
      values.map(body.getArgument(0), values.lookup(inner.getInput()));
      buildBlock(builder, body, values, how);
      values.map(inner.getResult(), values.lookup(body.back().getOperand(0)));
    } else {
      builder.clone(op, values);
    }
  }
}

Value buildNetwork(OpBuilder &builder, NetworkOp network, Value example, ValueRange scalars,
                   const Instantiation &how) {
  Block &body = network.getBody().front();
  IRMapping values;
  values.map(body.getArgument(0), example);
  values.map(body.getArguments().drop_front(), scalars);
  buildBlock(builder, body, values, how);
  return values.lookup(body.back().getOperand(0));
}

} // namespace switchyard
