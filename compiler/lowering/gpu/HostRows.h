// Channels of switching blocks, drawn on the host.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_HOSTROWS_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_HOSTROWS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace switchyard {

/// Where rows are sorted by channels that follow from the call's counter words alone, the host draws these
/// channels itself, so that it need not wait for the device to tell it (S3.5).
void drawRowsOnHost(mlir::func::FuncOp function);

} // namespace switchyard
#endif
