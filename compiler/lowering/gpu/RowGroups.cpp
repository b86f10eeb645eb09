// Losses and objectives over a batch of logits are chains of such operations (largest, sum of exponentials,
// logarithm, one-hot, the gradient of all that): six launches of a few microseconds for a microsecond's work.
// Within a group nothing waits for other threads, so that memory which one operation writes must be met by
// others in the same row only, and a buffer that takes the place of a dead one in the arena ends the group.
#include "compiler/lowering/gpu/RowGroups.h"

#include "compiler/lowering/LowerToLinalg.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace switchyard {
namespace {

/// Elements and reductions of one row that a thread may do: more wants more threads.
constexpr int64_t workOfRow = 256;

/// Memory that an operation touches: a buffer, and its bytes if it lies in the arena.
struct Access {
  Value buffer; // behind views that keep the rows
  bool byRow;   // touched in the iteration's own row only
  bool writes;

  std::optional<std::pair<int64_t, int64_t>> placeInArena() const {
    auto view = buffer.getDefiningOp<memref::ViewOp>();
    std::optional<int64_t> begin = view ? getConstantIntValue(view.getByteShift()) : std::nullopt;
    if (!begin)
      return std::nullopt;
    auto type = cast<MemRefType>(buffer.getType());
    return std::pair(*begin,
                     *begin + type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8));
  }

  /// Whether the two can be the same memory.
  bool meets(const Access &other) const {
    if (buffer == other.buffer)
      return true;
    auto mine = placeInArena(), theirs = other.placeInArena();
    return mine && theirs && mine->first < theirs->second && theirs->first < mine->second;
  }
};

/// The buffer behind views; `rows` becomes false where a view does not keep the first dimension for itself.
Value behindViews(Value buffer, bool &rows) {
  while (Operation *source = buffer.getDefiningOp()) {
    if (auto collapse = dyn_cast<memref::CollapseShapeOp>(source)) {
      rows &= collapse.getReassociationIndices().front().size() == 1;
      buffer = collapse.getSrc();
    } else if (auto expand = dyn_cast<memref::ExpandShapeOp>(source)) {
      rows &= expand.getReassociationIndices().front().size() == 1;
      buffer = expand.getSrc();
    } else {
      break;
    }
  }
  return buffer;
}

bool isByRow(AffineMap map) {
  return map.getNumResults() > 0 && map.getResult(0) == getAffineDimExpr(0, map.getContext()) &&
         llvm::none_of(map.getResults().drop_front(), [](AffineExpr e) { return e.isFunctionOfDim(0); });
}

SmallVector<Access> accessesOf(linalg::GenericOp op) {
  SmallVector<Access> accesses;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    bool byRow = isByRow(op.getMatchingIndexingMap(&operand));
    Value buffer = behindViews(operand.get(), byRow);
    accesses.push_back({buffer, byRow, op.isDpsInit(&operand)});
  }
  op.walk([&](memref::LoadOp load) {
    auto first =
        load.getIndices().empty() ? linalg::IndexOp() : load.getIndices()[0].getDefiningOp<linalg::IndexOp>();
    bool byRow = first && first.getDim() == 0;
    Value buffer = behindViews(load.getMemRef(), byRow);
    accesses.push_back({buffer, byRow, false});
  });
  return accesses;
}

/// The number of rows if a thread can do a row of the operation, else nothing.
std::optional<int64_t> rowsOf(linalg::GenericOp op) {
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  if (sizes.empty() || op->hasAttr(wordsAttribute) ||
      op.getIteratorTypesArray().front() != utils::IteratorType::parallel)
    return std::nullopt;
  int64_t work = computeProduct(ArrayRef<int64_t>(sizes).drop_front());
  return work <= workOfRow ? std::optional(sizes.front()) : std::nullopt;
}

/// Collects a group operation by operation.
struct Collector {
  SmallVector<RowGroup> groups;
  std::optional<int64_t> rows;  // of the open group
  SmallVector<Access> accesses; // of the open group

  void close() {
    rows.reset();
    accesses.clear();
  }

  bool joins(std::optional<int64_t> its, ArrayRef<Access> more) const {
    if (!rows || rows != its)
      return false;
    for (const Access &before : accesses)
      for (const Access &now : more)
        if ((before.writes || now.writes) && before.meets(now) &&
            !(before.buffer == now.buffer && before.byRow && now.byRow))
          return false;
    return true;
  }

  void add(linalg::GenericOp op) {
    std::optional<int64_t> its = rowsOf(op);
    SmallVector<Access> more = accessesOf(op);
    bool sameBlock = !groups.empty() && groups.back().back()->getBlock() == op->getBlock();
    if (sameBlock && joins(its, more)) {
      groups.back().push_back(op);
    } else {
      close();
      groups.push_back({op});
      rows = its;
    }
    llvm::append_range(accesses, more);
  }
};

} // namespace

SmallVector<RowGroup> groupByRows(func::FuncOp function) {
  Collector collector;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      collector.add(generic);
      return WalkResult::skip();
    }
    // A group stays open over what touches no memory, and over loads of the call's scalars.
    if (op != function && !isPure(op) && !isa<memref::LoadOp>(op))
      collector.close();
    return WalkResult::advance();
  });
  return std::move(collector.groups);
}

} // namespace switchyard
