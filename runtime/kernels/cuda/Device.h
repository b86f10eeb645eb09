// A GPU as the runtime uses it: memory from LibTorch's caching allocator, one stream on which everything runs
// in order (copies, generated kernels, LibTorch's libraries), the kernels of one artifact. Several devices
// may share a GPU, each with a stream of its own; one thread uses them all.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_DEVICE_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_DEVICE_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace at {
class Tensor;
}

namespace switchyard::rt {

class Graph;

/// Bytes on their way to the host.
class Download {
public:
  virtual ~Download() = default;
  /// Waits until they are there; they stay as long as this object.
  virtual const void *wait() = 0;
};

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

  /// The same GPU with the same kernels and a stream of its own: neither waits for the other. Buffers that
  /// both use must be there (`wait`) before the other reads them.
  std::unique_ptr<Device> another() const;

  /// Such as "NVIDIA H100".
  const std::string &name() const;
  /// 80 for sm_80; 0 for the stand-in of tests, which runs emulated kernels.
  int capability() const;

  /// The kernels to launch from now on: PTX, or a table of emulated ones. Compiled at once.
  void loadKernels(const void *image);
  /// Of the kernels loaded; `parameters` and `place` as for swy_rt_launch. Runs after what came before.
  void launch(const char *kernel, const char *place, int64_t blocks, int64_t threads, void **parameters);
  /// LibTorch's calls in `work` run after what came before, and are part of a recording. The stand-in runs
  /// `work` when its turn comes, so it holds copies of all that it needs.
  void call(std::function<void()> work);
  /// Waits until everything so far is done.
  void wait();
  /// The same for whoever is about to free what the device may be using; an error is for those who wait for
  /// results.
  void settle() noexcept;

  /// Uninitialized, aligned to 256 bytes.
  std::shared_ptr<void> allocate(size_t bytes);
  /// Takes the bytes at once and copies them in their turn.
  void upload(void *to, const void *from, size_t bytes);
  /// Waits until the bytes are there.
  void download(void *to, const void *from, size_t bytes);
  std::shared_ptr<Download> startDownload(const void *from, size_t bytes);
  void clear(void *memory, size_t bytes);

  /// Makes the device's copy of host memory that never changes (a data set), unless it would take more than
  /// half of the memory that is left.
  void keep(const float *host, size_t count);
  /// to[i] = images[i], of `width` floats each, on the host. Those that lie in memory that is kept do not
  /// travel, and others travel once.
  void gather(void *to, const std::vector<const float *> &images, int64_t width);

  /// Floats at this address of the device, as LibTorch sees them. Borrowed.
  at::Tensor view(const void *memory, const std::vector<int64_t> &shape) const;

  /// What `work` puts on the stream, recorded instead of run; null where it cannot be recorded. `work` must
  /// have run before, so that the libraries have made all they need.
  std::unique_ptr<Graph> record(const std::function<void()> &work);
  /// Starts what was recorded, after what came before.
  void replay(const Graph &graph);
  /// Whether calls are to be recorded: yes, unless switched off or CUDA_LAUNCH_BLOCKING is set.
  bool records() const;
  void neverRecord();
  /// Changes when LibTorch may have given memory back to the GPU, with which recordings lose their
  /// workspaces; watched for after every call that may have taken some.
  uint64_t memoryGeneration() const;
  void watchMemory();
  /// How often the host waited for the device or sent it what no recording could repeat.
  uint64_t meetings() const;

  /// The host's copy of a switching block's offsets, which the device has at this address
  /// (swy_rt_group_rows): the libraries' calls need to know on the host how many rows there are.
  void rememberOffsets(const int32_t *offsets, std::vector<int32_t> values);
  const std::vector<int32_t> &offsetsAt(const int32_t *offsets) const;

private:
  struct State;
  using Rows = std::pair<const float *, std::vector<int64_t>>; // an array on the device, and which rows of it
  Rows uploadOnce(const std::vector<const float *> &images, int64_t width);
  explicit Device(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace switchyard::rt

#endif
