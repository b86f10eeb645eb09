// Where the host reads a scalar (the number of an attack's steps) or the rows' counter words, it reads the
// runtime's own copy: the buffers that a device function is given are the device's. Nor may the device be
// given what is the host's: the stand-in of tests would not notice.
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"
#include "dialect/Dialect.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_HOSTSCALARS
#include "compiler/lowering/Passes.h.inc"

namespace {

struct HostScalarsPass : impl::HostScalarsBase<HostScalarsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function->hasAttr(entryAttribute))
      return;
    DenseMap<Value, Value> copies;
    WalkResult result = function.walk([&](Operation *op) {
      auto store = dyn_cast<memref::StoreOp>(op);
      if ((store && !store.getMemRef().getDefiningOp<memref::AllocaOp>()) || isa<memref::CopyOp>(op)) {
        op->emitError("the host cannot write the device's memory");
        return WalkResult::interrupt();
      }
      if (llvm::any_of(op->getOperands(), [&](Value v) { return isOfHost(v) && !mayTakeHosts(op); })) {
        op->emitError("the device cannot read the host's memory");
        return WalkResult::interrupt();
      }
      auto load = dyn_cast<memref::LoadOp>(op);
      if (!load)
        return WalkResult::advance();
      auto argument = dyn_cast<BlockArgument>(load.getMemRef());
      if (!argument || argument.getOwner() != &function.getBody().front()) {
        load.emitError("the program's control flow depends on a value that is computed on the device");
        return WalkResult::interrupt();
      }
      load.getMemrefMutable().assign(copyOf(function, argument, copies));
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  static bool isOfHost(Value memory) {
    while (auto view = memory.getDefiningOp<ViewLikeOpInterface>())
      memory = view.getViewSource();
    return memory.getDefiningOp<memref::AllocaOp>() != nullptr;
  }

  /// What the host itself does: reading, writing, and sorting what it has drawn.
  static bool mayTakeHosts(Operation *op) {
    return isa<memref::MemRefDialect>(op->getDialect()) ||
           (isa<swy::SortRowsOp>(op) && op->hasAttr(drawnOnHostAttribute));
  }

  static Value copyOf(func::FuncOp function, BlockArgument argument, DenseMap<Value, Value> &copies) {
    Value &copy = copies[argument];
    if (!copy) {
      Builder builder(function.getContext());
      auto mark = builder.getNamedAttr(hostCopyAttribute, builder.getI64IntegerAttr(argument.getArgNumber()));
      unsigned place = function.getNumArguments();
      (void)function.insertArgument(place, argument.getType(), builder.getDictionaryAttr(mark),
                                    function.getLoc());
      copy = function.getArgument(place);
    }
    return copy;
  }
};

} // namespace
} // namespace switchyard
