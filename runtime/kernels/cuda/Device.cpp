// LibTorch's calls run on our stream: it is made the thread's current one, which needs none of CUDA's
// headers.
#include "runtime/kernels/cuda/Device.h"
#include "runtime/kernels/cuda/Driver.h"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <map>
#include <stdexcept>
#include <unordered_map>

namespace switchyard::rt {

struct Device::State {
  std::shared_ptr<Driver> driver = Driver::load();
  int ordinal = 0;
  Driver::Handle context = nullptr, stream = nullptr, module = nullptr;
  c10::Device tensors{c10::DeviceType::CPU};
  std::string name;
  int capability = 0;
  std::unordered_map<const char *, Driver::Handle>
      functions; // by the address of the kernel's name in the artifact
  std::map<const int32_t *, std::vector<int32_t>> offsets;

  State() {
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
    driver->check(driver->streamCreate(&stream, /*CU_STREAM_NON_BLOCKING*/ 1), "making a stream");
    if (driver->standIn())
      return;
    capability = 10 * attribute(75) + attribute(76); // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, MINOR
    tensors = c10::Device(c10::DeviceType::CUDA, 0);
    useStream();
    // Full precision unless a program says otherwise; LibTorch's default for convolutions is TF32.
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
  }

  int attribute(int which) const {
    int value = 0;
    driver->check(driver->deviceGetAttribute(&value, which, ordinal),
                  "asking " + name + " for its capability");
    return value;
  }

  /// LibTorch takes a stream that is not its own by the stream's address (c10/cuda/CUDAStream.h,
  /// getStreamFromExternal).
  void useStream() {
    c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
    guard.setDevice(tensors);
    guard.exchangeStream(c10::Stream(c10::Stream::UNSAFE, tensors, reinterpret_cast<c10::StreamId>(stream)));
  }

  Driver::Handle function(const char *kernel) {
    auto [entry, isNew] = functions.try_emplace(kernel, nullptr);
    if (isNew)
      driver->check(driver->moduleGetFunction(&entry->second, module, kernel),
                    std::string("finding kernel ") + kernel);
    return entry->second;
  }
};

static Driver::DevicePointer address(const void *memory) {
  return reinterpret_cast<Driver::DevicePointer>(memory);
}

Device::Device() : state(std::make_unique<State>()) {}
Device::~Device() = default;

bool Device::driverIsThere() {
  return Driver::isThere();
}

const std::string &Device::name() const {
  return state->name;
}

int Device::capability() const {
  return state->capability;
}

void Device::loadKernels(const void *image) {
  constexpr int errorLog = 5, errorLogBytes = 6; // CU_JIT_ERROR_LOG_BUFFER and its size
  char log[4096] = "";
  int options[] = {errorLog, errorLogBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  auto result = state->driver->moduleLoadDataEx(&state->module, image, 2, options, values);
  state->driver->check(result, "compiling the kernels for " + state->name +
                                   (*log ? std::string(" (") + log + ")" : ""));
  state->functions.clear();
}

void Device::launch(const char *kernel, const char *place, int64_t blocks, int64_t threads,
                    void **parameters) {
  Driver::Handle function = state->function(kernel);
  auto result = state->driver->launchKernel(function, unsigned(blocks), 1, 1, unsigned(threads), 1, 1, 0,
                                            state->stream, parameters, nullptr);
  if (result != 0) // the text is made only where it is needed
    state->driver->check(result, std::string("launching kernel ") + kernel +
                                     (*place ? std::string(" of ") + place : ""));
}

std::shared_ptr<void> Device::allocate(size_t bytes) {
  auto tensor = std::make_shared<at::Tensor>(
      at::empty({int64_t(bytes ? bytes : 1)}, at::TensorOptions(at::kByte).device(state->tensors)));
  return {tensor, tensor->data_ptr()};
}

void Device::upload(void *to, const void *from, size_t bytes) {
  state->driver->check(state->driver->copyToDevice(address(to), from, bytes, state->stream),
                       "copying to " + state->name);
}

void Device::download(void *to, const void *from, size_t bytes) {
  state->driver->check(state->driver->copyToHost(to, address(from), bytes, state->stream),
                       "copying from " + state->name);
  state->driver->check(state->driver->streamSynchronize(state->stream), "waiting for " + state->name);
}

void Device::clear(void *memory, size_t bytes) {
  state->driver->check(state->driver->fill(address(memory), 0, bytes, state->stream),
                       "clearing memory of " + state->name);
}

at::Tensor Device::view(const void *memory, const std::vector<int64_t> &shape) const {
  return at::from_blob(const_cast<void *>(memory), shape,
                       at::TensorOptions(at::kFloat).device(state->tensors));
}

void Device::rememberOffsets(const int32_t *offsets, std::vector<int32_t> values) {
  state->offsets[offsets] = std::move(values);
}

const std::vector<int32_t> &Device::offsetsAt(const int32_t *offsets) const {
  auto found = state->offsets.find(offsets);
  if (found == state->offsets.end())
    throw std::runtime_error("rows are used in groups that were never made (a bug in the compiler)");
  return found->second;
}

} // namespace switchyard::rt
