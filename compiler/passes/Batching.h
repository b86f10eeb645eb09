// How one operation of a program for one example becomes that of a batch, its operands given.
#ifndef SWITCHYARD_COMPILER_PASSES_BATCHING_H
#define SWITCHYARD_COMPILER_PASSES_BATCHING_H

#include "dialect/Dialect.h"

namespace switchyard {

/// Whether an operand may stay what all examples share where another is each example's own: a number where
/// prefixes are broadcast, else as the operation says.
bool canShare(mlir::OpOperand &operand);

/// Makes what all of `batch` examples share the same for each, where it is read: the new operand.
mlir::Value repeatFor(mlir::OpOperand &operand, int64_t batch);

} // namespace switchyard

#endif
