// Mathematical functions of kernels as LLVM's intrinsics, before the conversion to NVVM would make calls of
// libdevice of them. NVPTX has an instruction for each, rounded as IEEE 754 asks; what has none
// (exponentials, logarithms, hyperbolic tangents) is polynomials already (ApproximateMath).
#include "compiler/lowering/MathFunctions.h"
#include "compiler/lowering/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_DEVICEMATH
#include "compiler/lowering/Passes.h.inc"

namespace {

struct DeviceMathPass : impl::DeviceMathBase<DeviceMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      StringRef name = instructionOf(op->getName().getStringRef());
      if (name.empty()) {
        op->emitError("has no form in a GPU kernel (a bug in the compiler)");
        return signalPassFailure();
      }
      OpBuilder builder(op);
      auto call = LLVM::CallIntrinsicOp::create(builder, op->getLoc(), op->getResultTypes().front(),
                                                builder.getStringAttr(name), op->getOperands());
      op->replaceAllUsesWith(call);
      op->erase();
    }
  }
};

} // namespace
} // namespace switchyard
