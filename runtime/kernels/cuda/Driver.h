// The CUDA driver's C interface, loaded when a GPU is asked for: nothing of CUDA is needed to build, and
// artifacts open on machines without a GPU.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_DRIVER_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_DRIVER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace switchyard::rt {

/// Function pointers under the driver's own names, of the versions that all drivers since CUDA 11.4 have.
class Driver {
public:
  using Result = int;
  using DevicePointer = uint64_t;
  using Handle = void *; // a context, module, function, stream, event or graph
  using HostFunction = void (*)(void *);

  // The driver's numbers; test/gpu holds them and the functions against its own header where there is one.
  static constexpr int attributeCapabilityMajor = 75, attributeCapabilityMinor = 76;
  static constexpr int jitErrorLog = 5, jitErrorLogBytes = 6;
  static constexpr unsigned streamNonBlocking = 1, eventWithoutTiming = 2;
  static constexpr int captureRelaxed = 2;

  /// Throws std::runtime_error where there is no driver, or no GPU that it can use.
  static std::shared_ptr<Driver> load();
  static bool isThere();
  /// What is opened from now on; for tests, whose stand-in the linker would not find where LibTorch has
  /// brought the driver.
  static void useLibrary(const std::string &path);
  ~Driver();
  Driver(const Driver &) = delete;
  Driver &operator=(const Driver &) = delete;

  /// Throws std::runtime_error that says what was tried and what the driver says of it.
  void check(Result result, const std::string &what) const;

  /// Whether the device's memory is the host's: the stand-in of tests, which has no GPU behind it.
  bool standIn() const { return isStandIn; }

  Result (*init)(unsigned flags);
  Result (*deviceGet)(int *device, int ordinal);
  Result (*deviceGetCount)(int *count);
  Result (*deviceGetName)(char *name, int length, int device);
  Result (*deviceGetAttribute)(int *value, int attribute, int device);
  Result (*primaryContextRetain)(Handle *context, int device);
  Result (*contextSetCurrent)(Handle context);
  Result (*moduleLoadDataEx)(Handle *module, const void *image, unsigned count, int *options, void **values);
  Result (*moduleGetFunction)(Handle *function, Handle module, const char *name);
  Result (*streamCreate)(Handle *stream, unsigned flags);
  Result (*streamDestroy)(Handle stream);
  Result (*streamSynchronize)(Handle stream);
  Result (*streamBeginCapture)(Handle stream, int mode);
  Result (*streamEndCapture)(Handle stream, Handle *graph);
  Result (*eventCreate)(Handle *event, unsigned flags);
  Result (*eventDestroy)(Handle event);
  Result (*eventRecord)(Handle event, Handle stream);
  Result (*eventSynchronize)(Handle event);
  Result (*graphInstantiate)(Handle *executable, Handle graph, unsigned long long flags);
  Result (*graphGetNodes)(Handle graph, Handle *nodes, size_t *count);
  Result (*graphDestroy)(Handle graph);
  Result (*graphExecDestroy)(Handle executable);
  Result (*graphLaunch)(Handle executable, Handle stream);
  Result (*hostAllocate)(void **memory, size_t bytes);
  Result (*hostFree)(void *memory);
  Result (*memoryInfo)(size_t *available, size_t *total);
  Result (*copyToDevice)(DevicePointer to, const void *from, size_t bytes, Handle stream);
  Result (*copyToHost)(void *to, DevicePointer from, size_t bytes, Handle stream);
  Result (*fill)(DevicePointer to, unsigned char value, size_t bytes, Handle stream);
  Result (*launchKernel)(Handle function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                         unsigned blockY, unsigned blockZ, unsigned sharedBytes, Handle stream,
                         void **parameters, void **extra);
  Result (*launchHostFunction)(Handle stream, HostFunction function, void *data);

private:
  Driver() = default;
  void find();
  void start();
  template <typename Function> void find(Function &function, const char *name);

  void *library = nullptr;
  Result (*getErrorString)(Result result, const char **text) = nullptr;
  bool isStandIn = false;
};

} // namespace switchyard::rt

#endif
