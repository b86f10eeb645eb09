// Writes and reads the attribute that carries an entry function's signature through the lowering.
#include "compiler/lowering/Signatures.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace switchyard {

DictionaryAttr makeArgumentAttr(RankedTensorType type, DictionaryAttr attributes, StringRef access) {
  Builder builder(type.getContext());
  auto text = [&](StringRef key) -> Attribute {
    auto value = attributes ? attributes.getAs<StringAttr>(key) : StringAttr();
    return value ? value : builder.getStringAttr("");
  };
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("access", builder.getStringAttr(access)),
       builder.getNamedAttr("name", text(nameAttribute)), builder.getNamedAttr("role", text(roleAttribute)),
       builder.getNamedAttr("shape", builder.getDenseI64ArrayAttr(type.getShape())),
       builder.getNamedAttr("type", TypeAttr::get(type.getElementType()))});
}

static ArgumentSignature readArgument(DictionaryAttr attribute) {
  ArgumentSignature argument;
  argument.role = attribute.getAs<StringAttr>("role").str();
  argument.name = attribute.getAs<StringAttr>("name").str();
  argument.access = attribute.getAs<StringAttr>("access").str();
  llvm::raw_string_ostream(argument.type) << attribute.getAs<TypeAttr>("type").getValue();
  argument.shape = attribute.getAs<DenseI64ArrayAttr>("shape").asArrayRef().vec();
  return argument;
}

std::vector<FunctionSignature> collectSignatures(ModuleOp module) {
  std::vector<FunctionSignature> signatures;
  for (Operation &op : module.getBody()->getOperations()) {
    auto recorded = op.getAttrOfType<ArrayAttr>(signatureAttribute);
    if (!recorded)
      continue;
    FunctionSignature signature;
    signature.name = SymbolTable::getSymbolName(&op).str();
    for (auto argument : recorded.getAsRange<DictionaryAttr>())
      signature.arguments.push_back(readArgument(argument));
    if (auto batch = op.getAttrOfType<IntegerAttr>(batchAttribute))
      signature.batch = batch.getInt();
    signature.restarts = op.getAttr(restartsAttribute);
    signature.oneDraw = op.hasAttr(oneDrawAttribute);
    if (auto gradients = op.getAttrOfType<ArrayAttr>(gradientsAttribute))
      for (StringRef place : gradients.getAsValueRange<StringAttr>())
        signature.gradients.push_back(place.str());
    if (auto comparisons = op.getAttrOfType<ArrayAttr>(comparisonsAttribute))
      for (StringRef place : comparisons.getAsValueRange<StringAttr>())
        signature.comparisons.push_back(place.str());
    if (auto finishes = op.getAttrOfType<ArrayAttr>(finishesAttribute))
      for (StringRef place : finishes.getAsValueRange<StringAttr>())
        signature.finishes.push_back(place.str());
    if (auto givens = op.getAttrOfType<ArrayAttr>(givensAttribute))
      for (StringRef place : givens.getAsValueRange<StringAttr>())
        signature.givens.push_back(place.str());
    if (auto bytes = op.getAttrOfType<IntegerAttr>(arenaAttribute))
      signature.arenaBytes = bytes.getInt();
    signature.arguments.push_back(
        {rt::roleName(rt::Role::Arena), "", "i8", {signature.arenaBytes}, "scratch"});
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      for (unsigned i = 0; i < function.getNumArguments(); ++i)
        if (auto place = function.getArgAttrOfType<IntegerAttr>(i, hostCopyAttribute))
          signature.hostCopies.push_back(place.getInt());
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

} // namespace switchyard
