// Activation layouts: a tensor's encoding says how its logical shape lies in memory.
#ifndef SWITCHYARD_COMPILER_LOWERING_LAYOUT_H
#define SWITCHYARD_COMPILER_LOWERING_LAYOUT_H

#include "dialect/Dialect.h"

namespace switchyard {

/// The block of the CPU's layout, a vector.
constexpr int64_t channelBlock = 16;

swy::Layout layoutOf(mlir::Type type);

/// Whether the type's elements lie as [batch, channels / block, height, width, block].
bool isBlocked(mlir::Type type);

/// How many channels lie together in a blocked type: 16, or with `channels_last` all.
int64_t blockOf(mlir::RankedTensorType type);

/// The same logical type in another layout.
mlir::RankedTensorType withLayout(mlir::RankedTensorType type, swy::Layout layout);

/// The same logical type, row-major.
mlir::RankedTensorType plainType(mlir::RankedTensorType type);

/// The type without encoding whose row-major order is the type's order in memory.
mlir::RankedTensorType physicalType(mlir::RankedTensorType type);

/// From the indices of `result`'s physical dimensions to those of an operand that broadcasts to it by prefix.
mlir::AffineMap broadcastMap(mlir::RankedTensorType operand, mlir::RankedTensorType result);

} // namespace switchyard
#endif
