// What the passes of the lowering know of mathematical functions: which are an instruction of every processor
// and GPU, and which are polynomials of many (swy-approximate-math). Powers are neither: a call on the CPU,
// see there.
#ifndef SWITCHYARD_COMPILER_LOWERING_MATHFUNCTIONS_H
#define SWITCHYARD_COMPILER_LOWERING_MATHFUNCTIONS_H

#include "mlir/IR/Operation.h"

namespace switchyard {

/// LLVM's intrinsic, which is one instruction and rounded as IEEE 754 asks; empty where there is none.
llvm::StringRef instructionOf(llvm::StringRef operation);

/// Whether an operation is a mathematical function without an instruction, or one as slow as without: not
/// worth computing twice.
bool isCostly(mlir::Operation *op);

/// Scalar operations that one in a loop's body amounts to, roughly.
int64_t costOf(mlir::Operation *op);

} // namespace switchyard
#endif
