// The random numbers of generated code, operation for operation those of runtime/kernels/Philox.h (S3.2).
#ifndef SWITCHYARD_COMPILER_LOWERING_PHILOX_H
#define SWITCHYARD_COMPILER_LOWERING_PHILOX_H

#include "mlir/IR/Builders.h"

#include <array>

namespace switchyard {

/// The two words of a site's key, from the stream (i64).
std::array<mlir::Value, 2> buildKey(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value stream,
                                    llvm::StringRef site);

/// Philox 4x32-10: four words (i32) from a counter of four words.
std::array<mlir::Value, 4> buildPhilox(mlir::OpBuilder &builder, mlir::Location loc,
                                       std::array<mlir::Value, 4> counter, std::array<mlir::Value, 2> key);

/// (word >> 8) * 2^-24.
mlir::Value buildUniform(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value word);

/// The standard normal draw of a word (docs/randomness.md).
mlir::Value buildNormal(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value word);

} // namespace switchyard
#endif
