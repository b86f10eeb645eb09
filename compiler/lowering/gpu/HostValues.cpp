// A computed scalar is written by one linalg operation without dimensions; if all that it reads is given, its
// body can stand where the scalar is loaded.
#include "compiler/lowering/gpu/HostValues.h"

#include "compiler/lowering/Signatures.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace switchyard {

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
    if (!generic || !llvm::is_contained(generic.getDpsInits(), buffer))
      continue;
    if (writer || generic.getNumLoops() != 0)
      return {};
    writer = generic;
  }
  return writer;
}

/// The scalar as a value at the builder's place, or null where it does not follow from given ones.
static Value scalarOf(OpBuilder &builder, Location loc, Value buffer) {
  if (isGivenScalar(buffer))
    return memref::LoadOp::create(builder, loc, buffer);
  linalg::GenericOp writer = writerOf(buffer);
  if (!writer)
    return {};
  auto readsOther = [](Operation &inner) {
    auto load = dyn_cast<memref::LoadOp>(inner);
    return load && !isGivenScalar(load.getMemRef());
  };
  if (llvm::any_of(writer.getBody()->getOperations(), readsOther))
    return {};
  IRMapping mapping;
  for (OpOperand *input : writer.getDpsInputOperands()) {
    Value value =
        isa<MemRefType>(input->get().getType()) ? scalarOf(builder, loc, input->get()) : input->get();
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
    Value value = scalarOf(builder, load.getLoc(), load.getMemRef());
    if (!value)
      continue; // HostScalars says what is wrong
    load.replaceAllUsesWith(value);
    load.erase();
  }
}

} // namespace switchyard
