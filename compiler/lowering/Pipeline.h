// The way from program-level swy functions to the LLVM dialect.
#ifndef SWITCHYARD_COMPILER_LOWERING_PIPELINE_H
#define SWITCHYARD_COMPILER_LOWERING_PIPELINE_H

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSet.h"

namespace switchyard {

struct LoweringOptions {
  /// Optimizations to leave out, by the names of --disable (see loweringOptimizations).
  llvm::StringSet<> disabled;
};

/// The names that `disabled` knows.
llvm::ArrayRef<llvm::StringLiteral> loweringOptimizations();

/// From a module of program-level functions (entry functions carry `swy.entry`) to linalg on tensors, fused.
void buildLinalgPipeline(mlir::OpPassManager &manager, const LoweringOptions &options);

/// From there to planned memory: entry functions of memrefs, without allocations.
void buildBufferPipeline(mlir::OpPassManager &manager);

/// All the way to the LLVM dialect. The context needs registerLoweringDialects (Passes.h).
void buildLoweringPipeline(mlir::OpPassManager &manager, const LoweringOptions &options);

} // namespace switchyard
#endif
