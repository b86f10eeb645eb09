// Translates to LLVM IR, stamps the target on every function, and runs the O3 pipeline.
#include "compiler/codegen/OptimizedModule.h"

#include "compiler/codegen/Failure.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LLVMContext.h"

using namespace llvm;

namespace switchyard {

/// Without a triple and a processor on every function LLVM does not vectorize.
static void stampTarget(Module &module, const TargetMachine &machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
  for (Function &function : module)
    if (!function.isDeclaration()) {
      function.addFnAttr("target-cpu", machine.getTargetCPU());
      function.addFnAttr("target-features", machine.getTargetFeatureString());
      function.addFnAttr(Attribute::NoUnwind);
    }
}

Expected<std::unique_ptr<Module>> optimizedModule(mlir::Operation *source, TargetMachine &machine,
                                                  LLVMContext &context) {
  std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(source, context, "switchyard");
  if (!module)
    return failure("the lowered program has no form in LLVM's representation (a bug in the compiler)");
  stampTarget(*module, machine);
  if (Error error = mlir::makeOptimizingTransformer(3, 0, &machine)(module.get()))
    return error;
  return module;
}

} // namespace switchyard
