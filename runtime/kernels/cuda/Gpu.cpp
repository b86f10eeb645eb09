// LibTorch's calls run on our streams: the stream is made the thread's current one, which needs none of
// CUDA's headers.
#include "runtime/kernels/cuda/Gpu.h"

#include <ATen/Context.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace switchyard::rt {

Gpu::Gpu() {
  driver->check(driver->deviceGet(&ordinal, 0), "opening the GPU");
  char text[256] = "";
  driver->check(driver->deviceGetName(text, sizeof text, ordinal), "asking for the GPU's name");
  name = text;
  if (!driver->standIn() && !at::hasCUDA())
    throw std::runtime_error(
        "this runtime was built with a LibTorch without CUDA; build it with one that has CUDA "
        "(README, \"On a GPU\")");
  driver->check(driver->primaryContextRetain(&context, ordinal), "opening " + name);
  driver->check(driver->contextSetCurrent(context), "opening " + name);
  // Whoever asks the driver to run kernels one by one, to learn which one fails, wants no graphs.
  const char *blocking = std::getenv("CUDA_LAUNCH_BLOCKING");
  records = !blocking || !std::strcmp(blocking, "0");
  if (driver->standIn())
    return;
  capability = 10 * attribute(Driver::attributeCapabilityMajor) + attribute(Driver::attributeCapabilityMinor);
  tensors = c10::Device(c10::DeviceType::CUDA, 0);
}

int Gpu::attribute(int which) const {
  int value = 0;
  driver->check(driver->deviceGetAttribute(&value, which, ordinal), "asking " + name + " for its capability");
  return value;
}

/// LibTorch takes a stream that is not its own by the stream's address (c10/cuda/CUDAStream.h,
/// getStreamFromExternal).
void Gpu::use(Driver::Handle stream) {
  thread_local Driver::Handle current = nullptr; // LibTorch's, whatever device set it
  if (current == stream)
    return;
  current = stream;
  if (driver->standIn())
    return;
  c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
  guard.setDevice(tensors);
  guard.exchangeStream(c10::Stream(c10::Stream::UNSAFE, tensors, reinterpret_cast<c10::StreamId>(stream)));
}

Driver::Handle Gpu::function(const char *kernel) {
  auto [entry, isNew] = functions.try_emplace(kernel, nullptr);
  if (isNew)
    driver->check(driver->moduleGetFunction(&entry->second, module, kernel),
                  std::string("finding kernel ") + kernel);
  return entry->second;
}

size_t Gpu::available() const {
  size_t available = 0, total = 0;
  driver->check(driver->memoryInfo(&available, &total), "asking " + name + " for its memory");
  return available;
}

void Gpu::watchMemory() {
  constexpr size_t scarce = size_t(1) << 30; // LibTorch's retry may have taken as much as it gave back
  size_t now = available();
  if (now > availableBefore || now < scarce)
    ++generation;
  availableBefore = now;
}

} // namespace switchyard::rt
