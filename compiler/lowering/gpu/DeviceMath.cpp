// Mathematical functions of kernels as LLVM's intrinsics, before the conversion to NVVM would make calls of
// libdevice of them. NVPTX has an instruction for each, rounded as IEEE 754 asks; what has none
// (exponentials, logarithms, hyperbolic tangents) is polynomials already (ApproximateMath).
#include "compiler/lowering/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_DEVICEMATH
#include "compiler/lowering/Passes.h.inc"

namespace {

StringRef intrinsicOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case([](math::AbsFOp) { return "llvm.fabs"; })
      .Case([](math::CopySignOp) { return "llvm.copysign"; })
      .Case([](math::FloorOp) { return "llvm.floor"; })
      .Case([](math::FmaOp) { return "llvm.fma"; })
      .Case([](math::SqrtOp) { return "llvm.sqrt"; })
      .Default([](Operation *) { return ""; });
}

struct DeviceMathPass : impl::DeviceMathBase<DeviceMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      StringRef name = intrinsicOf(op);
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
