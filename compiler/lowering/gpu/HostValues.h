// Scalars that follow from those of the call: the host computes itself what it needs before it can go on, and
// each kernel what it reads.
#ifndef SWITCHYARD_COMPILER_LOWERING_GPU_HOSTVALUES_H
#define SWITCHYARD_COMPILER_LOWERING_GPU_HOSTVALUES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace switchyard {

/// Whether the buffer holds a scalar that the runtime gives a call and that nothing changes in it.
bool isGivenScalar(mlir::Value buffer);

/// Loads of scalars in a function's own code (not in the bodies of linalg operations) that follow from given
/// scalars alone, such as the channel that a whole batch draws, become the computation itself.
void computeOnHost(mlir::func::FuncOp function);

/// Scalars that follow from given ones (the rate of a training step) are computed by all who need them: that
/// is a few instructions, and no kernel of one thread that others wait for.
void computeInKernels(mlir::func::FuncOp function);

} // namespace switchyard
#endif
