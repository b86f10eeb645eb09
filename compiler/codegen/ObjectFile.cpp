// Writes optimized LLVM IR as code or text, with the data that goes into an object.
#include "compiler/codegen/ObjectFile.h"

#include "compiler/codegen/Failure.h"
#include "compiler/codegen/OptimizedModule.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"

using namespace llvm;

namespace switchyard {
namespace {

void define(Module &module, Constant *value, StringRef name) {
  new GlobalVariable(module, value->getType(), true, GlobalValue::ExternalLinkage, value, name);
}

void exportTable(Module &module, const ArtifactData &data) {
  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::get(context, 0), *number = Type::getInt64Ty(context);
  StructType *type = StructType::get(pointer, pointer, number);
  SmallVector<Constant *> entries;
  for (const auto &[name, parameters] : data.table) {
    Constant *text = ConstantDataArray::getString(context, name);
    auto *global = new GlobalVariable(module, text->getType(), true, GlobalValue::PrivateLinkage, text);
    entries.push_back(
        ConstantStruct::get(type, {global, module.getFunction(name), ConstantInt::get(number, parameters)}));
  }
  entries.push_back(ConstantAggregateZero::get(type));
  define(module, ConstantArray::get(ArrayType::get(type, entries.size()), entries), data.tableSymbol);
}

void exportData(Module &module, const ArtifactData &data) {
  for (const auto &[symbol, text] : data.texts)
    define(module, ConstantDataArray::getString(module.getContext(), text), symbol);
  for (const auto &[symbol, number] : data.numbers)
    define(module, ConstantInt::get(Type::getInt32Ty(module.getContext()), number), symbol);
  if (!data.tableSymbol.empty())
    exportTable(module, data);
}

} // namespace

Error emitObject(mlir::ModuleOp source, const ArtifactData &data, const TargetOptions &options,
                 raw_pwrite_stream &output) {
  auto machine = createTargetMachine(options);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  auto module = optimizedModule(source, **machine, context);
  if (!module)
    return module.takeError();
  exportData(**module, data);
  legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, output, nullptr, CodeGenFileType::ObjectFile))
    return failure("this LLVM writes no object files for x86-64");
  passes.run(**module);
  return Error::success();
}

Error emitLLVMText(mlir::ModuleOp source, const TargetOptions &options, raw_ostream &output) {
  auto machine = createTargetMachine(options);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  auto module = optimizedModule(source, **machine, context);
  if (!module)
    return module.takeError();
  (*module)->print(output, nullptr);
  return Error::success();
}

} // namespace switchyard
