// Plans all buffers of an entry function into one arena. Shapes and loops are static in structure, so a
// buffer's life is an interval of positions in the function's text; intervals that meet get disjoint memory.
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"
#include "dialect/Remarks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_PLANARENA
#include "compiler/lowering/Passes.h.inc"

namespace {

constexpr int64_t alignment = 64; // SWY_ALIGNMENT in runtime/contract/abi.h

struct Buffer {
  memref::AllocOp alloc;
  int64_t bytes;
  int64_t first, last; // positions of the life's ends, both included
  int64_t offset = 0;

  bool meets(const Buffer &other) const { return first <= other.last && other.first <= last; }
};

int64_t bytesOf(MemRefType type) {
  int64_t bits = type.getElementType().isIndex() ? 64 : type.getElementTypeBitWidth();
  return llvm::alignTo(type.getNumElements() * llvm::divideCeil(bits, 8), alignment);
}

/// Numbers operations in order of text: an operation has its number before and its regions' after it. Linalg
/// operations that only pure ones and allocations lie between have the same if `runsTogether`.
struct Positions {
  bool runsTogether;
  DenseMap<Operation *, std::pair<int64_t, int64_t>> range;
  int64_t next = 0;
  Operation *before = nullptr; // of the run

  explicit Positions(bool runsTogether) : runsTogether(runsTogether) {}

  void number(Operation *op) {
    if (runsTogether && isa<linalg::LinalgOp, memref::CopyOp>(op)) {
      if (before && before->getBlock() == op->getBlock()) {
        range[op] = range.lookup(before);
        return;
      }
      before = op;
    } else if (!isPure(op) && !isa<memref::AllocOp, memref::LoadOp>(op)) {
      before = nullptr;
    }
    int64_t start = next++;
    for (Region &region : op->getRegions())
      for (Operation &inner : region.getOps())
        number(&inner);
    range[op] = {start, next++};
  }

  /// The life of a buffer: from its first use to its last, both widened to whole loops that it enters from
  /// outside, since what a later iteration reads an earlier one must not reuse.
  std::pair<int64_t, int64_t> lifeOf(memref::AllocOp alloc, const BufferViewFlowAnalysis &views) {
    std::pair<int64_t, int64_t> life{INT64_MAX, -1};
    for (Value view : views.resolve(alloc.getResult()))
      for (Operation *user : view.getUsers()) {
        Operation *outer = alloc->getBlock()->findAncestorOpInBlock(*user);
        auto [first, last] = range.lookup(outer ? outer : user);
        life = {std::min(life.first, first), std::max(life.second, last)};
      }
    return life;
  }
};

/// First fit, the largest first; returns the arena's size.
int64_t placeBuffers(MutableArrayRef<Buffer> buffers) {
  SmallVector<Buffer *> order, placed;
  for (Buffer &buffer : buffers)
    order.push_back(&buffer);
  llvm::stable_sort(order, [](Buffer *a, Buffer *b) { return a->bytes > b->bytes; });
  int64_t size = 0;
  for (Buffer *buffer : order) {
    for (Buffer *other : placed) // by offset
      if (buffer->meets(*other) && buffer->offset + buffer->bytes > other->offset)
        buffer->offset = std::max(buffer->offset, other->offset + other->bytes);
    size = std::max(size, buffer->offset + buffer->bytes);
    auto *place =
        llvm::upper_bound(placed, buffer, [](Buffer *a, Buffer *b) { return a->offset < b->offset; });
    placed.insert(place, buffer);
  }
  return size;
}

struct PlanArenaPass : impl::PlanArenaBase<PlanArenaPass> {
  using PlanArenaBase::PlanArenaBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(entryAttribute) && failed(plan(function)))
        return signalPassFailure();
  }

private:
  LogicalResult plan(func::FuncOp function) {
    FailureOr<SmallVector<Buffer>> buffers = collect(function);
    if (failed(buffers) || failed(dropResults(function)))
      return failure();
    int64_t size = std::max(placeBuffers(*buffers), alignment);
    OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
    unsigned last = function.getNumArguments();
    if (failed(function.insertArgument(last, MemRefType::get({size}, builder.getI8Type()), {},
                                       function.getLoc())))
      return failure();
    function->setAttr(arenaAttribute, builder.getI64IntegerAttr(size));
    remarkCounts(function, "plan-arena",
                 {{"buffers", static_cast<int64_t>(buffers->size())}, {"bytes together", size}});
    for (Buffer &buffer : *buffers) {
      // At the function's start, so that the views are the same values for every loop.
      Value offset = arith::ConstantIndexOp::create(builder, buffer.alloc.getLoc(), buffer.offset);
      Value view = memref::ViewOp::create(builder, buffer.alloc.getLoc(), buffer.alloc.getType(),
                                          function.getArgument(last), offset, ValueRange());
      buffer.alloc.getResult().replaceAllUsesWith(view);
    }
    for (Buffer &buffer : *buffers) // only now: the builder may stand at one of them
      buffer.alloc.erase();
    return success();
  }

  /// Every result has become the contents of an argument (AssignDestinations), so nothing need be returned.
  static LogicalResult dropResults(func::FuncOp function) {
    Operation *exit = function.getBody().front().getTerminator();
    for (Value value : exit->getOperands())
      if (!llvm::is_contained(function.getArguments(), value))
        return function.emitOpError("a result lies in no argument's buffer");
    exit->setOperands({});
    return function.eraseResults(BitVector(function.getNumResults(), true));
  }

  FailureOr<SmallVector<Buffer>> collect(func::FuncOp function) {
    function.walk([](memref::DeallocOp dealloc) { dealloc.erase(); });
    Positions positions(runsTogether);
    positions.number(function);
    BufferViewFlowAnalysis views(function);
    SmallVector<Buffer> buffers;
    bool known = true;
    function.walk([&](memref::AllocOp alloc) {
      if (!alloc.getType().hasStaticShape()) {
        alloc.emitOpError("has a size that is not known when compiling");
        known = false;
        return;
      }
      auto [first, last] = positions.lifeOf(alloc, views);
      buffers.push_back({alloc, bytesOf(alloc.getType()), first, last});
    });
    if (!known)
      return failure();
    return buffers;
  }
};

} // namespace
} // namespace switchyard
