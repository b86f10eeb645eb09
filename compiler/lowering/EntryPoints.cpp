// Reads runtime/contract/entry_points.def into LLVM declarations.
#include "compiler/lowering/EntryPoints.h"

using namespace mlir;

namespace switchyard {
namespace {

enum Kind { CONTEXT, INT, HANDLE, IN, OUT, INDICES, INDICES_OUT, BODY, ENV, TEXT, VOID };

struct EntryPoint {
  StringRef name;
  Kind result;
  SmallVector<Kind, 16> parameters;
};

const SmallVector<EntryPoint> &table() {
  static const SmallVector<EntryPoint> entries = {
#define SWY_KINDS(...) {__VA_ARGS__}
#define SWY_ENTRY(name, result, parameters) {#name, result, SWY_KINDS parameters},
#include "runtime/contract/entry_points.def"
#undef SWY_KINDS
  };
  return entries;
}

Type typeOf(Kind kind, MLIRContext *context) {
  if (kind == VOID)
    return LLVM::LLVMVoidType::get(context);
  if (kind == INT)
    return IntegerType::get(context, 64);
  return LLVM::LLVMPointerType::get(context);
}

} // namespace

LLVM::LLVMFuncOp declareEntryPoint(ModuleOp module, StringRef name) {
  if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return known;
  const auto *entry = llvm::find_if(table(), [&](const EntryPoint &e) { return e.name == name; });
  assert(entry != table().end() && "not in runtime/contract/entry_points.def");
  MLIRContext *context = module.getContext();
  SmallVector<Type> parameters;
  for (Kind kind : entry->parameters)
    parameters.push_back(typeOf(kind, context));
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  return LLVM::LLVMFuncOp::create(builder, module.getLoc(), name,
                                  LLVM::LLVMFunctionType::get(typeOf(entry->result, context), parameters));
}

} // namespace switchyard
