// The plan of docs/artifact.md, from the jobs and cells of a module: what the runtime is told to do.
#ifndef SWITCHYARD_COMPILER_LOWERING_EMITPLAN_H
#define SWITCHYARD_COMPILER_LOWERING_EMITPLAN_H

#include "runtime/contract/Plan.h"

#include "mlir/IR/BuiltinOps.h"

namespace switchyard {

/// Data sets, models, jobs and experiments, and the names of functions. Reads the module after the program
/// pipeline, before lowering.
rt::Plan emitPlan(mlir::ModuleOp module);

/// Takes everything but functions out of the module, so that it can be lowered.
void dropExperimentLevel(mlir::ModuleOp module);

/// The plan's functions as lowering has recorded them. `device` holds the device functions of the same names,
/// or is null where there are none.
void addFunctions(rt::Plan &plan, mlir::ModuleOp lowered, mlir::ModuleOp device = {});

} // namespace switchyard

#endif
