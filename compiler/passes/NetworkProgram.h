// A network of layers as program-level operations inside a function under construction.
#ifndef SWITCHYARD_COMPILER_PASSES_NETWORKPROGRAM_H
#define SWITCHYARD_COMPILER_PASSES_NETWORKPROGRAM_H

#include "dialect/Dialect.h"

namespace switchyard {

/// A trained parameter of a network: its name (path/weights, path/bias) and shape.
struct NetworkParameter {
  std::string name;
  mlir::RankedTensorType type;
};

/// All parameters, in the order of the layers.
llvm::SmallVector<NetworkParameter> parametersOf(swy::NetworkOp network);

/// Builds the logits of one example [classes]. `scalars` are the values of the network's scalars, in order.
mlir::Value buildNetwork(mlir::OpBuilder &builder, swy::NetworkOp network, mlir::Value example,
                         mlir::ValueRange scalars, const swy::Instantiation &how);

} // namespace switchyard

#endif
