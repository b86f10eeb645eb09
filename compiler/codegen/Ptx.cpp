// Prints optimized LLVM IR as PTX.
#include "compiler/codegen/Ptx.h"

#include "compiler/codegen/Failure.h"
#include "compiler/codegen/OptimizedModule.h"
#include "compiler/codegen/Target.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"

using namespace llvm;

namespace switchyard {

Expected<std::string> emitPtx(mlir::Operation *kernels, StringRef chip) {
  auto machine = createGpuMachine(chip);
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  auto module = optimizedModule(kernels, **machine, context);
  if (!module)
    return module.takeError();
  SmallString<0> text;
  raw_svector_ostream stream(text);
  legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, CodeGenFileType::AssemblyFile))
    return failure("this LLVM writes no PTX");
  passes.run(**module);
  if (size_t place = text.find(".extern .func"); place != StringRef::npos)
    return failure("a kernel calls what is not there: " + text.str().substr(place).take_until([](char c) {
      return c == ';';
    }) + " (a bug in the compiler)");
  return text.str().str();
}

} // namespace switchyard
