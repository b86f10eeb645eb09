// Activation layouts: a tensor's encoding says how its logical shape lies in memory.
#ifndef SWITCHYARD_COMPILER_LOWERING_LAYOUT_H
#define SWITCHYARD_COMPILER_LOWERING_LAYOUT_H

#include "dialect/Dialect.h"

namespace switchyard {

constexpr int64_t channelBlock = 16;

/// Whether the type's elements lie as [batch, channels / 16, height, width, 16].
bool isBlocked(mlir::Type type);

/// The same logical type with the encoding `blocked16`.
mlir::RankedTensorType blockedType(mlir::RankedTensorType type);

/// The same logical type, row-major.
mlir::RankedTensorType plainType(mlir::RankedTensorType type);

/// The type without encoding whose row-major order is the type's order in memory.
mlir::RankedTensorType physicalType(mlir::RankedTensorType type);

/// From the indices of `result`'s physical dimensions to those of an operand that broadcasts to it by prefix.
mlir::AffineMap broadcastMap(mlir::RankedTensorType operand, mlir::RankedTensorType result);

} // namespace switchyard
#endif
