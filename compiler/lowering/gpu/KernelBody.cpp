// A thread's number gives the parallel indices; consecutive threads take consecutive elements of the
// innermost dimension, so that a warp's accesses are one piece of memory. Reductions keep their sums in
// registers.
#include "compiler/lowering/gpu/KernelBody.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace switchyard {
namespace {

//===----------------------------------------------------------------------===//
// Pieces of code
//===----------------------------------------------------------------------===//

/// What the thread has in registers of the group's buffers, by the places that registerOf gives.
struct Registers {
  const KernelGroup &group;
  DenseMap<Value, DenseMap<int64_t, Value>> values;

  explicit Registers(const KernelGroup &group) : group(group) {}
};

/// Writes code at one place of one operation.
struct Writer {
  OpBuilder &b;
  linalg::GenericOp op;
  Registers &registers;
  Location loc = op.getLoc();
  int64_t element = 0; // the number of the iteration among the thread's, if it has several elements
  SmallVector<Value> positions =
      {}; // of all its elements in the order of memory, where rows are not of fours

  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value times(Value x, int64_t by) {
    return by == 1 ? x : Value(arith::MulIOp::create(b, loc, x, index(by)));
  }
  Value thread() { return gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x); }

  /// Indices of a row-major position.
  SmallVector<Value> unravel(Value position, ArrayRef<int64_t> sizes) {
    SmallVector<Value> indices(sizes.size());
    for (size_t i = sizes.size(); i-- > 1;) {
      indices[i] = sizes[i] == 1 ? index(0) : b.createOrFold<arith::RemUIOp>(loc, position, index(sizes[i]));
      position = sizes[i] == 1 ? position : b.createOrFold<arith::DivUIOp>(loc, position, index(sizes[i]));
    }
    if (!sizes.empty())
      indices[0] = position;
    return indices;
  }

  /// The operand's buffer and where in it: by position if possible, so that neighbours become one access.
  std::pair<Value, SmallVector<Value>> placeOf(OpOperand &operand, ArrayRef<Value> indices) {
    if (positions.empty() || !registerAt(operand, indices)) {
      AffineMap map = op.getMatchingIndexingMap(&operand);
      return {operand.get(), *affine::expandAffineMap(b, loc, map, indices)};
    }
    Value buffer = behindViews(operand.get());
    ReassociationIndices all =
        llvm::to_vector<2>(llvm::seq<int64_t>(0, cast<MemRefType>(buffer.getType()).getRank()));
    if (all.size() > 1)
      buffer = memref::CollapseShapeOp::create(b, loc, buffer, ArrayRef<ReassociationIndices>(all));
    return {buffer, {positions[element]}};
  }

  std::optional<int64_t> registerAt(OpOperand &operand, ArrayRef<Value> indices) {
    SmallVector<std::optional<int64_t>> known;
    for (Value index : indices)
      known.push_back(getConstantIntValue(index));
    return registerOf(operand, known, registers.group.kind, element);
  }

  Value load(OpOperand &operand, ArrayRef<Value> indices) {
    if (!isa<MemRefType>(operand.get().getType()))
      return operand.get();
    auto values = registers.values.find(behindViews(operand.get()));
    if (values != registers.values.end())
      if (std::optional<int64_t> place = registerAt(operand, indices))
        if (Value value = values->second.lookup(*place))
          return value;
    auto [buffer, place] = placeOf(operand, indices);
    return memref::LoadOp::create(b, loc, buffer, place);
  }

  SmallVector<Value> loadInputs(ArrayRef<Value> indices) {
    SmallVector<Value> values;
    for (OpOperand *input : op.getDpsInputOperands())
      values.push_back(op.payloadUsesValueFromOperand(input) ? load(*input, indices) : Value());
    return values;
  }

  SmallVector<Value> loadOutputs(ArrayRef<Value> indices) {
    SmallVector<Value> values;
    for (OpOperand &output : op.getDpsInitsMutable())
      values.push_back(op.payloadUsesValueFromOperand(&output) ? load(output, indices) : Value());
    return values;
  }

  void store(ValueRange values, ArrayRef<Value> indices) {
    for (auto [output, value] : llvm::zip_equal(op.getDpsInitsMutable(), values)) {
      Value buffer = behindViews(output.get());
      if (std::optional<int64_t> place = registerAt(output, indices))
        registers.values[buffer][*place] = value;
      else
        registers.values.erase(buffer);
      if (registers.group.inRegisters.contains(buffer))
        continue;
      auto [memory, indicesThere] = placeOf(output, indices);
      memref::StoreOp::create(b, loc, value, memory, indicesThere);
    }
  }

  /// The body's values for one iteration.
  SmallVector<Value> evaluate(ArrayRef<Value> indices, ArrayRef<Value> inputs, ArrayRef<Value> outputs) {
    IRMapping mapping;
    SmallVector<Value> given(inputs);
    llvm::append_range(given, outputs);
    for (auto [argument, value] : llvm::zip_equal(op.getBody()->getArguments(), given))
      if (value)
        mapping.map(argument, value);
    for (Operation &inner : op.getBody()->without_terminator()) {
      if (auto position = dyn_cast<linalg::IndexOp>(inner))
        mapping.map(position.getResult(), indices[position.getDim()]);
      else
        b.clone(inner, mapping);
    }
    SmallVector<Value> values;
    for (Value value : op.getBody()->getTerminator()->getOperands())
      values.push_back(mapping.lookupOrDefault(value));
    return values;
  }

  /// Runs `body` under the condition that `position` is below `count`; without one where that is certain.
  void guarded(Value position, int64_t count, int64_t launched, function_ref<void()> body) {
    if (count == launched)
      return body();
    Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, position, index(count));
    auto branch = scf::IfOp::create(b, loc, inside, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    body();
  }
};

/// Indices of all dimensions from those of the two kinds.
SmallVector<Value> allIndices(const Dimensions &d, ArrayRef<Value> parallel, ArrayRef<Value> reduced) {
  SmallVector<Value> indices(parallel.size() + reduced.size());
  for (auto [dimension, value] : llvm::zip_equal(d.parallel, parallel))
    indices[dimension] = value;
  for (auto [dimension, value] : llvm::zip_equal(d.reduced, reduced))
    indices[dimension] = value;
  return indices;
}

//===----------------------------------------------------------------------===//
// A thread's elements
//===----------------------------------------------------------------------===//

/// Indices of the thread's elements, the neighbours from `number * perThread`; their positions where they
/// need not be of one row.
SmallVector<SmallVector<Value>> placesOfElements(Writer &w, SmallVector<int64_t> sizes, int64_t perThread,
                                                 Value number) {
  SmallVector<SmallVector<Value>> places;
  if (perThread == 1 || sizes.back() % perThread != 0) {
    for (int64_t i = 0; i < perThread; ++i) {
      Value first = w.times(number, perThread);
      Value position = i == 0 ? first : w.add(first, w.index(i));
      places.push_back(w.unravel(position, sizes));
      if (perThread > 1)
        w.positions.push_back(position);
    }
    return places;
  }
  sizes.back() /= perThread;
  SmallVector<Value> first = w.unravel(number, sizes);
  first.back() = sizes.back() == 1 ? w.index(0) : w.times(first.back(), perThread);
  for (int64_t i = 0; i < perThread; ++i) {
    places.push_back(first);
    if (i > 0)
      places.back().back() = sizes.back() == 1 ? w.index(i) : w.add(first.back(), w.index(i));
  }
  return places;
}

/// Loads of all elements first, then all computation, then all stores: neighbours become one access of 16
/// bytes.
void buildElements(Writer &w, const Dimensions &d, const PartPlan &plan, Value number) {
  SmallVector<SmallVector<Value>> places = placesOfElements(w, d.parallelSizes, plan.perThread, number);
  SmallVector<SmallVector<Value>> inputs, outputs, values;
  for (w.element = 0; w.element < plan.perThread; ++w.element) {
    inputs.push_back(w.loadInputs(places[w.element]));
    outputs.push_back(w.loadOutputs(places[w.element]));
  }
  for (int64_t i = 0; i < plan.perThread; ++i)
    values.push_back(w.evaluate(places[i], inputs[i], outputs[i]));
  for (w.element = 0; w.element < plan.perThread; ++w.element)
    w.store(values[w.element], places[w.element]);
}

/// Joins the elements `begin`, `begin + step` and so on of a reduction to the values of `start`.
SmallVector<Value> accumulate(Writer &w, const Dimensions &d, ArrayRef<Value> parallel, Value begin,
                              int64_t step, ValueRange start) {
  auto loop = scf::ForOp::create(w.b, w.loc, begin, w.index(d.reductions()), w.index(step), start);
  OpBuilder::InsertionGuard guard(w.b);
  w.b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> at = allIndices(d, parallel, w.unravel(loop.getInductionVar(), d.reducedSizes));
  SmallVector<Value> soFar(loop.getRegionIterArgs());
  scf::YieldOp::create(w.b, w.loc, w.evaluate(at, w.loadInputs(at), soFar));
  return SmallVector<Value>(loop.getResults());
}

/// Where a reduction's results stand.
SmallVector<Value> placeOfResult(Writer &w, const Dimensions &d, ArrayRef<Value> parallel) {
  return allIndices(d, parallel, SmallVector<Value>(d.reduced.size(), w.index(0)));
}

/// One element, its reduction in order.
void buildReduction(Writer &w, const Dimensions &d, ArrayRef<Value> parallel) {
  SmallVector<Value> place = placeOfResult(w, d, parallel), start;
  for (OpOperand &output : w.op.getDpsInitsMutable())
    start.push_back(w.load(output, place));
  if (w.registers.group.kind != KernelGroup::Rows || !isShortRow(w.op))
    return w.store(accumulate(w, d, parallel, w.index(0), 1, start), place);
  for (int64_t i = 0; i < d.reductions(); ++i) {
    SmallVector<Value> at = allIndices(d, parallel, w.unravel(w.index(i), d.reducedSizes));
    start = w.evaluate(at, w.loadInputs(at), start);
  }
  w.store(start, place);
}

/// One row of an operation over rows, element after element; a short one without a loop, so that its places
/// in registers are known.
void buildRow(Writer &w, Value row) {
  Dimensions d(w.op);
  ArrayRef<int64_t> inner = ArrayRef<int64_t>(d.parallelSizes).drop_front();
  auto element = [&](Value position) {
    SmallVector<Value> parallel{row};
    llvm::append_range(parallel, w.unravel(position, inner));
    if (!d.reduced.empty())
      return buildReduction(w, d, parallel);
    SmallVector<Value> values = w.evaluate(parallel, w.loadInputs(parallel), w.loadOutputs(parallel));
    w.store(values, parallel);
  };
  if (computeProduct(inner) == 1 || isShortRow(w.op)) {
    for (int64_t i = 0; i < computeProduct(inner); ++i)
      element(w.index(i));
    return;
  }
  auto loop = scf::ForOp::create(w.b, w.loc, w.index(0), w.index(computeProduct(inner)), w.index(1));
  OpBuilder::InsertionGuard guard(w.b);
  w.b.setInsertionPointToStart(loop.getBody());
  element(loop.getInductionVar());
}

//===----------------------------------------------------------------------===//
// A block's reduction
//===----------------------------------------------------------------------===//

Value combine(Writer &w, unsigned i, Value x, Value y) {
  Operation *combiner = combinerOf(w.op, i);
  Operation *copy = w.b.clone(*combiner);
  copy->setOperands({x, y});
  return copy->getResult(0);
}

Value neutral(Writer &w, unsigned i) {
  return arith::ConstantOp::create(w.b, w.loc, *arith::getNeutralElement(combinerOf(w.op, i)));
}

/// Every thread of a warp gets the combination of all its threads' values.
Value combineWarp(Writer &w, unsigned i, Value value) {
  for (int32_t distance = warp / 2; distance > 0; distance /= 2) {
    auto other = gpu::ShuffleOp::create(w.b, w.loc, value, distance, warp, gpu::ShuffleMode::XOR);
    value = combine(w, i, value, other.getShuffleResult());
  }
  return value;
}

/// Every warp puts its value into shared memory, then each combines all of them.
Value combineBlock(Writer &w, unsigned i, Value value, Value shared, int64_t warps) {
  value = combineWarp(w, i, value);
  if (warps == 1)
    return value;
  Value lane = arith::RemUIOp::create(w.b, w.loc, w.thread(), w.index(warp));
  Value number = arith::DivUIOp::create(w.b, w.loc, w.thread(), w.index(warp));
  // All threads of a warp have the same value: which of them is stored does not matter.
  memref::StoreOp::create(w.b, w.loc, value, shared, number);
  gpu::BarrierOp::create(w.b, w.loc);
  Value holds = arith::CmpIOp::create(w.b, w.loc, arith::CmpIPredicate::ult, lane, w.index(warps));
  Value safe = arith::SelectOp::create(w.b, w.loc, holds, lane, w.index(0));
  Value part = memref::LoadOp::create(w.b, w.loc, shared, safe);
  return combineWarp(w, i, arith::SelectOp::create(w.b, w.loc, holds, part, neutral(w, i)));
}

/// A thread takes every `threads`-th element of the reduction, so that a warp reads one piece of memory.
void buildBlockWide(Writer &w, const Dimensions &d, const PartPlan &plan, Value block, ValueRange shared) {
  SmallVector<Value> parallel = w.unravel(block, d.parallelSizes), start;
  for (unsigned i = 0; i < w.op.getNumDpsInits(); ++i)
    start.push_back(neutral(w, i));
  SmallVector<Value> values = accumulate(w, d, parallel, w.thread(), plan.threads, start);
  for (auto [i, value] : llvm::enumerate(values))
    value = combineBlock(w, i, value, shared.empty() ? Value() : shared[i], plan.threads / warp);
  w.guarded(w.thread(), 1, plan.threads, [&] {
    SmallVector<Value> place = placeOfResult(w, d, parallel);
    for (auto [i, output] : llvm::enumerate(w.op.getDpsInitsMutable()))
      values[i] = combine(w, i, w.load(output, place), values[i]);
    w.store(values, place);
  });
}

/// What the thread of this number does.
void buildThread(OpBuilder &builder, Registers &registers, const PartPlan &plan, Value number) {
  for (linalg::GenericOp op : registers.group.ops) {
    Writer w{builder, op, registers};
    Dimensions d(op);
    if (plan.kind == PartPlan::Rows)
      buildRow(w, number);
    else if (d.reduced.empty())
      buildElements(w, d, plan, number);
    else
      buildReduction(w, d, w.unravel(number, d.parallelSizes));
  }
}

} // namespace

SmallVector<Type> sharedBuffers(linalg::GenericOp op, const PartPlan &plan) {
  SmallVector<Type> types;
  if (plan.kind != PartPlan::BlockWide || plan.threads == warp)
    return types;
  auto space = gpu::AddressSpaceAttr::get(op.getContext(), gpu::AddressSpace::Workgroup);
  for (Value output : op.getDpsInits()) {
    Type element = cast<MemRefType>(output.getType()).getElementType();
    types.push_back(MemRefType::get({plan.threads / warp}, element, MemRefLayoutAttrInterface(), space));
  }
  return types;
}

/// The part's work in the block of this number among its own.
static void buildPart(OpBuilder &builder, const KernelGroup &group, const PartPlan &plan, Value block,
                      ValueRange shared) {
  Registers registers(group);
  Writer w{builder, group.ops.front(), registers};
  if (plan.kind == PartPlan::BlockWide)
    return buildBlockWide(w, Dimensions(w.op), plan, block, shared);
  Value number = w.add(w.times(block, plan.threads), w.thread());
  w.guarded(number, plan.work, plan.threads * plan.blocks,
            [&] { buildThread(builder, registers, plan, number); });
}

void buildKernelBody(OpBuilder &builder, ArrayRef<KernelGroup> parts, ArrayRef<PartPlan> plans,
                     ValueRange shared) {
  Location loc = parts.front().ops.front()->getLoc();
  auto index = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); };
  OpBuilder::InsertionGuard guard(builder);
  Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  int64_t begin = 0;
  for (auto [group, plan] : llvm::zip_equal(parts.drop_back(), plans.drop_back())) {
    Value first = begin == 0 ? block : Value(arith::SubIOp::create(builder, loc, block, index(begin)));
    begin += plan.blocks;
    Value here = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, block, index(begin));
    auto branch = scf::IfOp::create(builder, loc, here, /*withElseRegion=*/true);
    builder.setInsertionPointToStart(branch.thenBlock());
    buildPart(builder, group, plan, first, shared);
    builder.setInsertionPointToStart(branch.elseBlock());
  }
  Value first = begin == 0 ? block : Value(arith::SubIOp::create(builder, loc, block, index(begin)));
  buildPart(builder, parts.back(), plans.back(), first, shared);
}

} // namespace switchyard
