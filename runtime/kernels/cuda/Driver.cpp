// Finds the driver's functions by name.
#include "runtime/kernels/cuda/Driver.h"

#include <dlfcn.h>
#include <stdexcept>

namespace switchyard::rt {

template <typename Function> void Driver::find(Function &function, const char *name) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (!function)
    throw std::runtime_error(std::string("the NVIDIA driver (libcuda.so.1) lacks ") + name +
                             "; it is older than CUDA 11.4");
}

void Driver::find() {
  find(getErrorString, "cuGetErrorString");
  find(init, "cuInit");
  find(deviceGet, "cuDeviceGet");
  find(deviceGetCount, "cuDeviceGetCount");
  find(deviceGetName, "cuDeviceGetName");
  find(deviceGetAttribute, "cuDeviceGetAttribute");
  find(primaryContextRetain, "cuDevicePrimaryCtxRetain");
  find(contextSetCurrent, "cuCtxSetCurrent");
  find(moduleLoadDataEx, "cuModuleLoadDataEx");
  find(moduleGetFunction, "cuModuleGetFunction");
  find(streamCreate, "cuStreamCreate");
  find(streamDestroy, "cuStreamDestroy_v2");
  find(streamSynchronize, "cuStreamSynchronize");
  find(streamBeginCapture, "cuStreamBeginCapture_v2");
  find(streamEndCapture, "cuStreamEndCapture");
  find(eventCreate, "cuEventCreate");
  find(eventDestroy, "cuEventDestroy_v2");
  find(eventRecord, "cuEventRecord");
  find(eventSynchronize, "cuEventSynchronize");
  find(graphInstantiate, "cuGraphInstantiateWithFlags");
  find(graphGetNodes, "cuGraphGetNodes");
  find(graphDestroy, "cuGraphDestroy");
  find(graphExecDestroy, "cuGraphExecDestroy");
  find(graphLaunch, "cuGraphLaunch");
  find(hostAllocate, "cuMemAllocHost_v2");
  find(hostFree, "cuMemFreeHost");
  find(memoryInfo, "cuMemGetInfo_v2");
  find(launchHostFunction, "cuLaunchHostFunc");
  find(copyToDevice, "cuMemcpyHtoDAsync_v2");
  find(copyToHost, "cuMemcpyDtoHAsync_v2");
  find(fill, "cuMemsetD8Async");
  find(launchKernel, "cuLaunchKernel");
}

void Driver::start() {
  check(init(0), "starting the NVIDIA driver");
  int count = 0;
  check(deviceGetCount(&count), "asking the NVIDIA driver for GPUs");
  if (count == 0)
    throw std::runtime_error("the NVIDIA driver finds no GPU (is CUDA_VISIBLE_DEVICES empty?)");
  isStandIn = ::dlsym(library, "swyStandInDriver") != nullptr;
}

static std::string &libraryName() {
  static std::string name = "libcuda.so.1";
  return name;
}

void Driver::useLibrary(const std::string &path) {
  libraryName() = path;
}

static void *openLibrary() {
  return ::dlopen(libraryName().c_str(), RTLD_NOW | RTLD_LOCAL);
}

bool Driver::isThere() {
  return openLibrary() != nullptr;
}

std::shared_ptr<Driver> Driver::load() {
  std::shared_ptr<Driver> driver(new Driver);
  driver->library = openLibrary();
  if (!driver->library)
    throw std::runtime_error("no NVIDIA driver on this machine (libcuda.so.1 cannot be opened)");
  driver->find();
  driver->start();
  return driver;
}

Driver::~Driver() = default; // the library stays: LibTorch uses it too

void Driver::check(Result result, const std::string &what) const {
  if (result == 0)
    return;
  const char *text = nullptr;
  if (getErrorString(result, &text) != 0 || !text)
    text = "unknown error";
  throw std::runtime_error(what + " failed: " + text + " (CUDA error " + std::to_string(result) + ")");
}

} // namespace switchyard::rt
