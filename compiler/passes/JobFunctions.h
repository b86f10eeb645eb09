// What passes over jobs and their functions ask first.
#ifndef SWITCHYARD_COMPILER_PASSES_JOBFUNCTIONS_H
#define SWITCHYARD_COMPILER_PASSES_JOBFUNCTIONS_H

#include "dialect/Experiment.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace switchyard {

/// That every job has its functions; an error at the first that has not.
inline mlir::LogicalResult needFunctions(mlir::ModuleOp module, const mlir::SymbolTable &symbols) {
  auto isThere = [&](const swy::JobCall &call) {
    auto function = call.function ? symbols.lookup<mlir::func::FuncOp>(call.function.getValue()) : nullptr;
    return function && !function.isExternal();
  };
  mlir::WalkResult all = module.walk([&](swy::JobOpInterface job) -> mlir::WalkResult {
    if (llvm::all_of(job.getCalls(), isThere))
      return mlir::WalkResult::advance();
    return job.emitError("has no functions: swy-build-programs must run first");
  });
  return mlir::failure(all.wasInterrupted());
}

} // namespace switchyard

#endif
