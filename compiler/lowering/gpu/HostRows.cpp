// The operation that draws becomes a loop of the host over the batch, into memory of the host's; the runtime
// sorts that and sends the order to the device. The libraries' calls need to know on the host how many rows a
// channel has: read back from the device, that would stop everything once a block and pass.
#include "compiler/lowering/gpu/HostRows.h"

#include "compiler/lowering/LowerToLinalg.h"
#include "compiler/lowering/Signatures.h"
#include "dialect/Dialect.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace switchyard {
namespace {

/// Whether the host has this buffer as well.
bool hostHas(Value buffer) {
  auto argument = dyn_cast<BlockArgument>(buffer);
  auto function = argument ? dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()) : func::FuncOp();
  auto signature = function ? function->getAttrOfType<ArrayAttr>(signatureAttribute) : ArrayAttr();
  if (!signature || argument.getArgNumber() >= signature.size())
    return false;
  auto entry = cast<DictionaryAttr>(signature[argument.getArgNumber()]);
  auto role = rt::roleNamed(entry.getAs<StringAttr>("role").str());
  return role && entry.getAs<StringAttr>("access") == "in" &&
         rt::hostReads(*role, rt::Access::In, cast<MemRefType>(buffer.getType()).getRank());
}

/// The draw of the channels, if the host knows all that it reads.
linalg::GenericOp drawOf(swy::SortRowsOp sort) {
  linalg::GenericOp draw;
  for (Operation *user : sort.getChannel().getUsers())
    if (auto generic = dyn_cast<linalg::GenericOp>(user);
        generic && generic->hasAttr(ofRowsAttribute) &&
        llvm::is_contained(generic.getDpsInits(), sort.getChannel())) {
      if (draw)
        return {};
      draw = generic;
    }
  if (!draw || draw->getBlock() != sort->getBlock() || !draw->isBeforeInBlock(sort) ||
      draw.getNumDpsInputs() != 0)
    return {};
  bool known = llvm::all_of(draw.getBody()->getOperations(), [](Operation &op) {
    if (auto load = dyn_cast<memref::LoadOp>(op))
      return hostHas(load.getMemRef());
    return isa<linalg::IndexOp, linalg::YieldOp>(op) || isa<arith::ArithDialect>(op.getDialect());
  });
  return known ? draw : linalg::GenericOp();
}

void drawOnHost(swy::SortRowsOp sort, linalg::GenericOp draw) {
  Location loc = draw.getLoc();
  auto function = sort->getParentOfType<func::FuncOp>();
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  Value drawn = memref::AllocaOp::create(builder, loc, cast<MemRefType>(sort.getChannel().getType()));
  builder.setInsertionPoint(sort);
  auto index = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(builder, loc, value); };
  auto loop = scf::ForOp::create(builder, loc, index(0), index(draw.getStaticLoopRanges().front()), index(1));
  builder.setInsertionPointToStart(loop.getBody());
  IRMapping mapping;
  for (Operation &op : draw.getBody()->without_terminator()) {
    if (isa<linalg::IndexOp>(op))
      mapping.map(op.getResult(0), loop.getInductionVar());
    else
      builder.clone(op, mapping);
  }
  Value channel = mapping.lookupOrDefault(draw.getBody()->getTerminator()->getOperand(0));
  memref::StoreOp::create(builder, loc, channel, drawn, ValueRange(loop.getInductionVar()));
  Value onDevice = sort.getChannel();
  sort.getChannelMutable().assign(drawn);
  sort->setAttr(drawnOnHostAttribute, builder.getUnitAttr());
  if (onDevice.hasOneUse())
    draw.erase();
}

} // namespace

void drawRowsOnHost(func::FuncOp function) {
  SmallVector<swy::SortRowsOp> sorts;
  function.walk([&](swy::SortRowsOp sort) { sorts.push_back(sort); });
  for (swy::SortRowsOp sort : sorts)
    if (linalg::GenericOp draw = drawOf(sort)) {
      remarkApplied(sort, "host-rows", "the host draws the channels of this block itself");
      drawOnHost(sort, draw);
    } else {
      remarkMissed(
          sort, "host-rows",
          "the host waits for the device's draw of the channels, in every pass: it depends on more than the "
          "host knows");
    }
}

} // namespace switchyard
