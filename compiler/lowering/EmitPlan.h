// The plan of docs/artifact.md, from the jobs and cells of a module: what the runtime is told to do.
#ifndef SWITCHYARD_COMPILER_LOWERING_EMITPLAN_H
#define SWITCHYARD_COMPILER_LOWERING_EMITPLAN_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <string>

namespace switchyard {

/// What the plan says of the program as a whole.
struct ProgramFacts {
  std::string file, resolved, compiler, cpu;
  std::map<std::string, std::string>
      modules; ///< texts of the used modules, by their place beside the program
  int64_t seed = 1;
};

/// `datasets`, `jobs` and `experiments`. Reads the module after the program pipeline, before lowering.
llvm::json::Object emitJobs(mlir::ModuleOp module);

/// Takes everything but functions out of the module, so that it can be lowered.
void dropExperimentLevel(mlir::ModuleOp module);

/// `functions`, from the signatures that lowering has recorded. `device` holds the device functions of the
/// same names, or is null where there are none.
llvm::json::Array emitFunctions(mlir::ModuleOp lowered, mlir::ModuleOp device = {});

/// The whole plan as text.
std::string planText(llvm::json::Object jobs, llvm::json::Array functions, const ProgramFacts &facts);

} // namespace switchyard

#endif
