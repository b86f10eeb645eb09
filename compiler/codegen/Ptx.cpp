// Translates to LLVM IR, runs the O3 pipeline for the GPU, and prints PTX.
#include "compiler/codegen/Ptx.h"

#include "compiler/codegen/Target.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace switchyard {

static Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

Expected<std::string> emitPtx(mlir::Operation *kernels, StringRef chip) {
  auto machine = createGpuMachine(chip);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(kernels, context, "switchyard");
  if (!module)
    return failure("the kernels have no form in LLVM's representation (a bug in the compiler)");
  module->setTargetTriple((*machine)->getTargetTriple());
  module->setDataLayout((*machine)->createDataLayout());
  if (Error error = mlir::makeOptimizingTransformer(3, 0, machine->get())(module.get()))
    return error;
  SmallString<0> text;
  raw_svector_ostream stream(text);
  legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, CodeGenFileType::AssemblyFile))
    return failure("this LLVM writes no PTX");
  passes.run(*module);
  if (size_t place = text.find(".extern .func"); place != StringRef::npos)
    return failure("a kernel calls what is not there: " + text.str().substr(place).take_until([](char c) {
      return c == ';';
    }) + " (a bug in the compiler)");
  return text.str().str();
}

} // namespace switchyard
