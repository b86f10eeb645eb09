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

/// From experiments to jobs, cells and functions of static shape. `attackBatch`: examples attacked at once;
/// `hoistExpectation`: the optimization of that name.
void buildProgramPipeline(mlir::OpPassManager &manager, int64_t attackBatch, bool hoistExpectation);

#define GEN_PASS_REGISTRATION
#include "compiler/passes/Passes.h.inc"

} // namespace switchyard

#endif
