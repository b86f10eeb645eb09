// What the devices of one GPU share: driver, context, kernels, data sets. For the implementation of Device
// only.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_GPU_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_GPU_H

#include "runtime/kernels/cuda/Driver.h"

#include <c10/core/Device.h>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace switchyard::rt {

struct Gpu {
  /// Opens the first GPU; throws std::runtime_error where it cannot be used.
  Gpu();

  std::shared_ptr<Driver> driver = Driver::load();
  int ordinal = 0;
  Driver::Handle context = nullptr, module = nullptr;
  c10::Device tensors{c10::DeviceType::CPU}; // where LibTorch sees the memory
  std::string name;
  int capability = 0;

  std::unordered_map<const char *, Driver::Handle>
      functions; // by the address of the kernel's name in the artifact
  struct Kept {
    size_t count; // floats
    std::shared_ptr<void> copy;
  };
  std::map<const float *, Kept> kept; // by the address in the host's memory
  bool records = true;                // whether compiled calls become graphs
  std::string libraryError;           // of a call that the stand-in ran
  size_t availableBefore = SIZE_MAX;
  uint64_t generation = 0;

  /// Makes `stream` the one of LibTorch's calls in this thread.
  void use(Driver::Handle stream);
  /// Of the kernels loaded, by name.
  Driver::Handle function(const char *kernel);
  /// Bytes that are free on the GPU.
  size_t available() const;
  /// After calls that may have allocated: LibTorch gives its caches back when memory is short, and with them
  /// the workspaces of recorded graphs.
  void watchMemory();

private:
  int attribute(int which) const;
};

} // namespace switchyard::rt

#endif
