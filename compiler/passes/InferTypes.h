// Shapes through a network of layers, found anew where something in it has changed.
#ifndef SWITCHYARD_COMPILER_PASSES_INFERTYPES_H
#define SWITCHYARD_COMPILER_PASSES_INFERTYPES_H

#include "dialect/Experiment.h"

namespace switchyard {

/// Sets the result types of a chain of layers from its input's; an error at the layer that does not fit.
mlir::LogicalResult inferTypes(mlir::Block &block);

/// As messages say it: 8x26x26.
std::string shapeText(mlir::Type type);

} // namespace switchyard

#endif
