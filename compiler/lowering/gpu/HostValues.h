// Scalars that the host needs before it can go on, and which it can compute itself.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_HOSTVALUES_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_HOSTVALUES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace switchyard {

/// Whether the buffer holds a scalar that the runtime gives a call and that nothing changes in it.
bool isGivenScalar(mlir::Value buffer);

/// Loads of scalars in a function's own code (not in the bodies of linalg operations) that follow from given
/// scalars alone, such as the channel that a whole batch draws, become the computation itself.
void computeOnHost(mlir::func::FuncOp function);

} // namespace switchyard
#endif
