// Convolutions and dense layers of a device, on LibTorch's libraries (cuDNN, cuBLAS).
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_LAYERS_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_LAYERS_H

#include "runtime/kernels/cpu/Conv2d.h"
#include "runtime/kernels/cpu/Dense.h"
#include "runtime/kernels/cuda/Device.h"

#include <memory>

namespace switchyard::rt {

/// Throws std::runtime_error for the layout blocked by 16, which only the CPU's code has.
std::unique_ptr<swy_handle> makeDeviceLayer(const Conv2dGeometry &geometry, Device &device);
std::unique_ptr<swy_handle> makeDeviceLayer(const DenseGeometry &geometry, Device &device);

} // namespace switchyard::rt

#endif
