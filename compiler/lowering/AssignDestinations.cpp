// Gives results and loop-carried values their buffers before bufferization, which then decides where writing
// straight into them is legal and where a copy is needed.
#include "compiler/lowering/Passes.h"
#include "compiler/lowering/Signatures.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

using namespace mlir;

namespace switchyard {

#define GEN_PASS_DEF_ASSIGNDESTINATIONS
#include "compiler/lowering/Passes.h.inc"

namespace {

/// Lets the operation that computes `value` write into `destination`, if it has no buffer of its own yet.
void writeStraight(Value value, Value destination) {
  auto writer = value.getDefiningOp<DestinationStyleOpInterface>();
  if (!writer || isa<linalg::CopyOp>(writer) ||
      writer->getBlock() != destination.getParentBlock()) // the destination must be there already
    return;
  OpOperand *init = writer.getTiedOpOperand(cast<OpResult>(value));
  if (init->get().getDefiningOp<tensor::EmptyOp>()) {
    init->set(destination);
    return;
  }
  // A sum's start value: the fill writes into the destination first.
  if (auto fill = init->get().getDefiningOp<linalg::FillOp>(); fill && fill->hasOneUse())
    writeStraight(fill.getResult(0), destination);
}

/// Makes operand `use` of a terminator the contents of `destination`.
void materialize(OpBuilder &builder, OpOperand &use, Value destination) {
  if (use.get() == destination)
    return;
  writeStraight(use.get(), destination);
  auto stored = bufferization::MaterializeInDestinationOp::create(
      builder, use.getOwner()->getLoc(), destination.getType(), use.get(), destination);
  use.set(stored.getResult());
}

Value copyOf(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType());
  return linalg::CopyOp::create(builder, loc, value, empty).getResult(0);
}

/// A loop-carried value that becomes another's next value is read before any is overwritten.
void copyExchanged(OpBuilder &builder, scf::ForOp loop) {
  Operation *yield = loop.getBody()->getTerminator();
  for (auto [use, argument] : llvm::zip_equal(yield->getOpOperands(), loop.getRegionIterArgs())) {
    auto type = dyn_cast<RankedTensorType>(use.get().getType());
    if (!type || use.get() == argument || !isa<BlockArgument>(use.get()))
      continue;
    use.set(copyOf(builder, loop.getLoc(), use.get()));
  }
}

/// A loop inside another that goes on with one of its values writes into a buffer of its own: the outer
/// loop's is written once the inner one is done.
void copyStarts(scf::ForOp loop) {
  OpBuilder builder(loop);
  for (OpOperand &start : loop.getInitArgsMutable())
    if (isa<BlockArgument>(start.get()) && isa<RankedTensorType>(start.get().getType()) &&
        isa<scf::ForOp>(start.get().getParentBlock()->getParentOp()))
      start.set(copyOf(builder, loop.getLoc(), start.get()));
}

void assignLoop(scf::ForOp loop) {
  Operation *yield = loop.getBody()->getTerminator();
  OpBuilder builder(yield);
  copyStarts(loop);
  copyExchanged(builder, loop);
  for (auto [i, argument] : llvm::enumerate(loop.getRegionIterArgs()))
    if (isa<RankedTensorType>(argument.getType()))
      materialize(builder, yield->getOpOperand(i), argument);
}

/// A value that several results name (equal zeros, say) fills one buffer; the other results copy it.
void copyDuplicates(OpBuilder &builder, Operation *exit) {
  llvm::DenseSet<Value> seen;
  for (OpOperand &use : exit->getOpOperands()) {
    if (!seen.insert(use.get()).second)
      use.set(copyOf(builder, exit->getLoc(), use.get()));
  }
}

/// Equal empty tensors have become one, and would become one buffer with one long life: each user gets its
/// own again, where it is needed.
void giveEachItsOwn(tensor::EmptyOp empty) {
  for (OpOperand &use : llvm::make_early_inc_range(empty->getUses())) {
    OpBuilder builder(use.getOwner());
    use.set(builder.clone(*empty)->getResult(0));
  }
  empty.erase();
}

struct AssignDestinationsPass : impl::AssignDestinationsBase<AssignDestinationsPass> {
  void runOnOperation() override {
    SmallVector<tensor::EmptyOp> empties;
    getOperation().walk([&](tensor::EmptyOp empty) { empties.push_back(empty); });
    llvm::for_each(empties, giveEachItsOwn);
    getOperation().walk([](scf::ForOp loop) { assignLoop(loop); });
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(entryAttribute) && failed(assignFunction(function)))
        return signalPassFailure();
  }

private:
  LogicalResult assignFunction(func::FuncOp function) {
    SmallVector<StringRef> access(function.getNumArguments(), "in");
    SmallVector<Attribute> signature;
    if (failed(readInto(function, access)) || failed(recordArguments(function, access, signature)))
      return failure();
    FailureOr<SmallVector<Value>> destinations = destinationsOf(function, access, signature);
    if (failed(destinations))
      return failure();
    Builder attributes(&getContext());
    function->setAttr(signatureAttribute, attributes.getArrayAttr(signature));
    for (auto [i, how] : llvm::enumerate(access))
      function.setArgAttrs(i, attributes.getDictionaryAttr(attributes.getNamedAttr(
                                  bufferization::BufferizationDialect::kWritableAttrName,
                                  attributes.getBoolAttr(how != "in"))));
    Operation *exit = function.getBody().front().getTerminator();
    OpBuilder builder(exit);
    copyDuplicates(builder, exit);
    for (auto [i, destination] : llvm::enumerate(*destinations)) {
      materialize(builder, exit->getOpOperand(i), destination);
      function.setResultAttrs(i, DictionaryAttr::get(&getContext()));
    }
    return success();
  }

  /// Marks the arguments that results are written into.
  static LogicalResult readInto(func::FuncOp function, MutableArrayRef<StringRef> access) {
    for (unsigned i = 0; i < function.getNumResults(); ++i) {
      auto into = function.getResultAttrOfType<IntegerAttr>(i, intoAttribute);
      if (!into)
        continue;
      if (into.getInt() < 0 || into.getInt() >= function.getNumArguments() ||
          function.getArgumentTypes()[into.getInt()] != function.getResultTypes()[i])
        return function.emitOpError("result ")
               << i << " names argument " << into.getInt() << " of another type";
      access[into.getInt()] = "inout";
    }
    return success();
  }

  static LogicalResult recordArguments(func::FuncOp function, ArrayRef<StringRef> access,
                                       SmallVectorImpl<Attribute> &signature) {
    for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor)
        return function.emitOpError("argument ") << i << " is no tensor";
      signature.push_back(makeArgumentAttr(tensor, function.getArgAttrDict(i), access[i]));
    }
    return success();
  }

  /// The argument that each result goes into: the one it names, or a new one.
  static FailureOr<SmallVector<Value>> destinationsOf(func::FuncOp function,
                                                      SmallVectorImpl<StringRef> &access,
                                                      SmallVectorImpl<Attribute> &signature) {
    SmallVector<Value> destinations;
    for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
      if (auto into = function.getResultAttrOfType<IntegerAttr>(i, intoAttribute)) {
        destinations.push_back(function.getArgument(into.getInt()));
        continue;
      }
      signature.push_back(
          makeArgumentAttr(cast<RankedTensorType>(type), function.getResultAttrDict(i), "out"));
      access.push_back("out");
      unsigned next = function.getNumArguments();
      if (failed(function.insertArgument(next, type, {}, function.getLoc())))
        return failure();
      destinations.push_back(function.getArgument(next));
    }
    return destinations;
  }
};

} // namespace
} // namespace switchyard
