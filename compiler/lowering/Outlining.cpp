// Merging dimensions, and finding what a body must be given.
#include "compiler/lowering/Outlining.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace switchyard {

static bool usesIndices(linalg::GenericOp op) {
  return llvm::any_of(op.getBody()->getOperations(),
                      [](Operation &inner) { return isa<linalg::IndexOp>(inner); });
}

/// Neighbouring dimensions of one kind that every operand runs through in order, or not at all.
static SmallVector<ReassociationIndices> mergeableDimensions(linalg::GenericOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  SmallVector<ReassociationIndices> groups;
  for (unsigned i = 0; i < kinds.size(); ++i) {
    if (!groups.empty() && kinds[i] == kinds[groups.back().back()]) {
      ReassociationIndices longer = groups.back();
      longer.push_back(i);
      if (linalg::areDimSequencesPreserved(maps, longer)) {
        groups.back() = longer;
        continue;
      }
    }
    groups.push_back({static_cast<int64_t>(i)});
  }
  return groups;
}

linalg::GenericOp mergeDimensions(RewriterBase &rewriter, linalg::GenericOp op) {
  if (usesIndices(op) ||
      !llvm::all_of(op.getIndexingMapsArray(), [](AffineMap m) { return m.isProjectedPermutation(); }))
    return op;
  SmallVector<ReassociationIndices> groups = mergeableDimensions(op);
  if (groups.size() == op.getNumLoops())
    return op;
  rewriter.setInsertionPoint(op);
  FailureOr<linalg::CollapseResult> merged = linalg::collapseOpIterationDims(op, groups, rewriter);
  if (failed(merged))
    return op;
  rewriter.eraseOp(op);
  return cast<linalg::GenericOp>(merged->collapsedOp.getOperation());
}

LogicalResult expectBuffers(FunctionOpInterface function) {
  return failure(function
                     ->walk([](linalg::LinalgOp op) {
                       if (op.hasPureBufferSemantics())
                         return WalkResult::advance();
                       op.emitOpError("works on tensors, where buffers are expected (after bufferization)");
                       return WalkResult::interrupt();
                     })
                     .wasInterrupted());
}

FailureOr<linalg::GenericOp> generalForm(RewriterBase &rewriter, linalg::LinalgOp op) {
  rewriter.setInsertionPoint(op);
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    FailureOr<linalg::GenericOp> general = linalg::generalizeNamedOp(rewriter, op);
    if (failed(general))
      return op.emitOpError("has no form as loops (a bug in the compiler)");
    generic = *general;
  }
  return generic;
}

bool isConstantOrView(Operation *op) {
  return isa<memref::CollapseShapeOp, memref::ExpandShapeOp, memref::CastOp>(op) ||
         op->hasTrait<OpTrait::ConstantLike>();
}

SetVector<Value> capturesOf(Operation *op, SetVector<Operation *> &copied,
                            function_ref<bool(Operation *)> recomputed) {
  SetVector<Value> captures, used;
  SmallVector<Value> needed(op->getOperands());
  getUsedValuesDefinedAbove(op->getRegions(), used);
  llvm::append_range(needed, used);
  std::function<void(Value)> visit = [&](Value value) {
    Operation *source = value.getDefiningOp();
    if (!source || !recomputed(source)) {
      captures.insert(value);
      return;
    }
    llvm::for_each(source->getOperands(), visit);
    copied.insert(source);
  };
  llvm::for_each(needed, visit);
  return captures;
}

/// Whether no other buffer shares memory with this one: an argument, a global, or a place in the arena.
static bool isRoot(Value value) {
  Operation *source = value.getDefiningOp();
  if (!source)
    return isa<func::FuncOp>(value.getParentBlock()->getParentOp());
  return isa<memref::ViewOp, memref::GetGlobalOp>(source);
}

void annotateBuffers(FunctionOpInterface body, const SetVector<Value> &captures, unsigned first) {
  bool distinct = llvm::all_of(captures, [](Value v) { return !isa<MemRefType>(v.getType()) || isRoot(v); });
  Builder builder(body->getContext());
  for (auto [i, capture] : llvm::enumerate(captures)) {
    if (!isa<MemRefType>(capture.getType()))
      continue;
    body.setArgAttr(first + i, LLVM::LLVMDialect::getAlignAttrName(), builder.getI64IntegerAttr(64));
    if (distinct)
      body.setArgAttr(first + i, LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
  }
}

} // namespace switchyard
