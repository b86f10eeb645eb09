// Layers on the weights of another layer (S1.9): their program stands between the parameter and what uses it.
#ifndef SWITCHYARD_COMPILER_PASSES_WEIGHTCHAIN_H
#define SWITCHYARD_COMPILER_PASSES_WEIGHTCHAIN_H

#include "dialect/Experiment.h"

namespace switchyard {

/// The chain on the layer's weights; where there is none one that leaves them as they are, its types open.
mlir::Block &chainOnWeights(mlir::OpBuilder &builder, swy::LayerOpInterface layer, mlir::Location loc);

/// Builds what the chain on the layer's weights makes of them; `build` builds the chain for its input. `rows`
/// are those of the examples in their own order. In a switching block that draws for each example, what is
/// made is the stack of all channels' weights.
mlir::Value buildOnWeights(mlir::OpBuilder &builder, swy::LayerOpInterface layer,
                           const swy::Instantiation &how, mlir::Value rows,
                           llvm::function_ref<mlir::Value(mlir::Value, const swy::Instantiation &)> build);

} // namespace switchyard

#endif
