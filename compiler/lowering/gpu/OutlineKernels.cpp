// Every linalg operation and every copy of an entry function becomes a kernel and its launch. What can be
// computed from a call's scalars is computed in the kernel, which leaves the host nothing to do but launch: a
// step's launches then depend on addresses and loop counts only, and one recorded graph serves all its calls.
#include "compiler/lowering/Outlining.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"
#include "compiler/lowering/gpu/HostRows.h"
#include "compiler/lowering/gpu/HostValues.h"
#include "compiler/lowering/gpu/KernelBody.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_OUTLINEKERNELS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// Whether a kernel computes the operation's result itself.
bool isRecomputed(Operation *op) {
  if (auto load = dyn_cast<memref::LoadOp>(op))
    return isGivenScalar(load.getMemRef());
  return isConstantOrView(op) || isa<memref::GetGlobalOp>(op) ||
         (isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) && op->getNumRegions() == 0);
}

/// A copy between buffers as an operation with a body.
linalg::GenericOp asGeneric(RewriterBase &rewriter, memref::CopyOp copy) {
  rewriter.setInsertionPoint(copy);
  unsigned rank = cast<MemRefType>(copy.getTarget().getType()).getRank();
  SmallVector<AffineMap> maps(2, rewriter.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, copy.getLoc(), ValueRange(copy.getSource()), ValueRange(copy.getTarget()), maps, loops,
      [](OpBuilder &b, Location loc, ValueRange values) { linalg::YieldOp::create(b, loc, values.front()); });
  rewriter.eraseOp(copy);
  return generic;
}

/// A scalar that the host knows (the number of a draw) and a buffer takes, likewise: the buffer is the
/// device's.
linalg::GenericOp asGeneric(RewriterBase &rewriter, memref::StoreOp store) {
  rewriter.setInsertionPoint(store);
  Value value = store.getValueToStore();
  AffineMap scalar = AffineMap::get(rewriter.getContext());
  auto generic = linalg::GenericOp::create(
      rewriter, store.getLoc(), ValueRange(), ValueRange(store.getMemRef()), ArrayRef<AffineMap>(scalar),
      ArrayRef<utils::IteratorType>(),
      [&](OpBuilder &b, Location loc, ValueRange) { linalg::YieldOp::create(b, loc, value); });
  rewriter.eraseOp(store);
  return generic;
}

/// Subscripts of 32 bits serve buffers and loops of so many elements: 64-bit divisions are many instructions.
/// Below 2^31 by more than a kernel's last block can run past the end.
constexpr int64_t narrowElements = (int64_t(1) << 31) - (int64_t(1) << 20);

/// The most elements that a subscript of the operation runs through.
int64_t elementsOf(linalg::GenericOp op) {
  int64_t most = 1;
  for (int64_t range : op.getStaticLoopRanges())
    most *= range;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (auto buffer = dyn_cast<MemRefType>(operand.getType()))
        most = std::max(most, buffer.getNumElements());
  });
  return most;
}

struct OutlineKernelsPass : impl::OutlineKernelsBase<OutlineKernelsPass> {
  void getDependentDialects(DialectRegistry &registry) const override {
    OutlineKernelsBase::getDependentDialects(registry);
    registry.insert<DLTIDialect>();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), builder.getUnitAttr());
    kernels = gpu::GPUModuleOp::create(builder, module.getLoc(), kernelModule);
    bodies.clear();
    largest = 0;
    for (auto function : module.getOps<func::FuncOp>())
      if (function->hasAttr(entryAttribute) &&
          (failed(expectBuffers(function)) || failed(outlineAll(function))))
        return signalPassFailure();
    if (largest < narrowElements)
      kernels->setAttr(DLTIDialect::kDataLayoutAttrName, narrowSubscripts(builder));
  }

private:
  gpu::GPUModuleOp kernels;
  BodiesByText<gpu::GPUFuncOp> bodies;
  int64_t largest = 0; ///< elements of a buffer or a loop

  static DataLayoutSpecInterface narrowSubscripts(Builder builder) {
    auto index = DataLayoutEntryAttr::get(builder.getIndexType(), builder.getI64IntegerAttr(32));
    return DataLayoutSpecAttr::get(builder.getContext(), DataLayoutEntryInterface(index));
  }

  LogicalResult outlineAll(func::FuncOp function) {
    computeOnHost(function);
    IRRewriter rewriter(&getContext());
    SmallVector<memref::CopyOp> copies;
    SmallVector<memref::StoreOp> stores;
    function.walk([&](Operation *op) {
      if (auto copy = dyn_cast<memref::CopyOp>(op))
        copies.push_back(copy);
      if (auto store = dyn_cast<memref::StoreOp>(op); store && store.getMemRefType().getRank() == 0)
        stores.push_back(store);
    });
    for (memref::CopyOp copy : copies)
      asGeneric(rewriter, copy);
    for (memref::StoreOp store : stores)
      asGeneric(rewriter, store);
    SmallVector<linalg::LinalgOp> ops;
    function.walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    for (linalg::LinalgOp op : ops)
      if (failed(generalForm(rewriter, op)))
        return failure();
    computeInKernels(function);
    drawRowsOnHost(function);
    function.walk([&](linalg::GenericOp op) { largest = std::max(largest, elementsOf(op)); });
    unsigned count = 0;
    int64_t launches = 0;
    for (KernelParts &parts : groupForKernels(function)) {
      for (KernelGroup &group : parts)
        if (group.kind != KernelGroup::Rows)
          for (linalg::GenericOp &op : group.ops)
            op = mergeDimensions(rewriter, op);
      outline(rewriter, function, parts, count);
      ++launches;
    }
    remarkCounts(function, "outline-kernels",
                 {{"loops over elements", static_cast<int64_t>(ops.size())},
                  {"launches", launches},
                  {"kernels not seen before", count}});
    return success();
  }

  void outline(IRRewriter &rewriter, func::FuncOp function, ArrayRef<KernelGroup> parts, unsigned &count) {
    SetVector<Operation *> copied;
    SetVector<Value> captures;
    for (const KernelGroup &group : parts) {
      for (linalg::GenericOp op : group.ops)
        captures.insert_range(capturesOf(op, copied, isRecomputed));
      captures.set_subtract(group.inRegisters);
    }
    for (Operation *inner : copied)
      if (auto constant = dyn_cast<memref::GetGlobalOp>(inner))
        shareConstant(rewriter, constant);
    linalg::GenericOp op = parts.back().ops.back(); // by then all operands are there
    SmallVector<PartPlan> plans = planKernel(parts);
    gpu::GPUFuncOp kernel = bodies.share(makeKernel(rewriter, parts, plans, captures, copied),
                                         function.getName() + "_kernel_", count);
    rewriter.setInsertionPoint(op);
    auto index = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(rewriter, op.getLoc(), value);
    };
    Value one = index(1);
    SmallVector<Value> operands;
    for (Value capture : captures)
      operands.push_back(
          capture.getType().isIndex()
              ? Value(arith::IndexCastOp::create(rewriter, op.getLoc(), rewriter.getI32Type(), capture))
              : capture);
    int64_t blocks = 0;
    for (const PartPlan &plan : plans)
      blocks += plan.blocks;
    gpu::LaunchFuncOp::create(rewriter, op.getLoc(), kernel, {index(blocks), one, one},
                              {index(plans.front().threads), one, one}, /*dynamicSharedMemorySize=*/nullptr,
                              operands);
    for (const KernelGroup &group : llvm::reverse(parts))
      for (linalg::GenericOp done : llvm::reverse(group.ops))
        rewriter.eraseOp(done);
  }

  /// Constant tensors are data of the kernels' module as well.
  void shareConstant(IRRewriter &rewriter, memref::GetGlobalOp use) {
    if (kernels.lookupSymbol(use.getName()))
      return;
    rewriter.setInsertionPointToStart(kernels.getBody());
    rewriter.clone(*getOperation().lookupSymbol(use.getName()));
  }

  gpu::GPUFuncOp makeKernel(IRRewriter &rewriter, ArrayRef<KernelGroup> parts, ArrayRef<PartPlan> plans,
                            const SetVector<Value> &captures, const SetVector<Operation *> &copied) {
    Location loc = parts.front().ops.front()->getLoc();
    SmallVector<Type> types; // indices (of loops on the host) are passed as 32 bits
    for (Value capture : captures)
      types.push_back(capture.getType().isIndex() ? Type(rewriter.getI32Type()) : capture.getType());
    rewriter.setInsertionPointToEnd(kernels.getBody());
    auto kernel =
        gpu::GPUFuncOp::create(rewriter, kernels.getLoc(), "kernel", rewriter.getFunctionType(types, {}),
                               sharedBuffers(parts.front().ops.front(), plans.front()));
    kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), rewriter.getUnitAttr());
    kernel.setKnownBlockSize(SmallVector<int32_t>{static_cast<int32_t>(plans.front().threads), 1, 1});
    rewriter.setInsertionPointToStart(&kernel.getBody().front());
    IRMapping mapping;
    for (auto [capture, argument] : llvm::zip(captures, kernel.getArguments()))
      mapping.map(capture,
                  !capture.getType().isIndex()
                      ? Value(argument)
                      : Value(arith::IndexCastOp::create(rewriter, loc, capture.getType(), argument)));
    SmallVector<Operation *> clones;
    KernelParts inner = cloneParts(rewriter, parts, copied, mapping, clones);
    buildKernelBody(rewriter, inner, plans, ValueRange(kernel.getWorkgroupAttributions()));
    for (Operation *clone : llvm::reverse(clones))
      if (isa<linalg::GenericOp>(clone) || isOpTriviallyDead(clone))
        rewriter.eraseOp(clone);
    rewriter.setInsertionPointToEnd(&kernel.getBody().front());
    gpu::ReturnOp::create(rewriter, loc);
    annotateBuffers(cast<FunctionOpInterface>(kernel.getOperation()), captures, 0);
    return kernel;
  }

  /// The parts at the rewriter's place. All that is made goes to `clones`.
  static KernelParts cloneParts(IRRewriter &rewriter, ArrayRef<KernelGroup> parts,
                                const SetVector<Operation *> &copied, IRMapping &mapping,
                                SmallVector<Operation *> &clones) {
    KernelParts inner;
    for (const KernelGroup &group : parts) {
      inner.push_back({group.kind, {}, {}});
      for (Value buffer : group.inRegisters) { // stands for the buffer while its accesses become registers
        auto type = cast<MemRefType>(buffer.getType());
        auto name = memref::AllocaOp::create(rewriter, buffer.getLoc(), type);
        clones.push_back(name);
        inner.back().inRegisters.insert(name);
        mapping.map(buffer, name.getResult());
      }
    }
    for (Operation *source : copied)
      clones.push_back(rewriter.clone(*source, mapping));
    for (auto [group, clone] : llvm::zip_equal(parts, inner))
      for (linalg::GenericOp op : group.ops) {
        clone.ops.push_back(cast<linalg::GenericOp>(rewriter.clone(*op, mapping)));
        clones.push_back(clone.ops.back());
      }
    return inner;
  }
};

} // namespace
} // namespace switchyard
