// A launch as a call of swy_rt_launch: the kernel by its name, the parameters as a list of addresses of
// values.
#include "compiler/lowering/LowerToLLVM.h"
#include "dialect/Places.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace switchyard {
namespace {

/// "file:line" of the user's text, or "".
std::string placeOf(Location loc) {
  FileLineColRange place = swy::firstPlace(loc);
  return place ? (place.getFilename().getValue() + ":" + Twine(place.getStartLine())).str() : "";
}

/// The address of a constant text; equal ones are one.
Value constantText(OpBuilder &builder, Operation *op, StringRef text) {
  auto module = op->getParentOfType<ModuleOp>();
  std::string name = ("text." + text).str();
  auto global = module.lookupSymbol<LLVM::GlobalOp>(name);
  if (!global) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    std::string bytes = text.str() + '\0';
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
    global = LLVM::GlobalOp::create(builder, module.getLoc(), type, /*isConstant=*/true,
                                    LLVM::Linkage::Internal, name, builder.getStringAttr(bytes));
  }
  return LLVM::AddressOfOp::create(builder, op->getLoc(), global);
}

struct LowerLaunch : ConvertOpToLLVMPattern<gpu::LaunchFuncOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(gpu::LaunchFuncOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Type pointer = LLVM::LLVMPointerType::get(getContext());
    unsigned count = op.getKernelOperands().size();
    auto list = LLVM::LLVMArrayType::get(pointer, count);
    auto cells = LLVM::LLVMArrayType::get(rewriter.getI64Type(), count); // see swy_rt_launch
    Value parameters = stackSlot(rewriter, op, list), values = stackSlot(rewriter, op, cells);
    for (auto [i, original, converted] :
         llvm::enumerate(op.getKernelOperands(), adaptor.getKernelOperands())) {
      auto element = [&, i = static_cast<int32_t>(i)](Type array, Value base) -> Value {
        return LLVM::GEPOp::create(rewriter, loc, pointer, array, base, ArrayRef<LLVM::GEPArg>{0, i});
      };
      Value cell = element(cells, values);
      LLVM::StoreOp::create(rewriter, loc, passed(rewriter, loc, original, converted), cell);
      LLVM::StoreOp::create(rewriter, loc, cell, element(list, parameters));
    }
    callEntryPoint(rewriter, op, "swy_rt_launch",
                   {contextOf(op), constantText(rewriter, op, op.getKernelName().getValue()),
                    constantText(rewriter, op, placeOf(loc)), adaptor.getGridSizeX(), adaptor.getBlockSizeX(),
                    parameters});
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void populateLaunchPatterns(const LLVMTypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<LowerLaunch>(types);
}

} // namespace switchyard
