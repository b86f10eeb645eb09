// One stream of a GPU: what is put on it, in order, and what is recorded of it.
#include "runtime/kernels/cuda/Device.h"
#include "runtime/kernels/cuda/Gpu.h"
#include "runtime/kernels/cuda/Graph.h"
#include "runtime/kernels/cuda/Transfer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace switchyard::rt {

using Closures = std::vector<std::unique_ptr<std::function<void()>>>;

struct Device::State {
  explicit State(std::shared_ptr<Gpu> shared)
      : gpu(std::move(shared)), uploads(gpu->driver), downloads(gpu->driver) {
    gpu->driver->check(gpu->driver->streamCreate(&own, Driver::streamNonBlocking), "making a stream");
    // Recordings have a stream of their own: the memory that LibTorch's calls take there for their
    // intermediate values is used by no other call.
    gpu->driver->check(gpu->driver->streamCreate(&recording, Driver::streamNonBlocking), "making a stream");
    stream = own;
  }
  ~State() {
    gpu->driver->streamDestroy(own);
    gpu->driver->streamDestroy(recording);
  }

  std::shared_ptr<Gpu> gpu;
  Driver::Handle own = nullptr, recording = nullptr, stream = nullptr;
  Uploads uploads;
  Downloads downloads;
  uint64_t meetings = 0;
  std::shared_ptr<Closures> recorded;   // calls of the stand-in while it records
  std::map<int64_t, at::Tensor> chosen; // rows to gather, by their number
  std::shared_ptr<void> landing;        // images that travel
  size_t landingBytes = 0;
  std::map<const int32_t *, std::vector<int32_t>> offsets;

  Driver &driver() const { return *gpu->driver; }
  bool isRecording() const { return stream == recording; }
  void use() { gpu->use(stream); }

  /// The host takes part: no recording could repeat that.
  void meet() {
    ++meetings;
    if (isRecording())
      throw std::runtime_error("the host takes part in a call that is being recorded");
  }

  /// The device's copy of the array in which all `images` lie and their rows in it; null where there is none.
  Rows rowsOfKept(const std::vector<const float *> &images, int64_t width) const {
    auto array = gpu->kept.upper_bound(images.front());
    if (array == gpu->kept.begin())
      return {nullptr, {}};
    auto &[begin, kept] = *--array;
    std::vector<int64_t> rows;
    for (const float *image : images) {
      if (image < begin || image >= begin + kept.count)
        return {nullptr, {}};
      rows.push_back((image - begin) / width);
    }
    return {static_cast<const float *>(kept.copy.get()), std::move(rows)};
  }
};

static Driver::DevicePointer address(const void *memory) {
  return reinterpret_cast<Driver::DevicePointer>(memory);
}

Device::Device() : state(std::make_unique<State>(std::make_shared<Gpu>())) {}
Device::Device(std::unique_ptr<State> given) : state(std::move(given)) {}

Device::~Device() {
  settle();
}

std::unique_ptr<Device> Device::another() const {
  return std::unique_ptr<Device>(new Device(std::make_unique<State>(state->gpu)));
}

bool Device::driverIsThere() {
  return Driver::isThere();
}

const std::string &Device::name() const {
  return state->gpu->name;
}

int Device::capability() const {
  return state->gpu->capability;
}

void Device::loadKernels(const void *image) {
  char log[4096] = "";
  int options[] = {Driver::jitErrorLog, Driver::jitErrorLogBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  auto result = state->driver().moduleLoadDataEx(&state->gpu->module, image, 2, options, values);
  state->driver().check(result,
                        "compiling the kernels for " + name() + (*log ? std::string(" (") + log + ")" : ""));
  state->gpu->functions.clear();
}

void Device::launch(const char *kernel, const char *place, int64_t blocks, int64_t threads,
                    void **parameters) {
  Driver::Handle function = state->gpu->function(kernel);
  auto result = state->driver().launchKernel(function, unsigned(blocks), 1, 1, unsigned(threads), 1, 1, 0,
                                             state->stream, parameters, nullptr);
  if (result != 0) // the text is made only where it is needed
    state->driver().check(result, std::string("launching kernel ") + kernel +
                                      (*place ? std::string(" of ") + place : ""));
}

void Device::call(std::function<void()> work) {
  state->use();
  if (!state->driver().standIn())
    return work();
  // LibTorch knows nothing of the stand-in's streams: the call is put there by hand.
  Gpu *gpu = state->gpu.get();
  auto guarded = [gpu, work = std::move(work)] {
    try {
      work();
    } catch (const std::exception &error) {
      gpu->libraryError = error.what();
    }
  };
  auto closure = std::make_unique<std::function<void()>>(std::move(guarded));
  auto again = [](void *data) { (*static_cast<std::function<void()> *>(data))(); };
  auto once = [](void *data) {
    std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()> *>(data));
    (*owned)();
  };
  if (state->isRecording()) {
    state->driver().launchHostFunction(state->stream, again, closure.get());
    state->recorded->push_back(std::move(closure));
  } else {
    state->driver().launchHostFunction(state->stream, once, closure.release());
  }
}

void Device::wait() {
  state->meet();
  state->driver().check(state->driver().streamSynchronize(state->own),
                        "waiting for " + name() +
                            " (CUDA_LAUNCH_BLOCKING=1 in the environment shows which kernel it is)");
  if (!state->gpu->libraryError.empty())
    throw std::runtime_error(std::exchange(state->gpu->libraryError, std::string()));
}

void Device::settle() noexcept {
  try {
    wait();
  } catch (const std::exception &) {
  }
}

std::shared_ptr<void> Device::allocate(size_t bytes) {
  state->use();
  auto tensor = std::make_shared<at::Tensor>(
      at::empty({int64_t(bytes ? bytes : 1)}, at::TensorOptions(at::kByte).device(state->gpu->tensors)));
  watchMemory();
  return {tensor, tensor->data_ptr()};
}

void Device::upload(void *to, const void *from, size_t bytes) {
  state->meet();
  state->uploads.copy(address(to), from, bytes, state->stream);
}

void Device::download(void *to, const void *from, size_t bytes) {
  state->meet();
  state->driver().check(state->driver().copyToHost(to, address(from), bytes, state->stream),
                        "copying from " + name());
  wait();
}

std::shared_ptr<Download> Device::startDownload(const void *from, size_t bytes) {
  state->meet();
  return state->downloads.start(address(from), bytes, state->stream);
}

void Device::clear(void *memory, size_t bytes) {
  state->driver().check(state->driver().fill(address(memory), 0, bytes, state->stream),
                        "clearing memory of " + name());
}

void Device::keep(const float *host, size_t count) {
  const size_t bytes = count * sizeof(float);
  if (state->gpu->kept.count(host) || bytes > state->gpu->available() / 2)
    return;
  std::shared_ptr<void> copy = allocate(bytes);
  upload(copy.get(), host, bytes);
  wait(); // other streams read it, too
  state->gpu->kept[host] = {count, copy};
}

void Device::gather(void *to, const std::vector<const float *> &images, int64_t width) {
  if (images.empty())
    return;
  auto [source, rows] = state->rowsOfKept(images, width);
  if (!source)
    std::tie(source, rows) = uploadOnce(images, width);
  const int64_t count = int64_t(rows.size());
  at::Tensor &index = state->chosen[count];
  if (!index.defined())
    index = at::empty({count}, at::TensorOptions(at::kLong).device(state->gpu->tensors));
  upload(index.data_ptr(), rows.data(), rows.size() * sizeof(int64_t));
  at::Tensor result = view(to, {count, width});
  at::Tensor all = view(source, {1 + *std::max_element(rows.begin(), rows.end()), width});
  call([result, all, index]() mutable { at::index_select_out(result, all, 0, index); });
}

Device::Rows Device::uploadOnce(const std::vector<const float *> &images, int64_t width) {
  std::unordered_map<const float *, int64_t> places;
  std::vector<int64_t> rows;
  std::vector<const float *> distinct;
  for (const float *image : images) {
    auto [place, isNew] = places.try_emplace(image, int64_t(distinct.size()));
    if (isNew)
      distinct.push_back(image);
    rows.push_back(place->second);
  }
  const size_t bytes = size_t(width) * sizeof(float);
  if (state->landingBytes < distinct.size() * bytes) {
    wait(); // nobody reads the old one
    state->landing = allocate(state->landingBytes = distinct.size() * bytes);
  }
  for (size_t i = 0; i < distinct.size(); ++i)
    upload(static_cast<char *>(state->landing.get()) + i * bytes, distinct[i], bytes);
  return {static_cast<const float *>(state->landing.get()), std::move(rows)};
}

at::Tensor Device::view(const void *memory, const std::vector<int64_t> &shape) const {
  return at::from_blob(const_cast<void *>(memory), shape,
                       at::TensorOptions(at::kFloat).device(state->gpu->tensors));
}

std::unique_ptr<Graph> Device::record(const std::function<void()> &work) {
  Driver::Handle graph = nullptr;
  auto needs = state->recorded = std::make_shared<Closures>();
  // Relaxed: the libraries may take memory.
  state->driver().check(state->driver().streamBeginCapture(state->recording, Driver::captureRelaxed),
                        "recording a compiled call");
  state->stream = state->recording;
  bool whole = true;
  try {
    work();
  } catch (const std::exception &) { // run plainly it says what is wrong, or is right
    whole = false;
  }
  state->stream = state->own;
  auto result = state->driver().streamEndCapture(state->recording, &graph);
  if (result == 0 && graph && whole)
    return std::make_unique<Graph>(state->gpu->driver, graph, needs);
  if (graph)
    state->driver().graphDestroy(graph);
  return nullptr;
}

void Device::replay(const Graph &graph) {
  graph.launch(state->own);
}

bool Device::records() const {
  return state->gpu->records;
}

void Device::neverRecord() {
  state->gpu->records = false;
}

void Device::watchMemory() {
  state->gpu->watchMemory();
}

uint64_t Device::memoryGeneration() const {
  return state->gpu->generation;
}

uint64_t Device::meetings() const {
  return state->meetings;
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
