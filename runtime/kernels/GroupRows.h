// The order in which the examples of a batch stand while they go through a switching block.
#ifndef SWITCHYARD_RUNTIME_KERNELS_GROUPROWS_H
#define SWITCHYARD_RUNTIME_KERNELS_GROUPROWS_H

#include <cstdint>

namespace switchyard::rt {

/// swy_rt_group_rows; throws std::runtime_error for a channel outside [0, channels) and where there
/// are none.
void groupRows(int64_t batch, int64_t channels, const int32_t *channel, int32_t *order, int32_t *inverse,
               int32_t *offsets);

} // namespace switchyard::rt

#endif
