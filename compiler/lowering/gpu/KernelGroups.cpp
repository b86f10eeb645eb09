// A random draw and what it is added to, or the steps of a loss over a batch of logits (largest, sum of
// exponentials, logarithm, one-hot, the gradient of all that): launches of a few microseconds each for a
// microsecond's work, and values that need never reach memory. Within a group nothing waits for other
// threads, so that memory which one operation writes must be met by others in the same thread only, and a
// buffer that takes the place of a dead one in the arena ends the group, unless the dead one stays in
// registers. Groups that do not meet at all (the optimizer's updates of a network's weights) run in blocks
// beside each other.
#include "compiler/lowering/gpu/KernelGroups.h"

#include "compiler/lowering/LowerToLinalg.h"
#include "compiler/lowering/gpu/KernelPlan.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace switchyard {

//===----------------------------------------------------------------------===//
// Places of a thread's values
//===----------------------------------------------------------------------===//

/// Elements and reductions of one row that a thread may do: more wants more threads.
static constexpr int64_t workOfRow = 256;
/// So many of them are done without a loop, with values in registers.
static constexpr int64_t workWithoutLoop = 16;

/// Parts of a kernel: a kernel has 4 kB of parameters.
static constexpr size_t mostParts = 32;

static int64_t workOfRowIn(linalg::GenericOp op) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  return computeProduct(ArrayRef<int64_t>(sizes).drop_front());
}

bool isShortRow(linalg::GenericOp op) {
  return workOfRowIn(op) <= workWithoutLoop;
}

/// The buffer behind views; `rows` becomes false where a view does not keep the first dimension for itself.
static Value behindViews(Value buffer, bool &rows) {
  auto keepsRows = [](ArrayRef<ReassociationIndices> dimensions) {
    return !dimensions.empty() && dimensions.front().size() == 1;
  };
  while (Operation *source = buffer.getDefiningOp()) {
    if (auto collapse = dyn_cast<memref::CollapseShapeOp>(source)) {
      rows &= keepsRows(collapse.getReassociationIndices());
      buffer = collapse.getSrc();
    } else if (auto expand = dyn_cast<memref::ExpandShapeOp>(source)) {
      rows &= keepsRows(expand.getReassociationIndices());
      buffer = expand.getSrc();
    } else {
      break;
    }
  }
  return buffer;
}

Value behindViews(Value buffer) {
  bool rows = true;
  return behindViews(buffer, rows);
}

/// Whether an iteration touches the operand in its own row only.
static bool isByRow(OpOperand &operand) {
  AffineMap map = cast<linalg::LinalgOp>(operand.getOwner()).getMatchingIndexingMap(&operand);
  bool rows = map.getNumResults() > 0 && map.getResult(0) == getAffineDimExpr(0, map.getContext()) &&
              llvm::none_of(map.getResults().drop_front(), [](AffineExpr e) { return e.isFunctionOfDim(0); });
  behindViews(operand.get(), rows);
  return rows;
}

/// Whether iteration `i` touches element `i` of the operand's buffer only.
static bool isByElement(OpOperand &operand) {
  auto isPlain = [](Value v) { return cast<MemRefType>(v.getType()).getLayout().isIdentity(); };
  return cast<linalg::LinalgOp>(operand.getOwner()).getMatchingIndexingMap(&operand).isIdentity() &&
         isPlain(operand.get()) && isPlain(behindViews(operand.get()));
}

std::optional<int64_t> registerOf(OpOperand &operand, ArrayRef<std::optional<int64_t>> indices,
                                  KernelGroup::Kind kind, int64_t element) {
  if (kind == KernelGroup::Elements)
    return isByElement(operand) ? std::optional(element) : std::nullopt;
  if (kind == KernelGroup::Alone || !isByRow(operand))
    return std::nullopt;
  AffineMap map = cast<linalg::LinalgOp>(operand.getOwner()).getMatchingIndexingMap(&operand);
  SmallVector<AffineExpr> known;
  for (auto [i, index] : llvm::enumerate(indices)) {
    known.push_back(index ? getAffineConstantExpr(*index, map.getContext())
                          : getAffineDimExpr(i, map.getContext()));
  }
  int64_t place = 0;
  ArrayRef<int64_t> shape = cast<MemRefType>(operand.get().getType()).getShape().drop_front();
  for (auto [size, expression] : llvm::zip_equal(shape, map.getResults().drop_front())) {
    auto value = dyn_cast<AffineConstantExpr>(expression.replaceDims(known));
    if (!value)
      return std::nullopt;
    place = place * size + value.getValue();
  }
  return place;
}

namespace {

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Memory that an operation touches.
struct Access {
  Value buffer; // behind views
  Value whole;  // what that is a part of, or itself
  bool byRow, byElement, writes;

  Access(Value value, bool byRow, bool byElement, bool writes)
      : buffer(behindViews(value)), whole(buffer), byRow(byRow), byElement(byElement), writes(writes) {
    while (auto part = whole.getDefiningOp<memref::SubViewOp>())
      whole = behindViews(part.getSource());
  }

  /// Its bytes if it lies in the arena.
  std::optional<std::pair<int64_t, int64_t>> placeInArena() const {
    auto view = whole.getDefiningOp<memref::ViewOp>();
    std::optional<int64_t> begin = view ? getConstantIntValue(view.getByteShift()) : std::nullopt;
    if (!begin)
      return std::nullopt;
    auto type = cast<MemRefType>(whole.getType());
    return std::pair(*begin,
                     *begin + type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8));
  }

  /// Whether the two can be the same memory.
  bool meets(const Access &other) const {
    if (whole == other.whole)
      return true;
    auto mine = placeInArena(), theirs = other.placeInArena();
    return mine && theirs && mine->first < theirs->second && theirs->first < mine->second;
  }

  /// Whether the two must happen in their order.
  bool conflicts(const Access &other) const { return (writes || other.writes) && meets(other); }

  bool isOwn(KernelGroup::Kind kind) const { return kind == KernelGroup::Rows ? byRow : byElement; }
};

SmallVector<Access> accessesOf(linalg::GenericOp op) {
  SmallVector<Access> accesses;
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()))
      accesses.emplace_back(operand.get(), isByRow(operand), isByElement(operand), op.isDpsInit(&operand));
  auto inBody = [&](Value buffer, OperandRange indices, bool writes) {
    auto first = indices.empty() ? linalg::IndexOp() : indices[0].getDefiningOp<linalg::IndexOp>();
    bool byRow = first && first.getDim() == 0;
    behindViews(buffer, byRow);
    accesses.emplace_back(buffer, byRow, /*byElement=*/false, writes);
  };
  op.walk([&](memref::LoadOp load) { inBody(load.getMemRef(), load.getIndices(), false); });
  op.walk([&](memref::StoreOp store) { inBody(store.getMemRef(), store.getIndices(), true); });
  return accesses;
}

/// All uses of a buffer and of its views; false where one is not an operand of one of the operations.
bool collectUses(Value buffer, ArrayRef<linalg::GenericOp> ops, SmallVectorImpl<OpOperand *> &uses) {
  for (OpOperand &use : buffer.getUses()) {
    Operation *user = use.getOwner();
    if (isa<memref::CollapseShapeOp, memref::ExpandShapeOp>(user)) {
      if (!collectUses(user->getResult(0), ops, uses))
        return false;
      continue;
    }
    auto generic = dyn_cast<linalg::GenericOp>(user);
    if (!generic || !llvm::is_contained(ops, generic))
      return false;
    uses.push_back(&use);
  }
  return true;
}

/// Whether one thread's part of what the operand accesses is known when compiling.
bool hasRegister(OpOperand &operand, KernelGroup::Kind kind) {
  auto op = cast<linalg::GenericOp>(operand.getOwner());
  SmallVector<std::optional<int64_t>> indices(op.getNumLoops());
  if (kind == KernelGroup::Rows && isShortRow(op)) // known indices: one is as good as another
    std::fill(indices.begin() + 1, indices.end(), 0);
  return registerOf(operand, indices, kind, 0).has_value();
}

/// Whether the operation of this operand overwrites its buffer, whatever was there.
bool overwrites(OpOperand &operand) {
  auto op = cast<linalg::GenericOp>(operand.getOwner());
  return op.isDpsInit(&operand) && !op.payloadUsesValueFromOperand(&operand) &&
         op.getMatchingIndexingMap(&operand).isProjectedPermutation();
}

/// Whether a buffer's values can stay with the threads that make them: the buffer is in the arena, touched by
/// these operations only and first of all written, always at places that are known.
bool staysInRegisters(Value buffer, ArrayRef<linalg::GenericOp> ops, KernelGroup::Kind kind) {
  if (!buffer.getDefiningOp<memref::ViewOp>())
    return false;
  if (kind == KernelGroup::Rows) {
    auto type = cast<MemRefType>(buffer.getType());
    if (type.getRank() == 0 || computeProduct(type.getShape().drop_front()) > workWithoutLoop)
      return false;
  }
  SmallVector<OpOperand *> uses;
  if (!collectUses(buffer, ops, uses) ||
      !llvm::all_of(uses, [&](OpOperand *use) { return hasRegister(*use, kind); }))
    return false;
  for (linalg::GenericOp op : ops) {
    SmallVector<OpOperand *> its;
    llvm::copy_if(uses, std::back_inserter(its), [&](OpOperand *use) { return use->getOwner() == op; });
    if (!its.empty())
      return llvm::all_of(its, [](OpOperand *use) { return overwrites(*use); });
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// The number of elements if each is an iteration of its own, else nothing.
std::optional<int64_t> elementsOf(linalg::GenericOp op) {
  if (op.getNumReductionLoops() > 0)
    return std::nullopt;
  return computeProduct(op.getStaticLoopRanges());
}

/// The number of rows if a thread can do a row of the operation, else nothing. Elements of long rows want
/// threads of their own, unless a reduction of the row has to be waited for.
std::optional<int64_t> rowsOf(linalg::GenericOp op, ArrayRef<linalg::GenericOp> group) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  if (sizes.empty() || op->hasAttr(wordsAttribute) ||
      op.getIteratorTypesArray().front() != utils::IteratorType::parallel || workOfRowIn(op) > workOfRow)
    return std::nullopt;
  auto reduces = [](linalg::GenericOp other) { return other.getNumReductionLoops() > 0; };
  if (!isShortRow(op) && !reduces(op) && llvm::none_of(group, reduces))
    return std::nullopt;
  return sizes.front();
}

/// A kind that the open group can be, with its iterations.
struct Way {
  KernelGroup::Kind kind;
  int64_t iterations;
};

std::optional<int64_t> iterationsOf(linalg::GenericOp op, KernelGroup::Kind kind,
                                    ArrayRef<linalg::GenericOp> group) {
  return kind == KernelGroup::Rows ? rowsOf(op, group) : elementsOf(op);
}

/// Collects kernels operation by operation.
class Collector {
public:
  void add(linalg::GenericOp op) {
    SmallVector<Access> more = accessesOf(op);
    if (!open.ops.empty() && open.ops.back()->getBlock() == op->getBlock())
      llvm::erase_if(ways, [&](const Way &way) { return !joins(op, more, way); });
    else
      ways.clear();
    if (ways.empty()) {
      closeGroup();
      for (KernelGroup::Kind kind : {KernelGroup::Elements, KernelGroup::Rows})
        if (std::optional<int64_t> iterations = iterationsOf(op, kind, {}))
          ways.push_back({kind, *iterations});
    } else {
      open.kind = ways.front().kind;
    }
    open.ops.push_back(op);
    llvm::append_range(accesses, more);
  }

  /// What comes next cannot share a kernel with what came before.
  void closeKernel() {
    closeGroup();
    ofKernel.clear();
    extensible = false;
  }

  SmallVector<KernelParts> kernels;

private:
  KernelGroup open;
  SmallVector<Way> ways;        // of the open group, the best first
  SmallVector<Access> accesses; // of the open group
  SmallVector<Access> ofKernel; // of the last kernel
  bool extensible = false;      // whether another group can be a part of the last kernel

  bool joins(linalg::GenericOp op, ArrayRef<Access> more, const Way &way) const {
    if (iterationsOf(op, way.kind, open.ops) != way.iterations)
      return false;
    for (const Access &before : accesses)
      for (const Access &now : more)
        if (before.conflicts(now) &&
            !(before.buffer == now.buffer && before.isOwn(way.kind) && now.isOwn(way.kind)) &&
            !(before.buffer != now.buffer && staysInRegisters(before.buffer, open.ops, way.kind)))
          return false;
    return true;
  }

  void closeGroup() {
    if (open.ops.empty())
      return;
    if (open.kind != KernelGroup::Alone)
      for (const Access &access : accesses)
        if (staysInRegisters(access.buffer, open.ops, open.kind))
          open.inRegisters.insert(access.buffer);
    llvm::erase_if(accesses, [&](const Access &a) { return open.inRegisters.contains(a.buffer); });
    bool blockWide = planPart(open).kind == PartPlan::BlockWide;
    if (!extensible || blockWide || !isPartOfKernel()) {
      kernels.emplace_back();
      ofKernel.clear();
    }
    extensible = !blockWide;
    llvm::append_range(ofKernel, accesses);
    kernels.back().push_back(std::move(open));
    open = {};
    ways.clear();
    accesses.clear();
  }

  bool isPartOfKernel() const {
    const KernelParts &parts = kernels.back();
    return parts.size() < mostParts && parts.back().ops.back()->getBlock() == open.ops.back()->getBlock() &&
           llvm::none_of(
               ofKernel,
               [&](const Access &before) {
                 return llvm::any_of(accesses, [&](const Access &now) { return before.conflicts(now); });
               });
  }
};

} // namespace

SmallVector<KernelParts> groupForKernels(func::FuncOp function) {
  Collector collector;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      collector.add(generic);
      return WalkResult::skip();
    }
    // A kernel goes on over what touches no memory, and over loads of the call's scalars.
    if (op != function && !isPure(op) && !isa<memref::LoadOp>(op))
      collector.closeKernel();
    return WalkResult::advance();
  });
  collector.closeKernel();
  return std::move(collector.kernels);
}

} // namespace switchyard
