// A GPU as the runtime uses it: memory from LibTorch's caching allocator, one stream on which everything runs
// in order (copies, generated kernels, LibTorch's libraries), the kernels of one artifact.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_DEVICE_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_DEVICE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace switchyard::rt {

/// Every member throws std::runtime_error with the driver's words where something fails.
class Device {
public:
  /// The first GPU that the driver shows. Throws where there is none, or where this LibTorch has no CUDA.
  Device();
  ~Device();
  /// Whether this machine has NVIDIA's driver.
  static bool driverIsThere();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// Such as "NVIDIA H100".
  const std::string &name() const;
  /// 80 for sm_80; 0 for the stand-in of tests, which runs emulated kernels.
  int capability() const;

  /// The kernels to launch from now on: PTX, or a table of emulated ones. Compiled at once.
  void loadKernels(const void *image);
  /// Of the kernels loaded; `parameters` and `place` as for swy_rt_launch. Runs after what came before.
  void launch(const char *kernel, const char *place, int64_t blocks, int64_t threads, void **parameters);

  /// Uninitialized, aligned to 256 bytes.
  std::shared_ptr<void> allocate(size_t bytes);
  void upload(void *to, const void *from, size_t bytes);
  /// Waits until the bytes are there.
  void download(void *to, const void *from, size_t bytes);
  void clear(void *memory, size_t bytes);

  /// Floats at this address of the device, as LibTorch sees them. Borrowed.
  at::Tensor view(const void *memory, const std::vector<int64_t> &shape) const;

  /// The host's copy of a switching block's offsets, which the device has at this address
  /// (swy_rt_group_rows): the libraries' calls need to know on the host how many rows there are.
  void rememberOffsets(const int32_t *offsets, std::vector<int32_t> values);
  const std::vector<int32_t> &offsetsAt(const int32_t *offsets) const;

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace switchyard::rt

#endif
