// Passes from swy to swy; Passes.td describes them, buildProgramPipeline orders them.
#ifndef SWITCHYARD_COMPILER_PASSES_PASSES_H
#define SWITCHYARD_COMPILER_PASSES_PASSES_H

#include "dialect/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/Pass.h"

namespace switchyard {

#define GEN_PASS_DECL
#include "compiler/passes/Passes.h.inc"

struct ProgramOptions {
  int64_t batch = 100;          ///< examples attacked or predicted at once
  bool fitBatches = false;      ///< as many as there is work for instead (swy-fit-batches)
  bool scalarsPerRow = false;   ///< settings of an attack may differ within a batch
  bool restartsToRows = false;  ///< restarts of an attack are rows of a batch
  bool hoistExpectation = true; ///< the optimization of that name
  bool foldScales = true;       ///< the optimization of that name
};

/// From experiments to jobs, cells and functions of static shape.
void buildProgramPipeline(mlir::OpPassManager &manager, const ProgramOptions &options);

#define GEN_PASS_REGISTRATION
#include "compiler/passes/Passes.h.inc"

} // namespace switchyard

#endif
