// A computed scalar is written by one linalg operation without dimensions; if all that it reads is given, its
// body can stand where the scalar is read.
#include "compiler/lowering/gpu/HostValues.h"

#include "compiler/lowering/Signatures.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace switchyard {

/// What a kernel's threads may each do to save one thread's kernel before it.
static constexpr int64_t operationsInKernels = 16;

bool isGivenScalar(Value buffer) {
  auto argument = dyn_cast<BlockArgument>(buffer);
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!argument || !type || type.getRank() != 0)
    return false;
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto signature = function ? function->getAttrOfType<ArrayAttr>(signatureAttribute) : ArrayAttr();
  if (!signature || argument.getArgNumber() >= signature.size())
    return false;
  return cast<DictionaryAttr>(signature[argument.getArgNumber()]).getAs<StringAttr>("access") == "in";
}

/// The one operation that writes the scalar, if it has no dimensions.
static linalg::GenericOp writerOf(Value buffer) {
  linalg::GenericOp writer;
  for (Operation *user : buffer.getUsers()) {
    auto generic = dyn_cast<linalg::GenericOp>(user);
    if (!generic && !isa<memref::LoadOp>(user))
      return {};
    if (!generic || !llvm::is_contained(generic.getDpsInits(), buffer))
      continue;
    if (writer || generic.getNumLoops() != 0)
      return {};
    writer = generic;
  }
  return writer;
}

/// The scalar as a value at the builder's place, or null where it does not follow from given ones in so many
/// operations.
static Value scalarOf(OpBuilder &builder, Location loc, Value buffer, int64_t operations) {
  if (isGivenScalar(buffer))
    return memref::LoadOp::create(builder, loc, buffer);
  linalg::GenericOp writer = writerOf(buffer);
  if (!writer)
    return {};
  operations -= static_cast<int64_t>(writer.getBody()->getOperations().size());
  if (operations < 0)
    return {};
  auto readsOther = [](Operation &inner) {
    auto load = dyn_cast<memref::LoadOp>(inner);
    return load && !isGivenScalar(load.getMemRef());
  };
  if (llvm::any_of(writer.getBody()->getOperations(), readsOther))
    return {};
  IRMapping mapping;
  for (OpOperand *input : writer.getDpsInputOperands()) {
    Value value = isa<MemRefType>(input->get().getType()) ? scalarOf(builder, loc, input->get(), operations)
                                                          : input->get();
    if (!value)
      return {};
    mapping.map(writer.getMatchingBlockArgument(input), value);
  }
  for (OpOperand &output : writer.getDpsInitsMutable())
    if (writer.payloadUsesValueFromOperand(&output))
      return {};
  for (Operation &inner : writer.getBody()->without_terminator())
    builder.clone(inner, mapping);
  unsigned place = std::distance(writer.getDpsInits().begin(), llvm::find(writer.getDpsInits(), buffer));
  return mapping.lookupOrDefault(writer.getBody()->getTerminator()->getOperand(place));
}

void computeOnHost(func::FuncOp function) {
  SmallVector<memref::LoadOp> loads;
  function.walk([&](memref::LoadOp load) {
    if (!load->getParentOfType<linalg::GenericOp>() && load.getMemRefType().getRank() == 0 &&
        !isGivenScalar(load.getMemRef()))
      loads.push_back(load);
  });
  for (memref::LoadOp load : loads) {
    OpBuilder builder(load);
    Value value = scalarOf(builder, load.getLoc(), load.getMemRef(), INT64_MAX);
    if (!value)
      continue; // HostScalars says what is wrong
    load.replaceAllUsesWith(value);
    load.erase();
  }
}

void computeInKernels(func::FuncOp function) {
  SmallVector<OpOperand *> scalars;
  function.walk([&](linalg::GenericOp op) {
    for (OpOperand *input : op.getDpsInputOperands())
      if (auto type = dyn_cast<MemRefType>(input->get().getType()))
        if (type.getRank() == 0 && !isGivenScalar(input->get()))
          scalars.push_back(input);
  });
  SetVector<Operation *> writers;
  for (OpOperand *scalar : scalars) {
    OpBuilder builder(scalar->getOwner());
    linalg::GenericOp writer = writerOf(scalar->get());
    if (Value value = scalarOf(builder, scalar->getOwner()->getLoc(), scalar->get(), operationsInKernels)) {
      scalar->set(value);
      writers.insert(writer);
    }
  }
  auto isUnread = [](Value buffer) { return buffer.hasOneUse() && buffer.getDefiningOp<memref::ViewOp>(); };
  for (Operation *writer : writers)
    if (llvm::all_of(cast<linalg::GenericOp>(writer).getDpsInits(), isUnread))
      writer->erase();
}

} // namespace switchyard
