// The order of examples in a switching block, on a device.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_GROUPROWS_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_GROUPROWS_H

#include "runtime/kernels/cuda/Device.h"

namespace switchyard::rt {

/// groupRows into a device's memory; `channel` is in the host's.
void groupRowsOnDevice(Device &device, int64_t batch, int64_t channels, const int32_t *channel,
                       int32_t *order, int32_t *inverse, int32_t *offsets);

} // namespace switchyard::rt

#endif
