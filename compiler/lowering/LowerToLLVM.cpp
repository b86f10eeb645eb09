// The last step: memrefs to pointers, library operations to calls of the runtime, loop bodies to tasks that
// the runtime's threads run, and for each entry function a wrapper that unpacks its arguments.
#include "compiler/lowering/LowerToLLVM.h"

#include "compiler/lowering/EntryPoints.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"

#include "dialect/Dialect.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_LOWERTOLLVM
#include "compiler/lowering/Passes.h.inc"

//===----------------------------------------------------------------------===//
// What all patterns share
//===----------------------------------------------------------------------===//

/// The running call's context: the first argument of every entry function.
Value contextOf(Operation *op) {
  return op->getParentOfType<FunctionOpInterface>().getArgument(0);
}

Value integer(OpBuilder &builder, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(builder, loc, builder.getI64Type(), value);
}

/// What a converted value is passed as: a buffer as the address of its first element, all else as it is.
Value passed(OpBuilder &builder, Location loc, Value original, Value converted) {
  auto type = dyn_cast<MemRefType>(original.getType());
  if (!type)
    return converted;
  MemRefDescriptor buffer(converted);
  Value start = buffer.alignedPtr(builder, loc);
  auto [strides, offset] = type.getStridesAndOffset();
  if (offset == 0)
    return start;
  return LLVM::GEPOp::create(builder, loc, start.getType(), type.getElementType(), start,
                             buffer.offset(builder, loc));
}

Value callEntryPoint(OpBuilder &builder, Operation *op, const Twine &name, ArrayRef<Value> arguments) {
  LLVM::LLVMFuncOp callee = declareEntryPoint(op->getParentOfType<ModuleOp>(), name.str());
  auto call = LLVM::CallOp::create(builder, op->getLoc(), callee, arguments);
  return call.getNumResults() ? call.getResult() : Value();
}

Value stackSlot(OpBuilder &builder, Operation *op, Type type) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&op->getParentOfType<FunctionOpInterface>().getFunctionBody().front());
  return LLVM::AllocaOp::create(builder, op->getLoc(), LLVM::LLVMPointerType::get(op->getContext()), type,
                                integer(builder, op->getLoc(), 1));
}

namespace {

Value null(OpBuilder &builder, Location loc) {
  return LLVM::ZeroOp::create(builder, loc, LLVM::LLVMPointerType::get(builder.getContext()));
}

struct LowerPrepare : ConvertOpToLLVMPattern<swy::PrepareOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(swy::PrepareOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> arguments{contextOf(op),
                                 integer(rewriter, loc, static_cast<int64_t>(op.getDirection()))};
    for (int64_t number : op.getGeometry())
      arguments.push_back(integer(rewriter, loc, number));
    arguments.push_back(op.getWeights() ? passed(rewriter, loc, op.getWeights(), adaptor.getWeights())
                                        : null(rewriter, loc));
    rewriter.replaceOp(
        op,
        callEntryPoint(rewriter, op, "swy_rt_" + stringifyLibrary(op.getLibrary()) + "_prepare", arguments));
    return success();
  }
};

struct LowerLibraryCall : ConvertOpToLLVMPattern<swy::LibraryCallOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(swy::LibraryCallOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> arguments{contextOf(op), adaptor.getHandle()};
    if (op.getOffsets())
      arguments.push_back(passed(rewriter, op.getLoc(), op.getOffsets(), adaptor.getOffsets()));
    for (auto [original, converted] : llvm::zip_equal(op.getInputs(), adaptor.getInputs()))
      arguments.push_back(passed(rewriter, op.getLoc(), original, converted));
    if (op.getDirection() == swy::Direction::Forward && op.getInputs().size() == 1) // no bias
      arguments.push_back(null(rewriter, op.getLoc()));
    for (auto [original, converted] : llvm::zip_equal(op.getOutputs(), adaptor.getOutputs()))
      arguments.push_back(passed(rewriter, op.getLoc(), original, converted));
    callEntryPoint(rewriter, op,
                   "swy_rt_" + stringifyLibrary(op.getLibrary()) + (op.getOffsets() ? "_grouped_" : "_") +
                       stringifyDirection(op.getDirection()),
                   arguments);
    rewriter.eraseOp(op);
    return success();
  }
};

struct LowerSortRows : ConvertOpToLLVMPattern<swy::SortRowsOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(swy::SortRowsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t batch = cast<MemRefType>(op.getChannel().getType()).getDimSize(0);
    SmallVector<Value> arguments{contextOf(op), integer(rewriter, loc, batch),
                                 integer(rewriter, loc, static_cast<int64_t>(op.getBelow())),
                                 passed(rewriter, loc, op.getChannel(), adaptor.getChannel())};
    for (auto [original, converted] : llvm::zip_equal(op.getOutputs(), adaptor.getOutputs()))
      arguments.push_back(passed(rewriter, loc, original, converted));
    bool drawnOnHost = op->hasAttr(drawnOnHostAttribute);
    callEntryPoint(rewriter, op, drawnOnHost ? "swy_rt_group_drawn_rows" : "swy_rt_group_rows", arguments);
    rewriter.eraseOp(op);
    return success();
  }
};

struct LowerRelease : ConvertOpToLLVMPattern<swy::ReleaseOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(swy::ReleaseOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    callEntryPoint(rewriter, op, "swy_rt_release", {contextOf(op), adaptor.getHandle()});
    rewriter.eraseOp(op);
    return success();
  }
};

/// Packs the captures into a struct on the stack; `BODY.task` unpacks them.
struct LowerParallelFor : ConvertOpToLLVMPattern<swy::ParallelForOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(swy::ParallelForOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> values;
    for (auto [original, converted] : llvm::zip_equal(op.getCaptures(), adaptor.getCaptures()))
      values.push_back(passed(rewriter, loc, original, converted));
    auto environment =
        LLVM::LLVMStructType::getLiteral(getContext(), llvm::to_vector(TypeRange(ValueRange(values))));
    Value storage = stackSlot(rewriter, op, environment);
    for (auto [i, value] : llvm::enumerate(values))
      LLVM::StoreOp::create(rewriter, loc, value, field(rewriter, loc, environment, storage, i));
    LLVM::LLVMFuncOp task = taskOf(rewriter, op, environment);
    Value address = LLVM::AddressOfOp::create(rewriter, loc, task);
    callEntryPoint(rewriter, op, "swy_rt_parallel_for",
                   {contextOf(op), integer(rewriter, loc, op.getCount()),
                    integer(rewriter, loc, op.getGrain()), address, storage});
    rewriter.eraseOp(op);
    return success();
  }

private:
  static Value field(OpBuilder &builder, Location loc, Type environment, Value base, int32_t index) {
    return LLVM::GEPOp::create(builder, loc, base.getType(), environment, base,
                               ArrayRef<LLVM::GEPArg>{0, index});
  }

  static LLVM::LLVMFuncOp taskOf(OpBuilder &builder, swy::ParallelForOp op,
                                 LLVM::LLVMStructType environment) {
    auto module = op->getParentOfType<ModuleOp>();
    std::string name = (op.getBody() + ".task").str();
    if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
      return known;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    Location loc = op.getLoc();
    Type i64 = builder.getI64Type(), pointer = LLVM::LLVMPointerType::get(op.getContext());
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(op.getContext()), {i64, i64, pointer});
    auto task = LLVM::LLVMFuncOp::create(builder, loc, name, type, LLVM::Linkage::Internal);
    Block *block = task.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    SmallVector<Value> arguments{block->getArgument(0), block->getArgument(1)};
    for (auto [i, part] : llvm::enumerate(environment.getBody()))
      arguments.push_back(LLVM::LoadOp::create(builder, loc, part,
                                               field(builder, loc, environment, block->getArgument(2), i)));
    LLVM::CallOp::create(builder, loc, TypeRange(), op.getBody(), arguments);
    LLVM::ReturnOp::create(builder, loc, ValueRange());
    return task;
  }
};

struct LowerToLLVMPass : impl::LowerToLLVMBase<LowerToLLVMPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> entries, kernels;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function->hasAttr(entryAttribute))
        entries.push_back(function);
      if (function->hasAttr(kernelAttribute))
        kernels.push_back(function);
    }
    for (func::FuncOp function : entries)
      if (failed(prepareEntry(function)))
        return signalPassFailure();
    llvm::for_each(kernels, wrapEmulatedKernel);
    if (failed(convert()))
      return signalPassFailure();
    getOperation().walk(annotateLoop);
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal() && !function->hasAttr(signatureAttribute) &&
          !function->hasAttr(kernelAttribute))
        function.setLinkage(LLVM::Linkage::Internal);
  }

private:
  /// MLIR carries what OutlineLoops says of a loop to its back edge under another name than the one
  /// translated.
  static void annotateLoop(LLVM::BrOp branch) {
    if (auto annotation =
            dyn_cast_or_null<LLVM::LoopAnnotationAttr>(branch->removeDiscardableAttr("llvm.loop_annotation")))
      branch.setLoopAnnotationAttr(annotation);
  }

  /// The context becomes the first argument, and NAME a wrapper of what is now NAME.compute.
  LogicalResult prepareEntry(func::FuncOp function) {
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    if (failed(function.insertArgument(0, pointer, {}, function.getLoc())))
      return failure();
    Builder attributes(&getContext());
    for (unsigned i = 1; i < function.getNumArguments(); ++i) { // no two buffers of a call overlap
      function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), attributes.getUnitAttr());
      function.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), attributes.getI64IntegerAttr(64));
      function.removeArgAttr(i, "bufferization.writable");
    }
    std::string name = function.getName().str();
    function.setName(name + ".compute");
    makeWrapper(function, name, pointer);
    for (unsigned i = 1; i < function.getNumArguments(); ++i)
      function.removeArgAttr(i, hostCopyAttribute);
    for (StringRef moved :
         {entryAttribute, signatureAttribute, arenaAttribute, batchAttribute, restartsAttribute,
          oneDrawAttribute, gradientsAttribute, comparisonsAttribute, finishesAttribute, givensAttribute})
      function->removeAttr(moved);
    return success();
  }

  void makeWrapper(func::FuncOp function, StringRef name, Type pointer) {
    OpBuilder builder(function);
    Location loc = function.getLoc();
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()), {pointer, pointer});
    auto wrapper = LLVM::LLVMFuncOp::create(builder, loc, name, type);
    for (StringRef moved :
         {signatureAttribute, arenaAttribute, batchAttribute, restartsAttribute, oneDrawAttribute,
          gradientsAttribute, comparisonsAttribute, finishesAttribute, givensAttribute})
      if (Attribute value = function->getAttr(moved))
        wrapper->setAttr(moved, value);
    Block *block = wrapper.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    SmallVector<Value> arguments{block->getArgument(0)};
    for (int32_t i : argumentPlaces(function)) {
      Value place = LLVM::GEPOp::create(builder, loc, pointer, pointer, block->getArgument(1),
                                        ArrayRef<LLVM::GEPArg>{i});
      arguments.push_back(LLVM::LoadOp::create(builder, loc, pointer, place));
    }
    LLVM::CallOp::create(builder, loc, TypeRange(), function.getName(), arguments);
    LLVM::ReturnOp::create(builder, loc, ValueRange());
  }

  /// Where in the caller's list each argument behind the context stands: the buffers in order, the host's
  /// copy of scalar i behind them all at i.
  static SmallVector<int32_t> argumentPlaces(func::FuncOp function) {
    SmallVector<int32_t> places;
    int32_t buffers = 0;
    for (unsigned i = 1; i < function.getNumArguments(); ++i) {
      auto original = function.getArgAttrOfType<IntegerAttr>(i, hostCopyAttribute);
      places.push_back(original ? buffers + static_cast<int32_t>(original.getInt()) : buffers++);
    }
    return places;
  }

  LogicalResult convert() {
    LowerToLLVMOptions options(&getContext());
    options.useBarePtrCallConv = true;
    LLVMTypeConverter types(&getContext(), options);
    types.addConversion([](swy::HandleType type) { return LLVM::LLVMPointerType::get(type.getContext()); });
    RewritePatternSet patterns(&getContext());
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    index::populateIndexToLLVMConversionPatterns(types, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(types, patterns);
    populateFuncToLLVMConversionPatterns(types, patterns);
    populateMathToLLVMConversionPatterns(types, patterns);
    ub::populateUBToLLVMConversionPatterns(types, patterns);
    populateLaunchPatterns(types, patterns);
    patterns.add<LowerPrepare, LowerLibraryCall, LowerSortRows, LowerRelease, LowerParallelFor>(types);
    LLVMConversionTarget target(getContext());
    target.addLegalOp<ModuleOp, gpu::GPUModuleOp>();
    target.markOpRecursivelyLegal<gpu::GPUModuleOp>();
    if (failed(applyFullConversion(getOperation(), target, std::move(patterns))))
      return failure();
    // Kernels have gone their own way (buildKernelPipeline).
    for (auto kernels : llvm::make_early_inc_range(getOperation().getOps<gpu::GPUModuleOp>()))
      kernels.erase();
    getOperation()->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
    return success();
  }
};

} // namespace
} // namespace switchyard
