// Turns each linalg operation of an entry function into a function of a range [begin, end) of its outermost
// dimension, run in parallel where there is enough to do. Dimensions are merged first, for long inner loops.
#include "compiler/lowering/LowerToLinalg.h"
#include "compiler/lowering/MathFunctions.h"
#include "compiler/lowering/Outlining.h"
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_OUTLINELOOPS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// A range shorter than this many scalar operations is not worth handing to another thread (about 10 us).
constexpr int64_t operationsPerTask = 1 << 16;

constexpr int64_t elementsOfLine = 16;

/// Scalar operations of one iteration, roughly.
int64_t costOfElement(linalg::GenericOp op) {
  int64_t cost = op->getNumOperands();
  for (Operation &inner : op.getBody()->without_terminator())
    cost += costOf(&inner);
  return cost;
}

std::optional<int64_t> constantTripCount(scf::ForOp loop) {
  std::optional<int64_t> low = getConstantIntValue(loop.getLowerBound());
  std::optional<int64_t> high = getConstantIntValue(loop.getUpperBound());
  if (!low || !high)
    return std::nullopt;
  return *high - *low;
}

/// Keeps LLVM from unrolling a short innermost loop (the channels of a block) before it could vectorize it.
void vectorizeInnermost(scf::ForOp loop) {
  MLIRContext *context = loop.getContext();
  auto unroll =
      LLVM::LoopUnrollAttr::get(context, /*disable=*/BoolAttr::get(context, true), {}, {}, {}, {}, {}, {});
  loop->setAttr("llvm.loop_annotation", LLVM::LoopAnnotationAttr::get(context, {}, {}, {}, unroll, {}, {}, {},
                                                                      {}, {}, {}, {}, {}, {}, {}, {}));
}

/// Makes `begin` and `end` the bounds of the outermost loop, and unrolls the words of random draws.
LogicalResult lowerToLoops(RewriterBase &rewriter, linalg::GenericOp op, bool ranged, Value begin,
                           Value end) {
  bool words = op->hasAttr(wordsAttribute);
  rewriter.setInsertionPoint(op);
  FailureOr<linalg::LinalgLoops> loops = linalg::linalgOpToLoops(rewriter, op);
  if (failed(loops))
    return failure();
  rewriter.eraseOp(op);
  if (ranged) {
    auto outer = cast<scf::ForOp>(loops->front());
    outer.setLowerBound(begin);
    outer.setUpperBound(end);
  }
  SmallVector<scf::ForOp> nest;
  for (Operation *loop : *loops)
    nest.push_back(cast<scf::ForOp>(loop));
  if (words) {
    if (failed(loopUnrollFull(nest.pop_back_val())))
      return failure();
  }
  if (nest.size() > 1)
    if (auto trips = constantTripCount(nest.back()); trips == channelBlock)
      vectorizeInnermost(nest.back());
  return success();
}

struct OutlineLoopsPass : impl::OutlineLoopsBase<OutlineLoopsPass> {
  void runOnOperation() override {
    bodies.clear();
    SmallVector<func::FuncOp> entries;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(entryAttribute))
        entries.push_back(function);
    for (func::FuncOp function : entries)
      if (failed(expectBuffers(function)) || failed(outlineAll(function)))
        return signalPassFailure();
  }

private:
  BodiesByText<func::FuncOp> bodies;

  LogicalResult outlineAll(func::FuncOp function) {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> ops;
    function.walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    unsigned count = 0;
    for (linalg::LinalgOp op : ops) {
      FailureOr<linalg::GenericOp> generic = generalForm(rewriter, op);
      if (failed(generic) || failed(outline(rewriter, function, mergeDimensions(rewriter, *generic), count)))
        return failure();
    }
    remarkCounts(function, "outline-loops",
                 {{"loops", static_cast<int64_t>(ops.size())}, {"different ones not seen before", count}});
    return success();
  }

  LogicalResult outline(IRRewriter &rewriter, func::FuncOp function, linalg::GenericOp op, unsigned &count) {
    SetVector<Operation *> copied;
    SetVector<Value> captures = capturesOf(op, copied, isConstantOrView);
    bool ranged = op.getNumLoops() > 0 && op.getIteratorTypesArray().front() == utils::IteratorType::parallel;
    SmallVector<int64_t> trips = op.getStaticLoopRanges();
    FailureOr<func::FuncOp> body = makeBody(rewriter, op, captures, copied, ranged);
    if (failed(body))
      return failure();
    func::FuncOp shared = bodies.share(*body, function.getName() + "_loop_", count);
    rewriter.setInsertionPoint(op);
    callBody(rewriter, op.getLoc(), shared, captures.getArrayRef(), ranged ? trips.front() : 1,
             costOfElement(op) * computeProduct(ArrayRef<int64_t>(trips).drop_front(ranged ? 1 : 0)));
    rewriter.eraseOp(op);
    return success();
  }

  FailureOr<func::FuncOp> makeBody(IRRewriter &rewriter, linalg::GenericOp op,
                                   const SetVector<Value> &captures, const SetVector<Operation *> &copied,
                                   bool ranged) {
    SmallVector<Type> types(2, rewriter.getIndexType());
    for (Value capture : captures)
      types.push_back(capture.getType());
    rewriter.setInsertionPointToEnd(getOperation().getBody());
    auto body =
        func::FuncOp::create(rewriter, getOperation().getLoc(), "loop", rewriter.getFunctionType(types, {}));
    body.setPrivate();
    // Optimized once: LLVM would copy it into its callers, which takes it three times as long and gains
    // nothing.
    body->setAttr("passthrough", rewriter.getStrArrayAttr({"noinline"}));
    rewriter.setInsertionPointToStart(body.addEntryBlock());
    IRMapping mapping;
    mapping.map(captures.getArrayRef(), body.getArguments().drop_front(2));
    for (Operation *constant : copied)
      rewriter.clone(*constant, mapping);
    auto inner = cast<linalg::GenericOp>(rewriter.clone(*op, mapping));
    func::ReturnOp::create(rewriter, op.getLoc());
    if (failed(lowerToLoops(rewriter, inner, ranged, body.getArgument(0), body.getArgument(1))))
      return failure();
    annotateBuffers(body, captures, 2);
    return body;
  }

  void callBody(OpBuilder &builder, Location loc, func::FuncOp body, ArrayRef<Value> captures, int64_t count,
                int64_t costOfStep) {
    int64_t grain = std::max<int64_t>(1, operationsPerTask / std::max<int64_t>(1, costOfStep));
    if (grain >= elementsOfLine) // ranges of single elements begin at cache lines
      grain = llvm::alignTo(grain, elementsOfLine);
    if (grain < count) {
      swy::ParallelForOp::create(builder, loc, body.getName(), count, grain, captures);
      return;
    }
    SmallVector<Value> arguments{arith::ConstantIndexOp::create(builder, loc, 0),
                                 arith::ConstantIndexOp::create(builder, loc, count)};
    llvm::append_range(arguments, captures);
    func::CallOp::create(builder, loc, body, arguments);
  }
};

} // namespace
} // namespace switchyard
