// The lowering passes' constructors and registration.
#ifndef SWITCHYARD_COMPILER_LOWERING_PASSES_H
#define SWITCHYARD_COMPILER_LOWERING_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace switchyard {

#define GEN_PASS_DECL
#include "compiler/lowering/Passes.h.inc"

/// Registers the passes and the pipelines `swy-lower-to-fused-linalg`, `swy-lower-to-buffers`,
/// `swy-lower-all`.
void registerSwyLoweringPasses();

/// Inserts the dialects that lowering produces and the interfaces by which they bufferize and translate.
void registerLoweringDialects(mlir::DialectRegistry &registry);

} // namespace switchyard
#endif
