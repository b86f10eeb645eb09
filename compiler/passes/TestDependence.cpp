// Shows what Dependence finds, for its tests: remarks where something depends on what is marked, and where an
// operation is in a marked one's slice.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Passes.h"

using namespace mlir;

namespace switchyard {
#define GEN_PASS_DEF_TESTDEPENDENCE
#include "compiler/passes/Passes.h.inc"

namespace {

struct TestDependencePass : impl::TestDependenceBase<TestDependencePass> {
  void runOnOperation() override {
    getOperation().walk([&](func::FuncOp function) {
      showDependence(function);
      function.walk([](Operation *op) {
        if (op->hasAttr("test.slice"))
          showSlice(op);
      });
    });
  }

private:
  static void showDependence(func::FuncOp function) {
    Dependence dependence;
    for (BlockArgument argument : function.getArguments())
      if (function.getArgAttr(argument.getArgNumber(), "test.on"))
        dependence.add(argument);
    function.walk([&](Operation *op) {
      if (op->hasAttr("test.on"))
        llvm::for_each(op->getResults(), [&](Value value) { dependence.add(value); });
    });
    function.walk([&](Operation *op) {
      for (OpResult result : op->getResults())
        if (dependence.contains(result))
          op->emitRemark() << "result " << result.getResultNumber() << " depends";
      for (Region &region : op->getRegions())
        for (BlockArgument argument : region.getArguments())
          if (op != function && dependence.contains(argument))
            op->emitRemark() << "argument " << argument.getArgNumber() << " depends";
    });
  }

  static void showSlice(Operation *op) {
    Slice slice(op->getResult(0));
    for (auto [number, part] : llvm::enumerate(slice.operations))
      part->emitRemark() << "number " << number << " of the slice";
    for (BlockArgument argument : slice.arguments)
      op->emitRemark() << "begins at argument " << argument.getArgNumber() << " of "
                       << argument.getOwner()->getParentOp()->getName();
  }
};

} // namespace
} // namespace switchyard
