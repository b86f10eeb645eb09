// A libcuda.so.1 for machines without a GPU: memory is the host's, kernels are emulated ones (the artifact's
// table of functions in the place of PTX), run block after block. A block's threads are fibers that change
// where they meet, at shuffles and barriers; a kernel without those runs its threads in a plain loop.
//
// Streams are as lazy as they may be: what is put on one waits until somebody waits for the stream or an
// event on it, so that memory which is used too early, or freed or written too soon, shows in the results.
// Recorded graphs are replayed.
//
// SWITCHYARD_STANDIN_FAIL=NAME makes the driver's function NAME fail, SWITCHYARD_STANDIN_NO_GPU=1 hides the
// GPU, SWITCHYARD_STANDIN_REPORT=1 says at the end what was done.
#include "runtime/contract/abi.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <ucontext.h>
#include <vector>

namespace {

constexpr int success = 0, invalidImage = 200, notFound = 500, launchFailure = 719;
constexpr size_t stackBytes = 256 << 10, sharedBytes = 16 * SWY_EMULATED_SHARED_BYTES;

using Kernel = swy_emulated_entry;

struct Fiber {
  ucontext_t context{};
  std::unique_ptr<char[]> stack{new char[stackBytes]};
  int64_t thread = 0;
  bool waiting = false;
};

/// Runs one block after another. All threads of a block must meet at the same places: those of a kernel do,
/// its conditions being the same for all where it shuffles.
class Block {
public:
  Block(swy_emulated_kernel kernel, int64_t threads, void *const *parameters)
      : kernel(kernel), threads(threads), parameters(parameters), words(size_t(threads), 0),
        shared(sharedBytes, 0) {
    hooks = {[](void *block, int32_t word, int32_t distance) {
               return static_cast<Block *>(block)->shuffle(word, distance);
             },
             [](void *block) { static_cast<Block *>(block)->meet(); }, this};
  }

  /// Whether every thread of the block came to its end, and all met at the same places.
  bool run(int64_t block) {
    number = block;
    next = 0;
    started = 0;
    while (next < threads)
      start();
    for (bool more = anyWaiting(); more; more = anyWaiting()) {
      given = words;
      for (auto &fiber : fibers)
        if (fiber->waiting) {
          ++met;
          resume(*fiber);
        }
      if (met != threads)
        return false; // some had ended, others wait
      met = 0;
    }
    return true;
  }

private:
  bool anyWaiting() const {
    for (const auto &fiber : fibers)
      if (fiber->waiting)
        return true;
    return false;
  }

  void start() {
    if (started == fibers.size())
      fibers.push_back(std::make_unique<Fiber>());
    Fiber &fiber = *fibers[started++];
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = stackBytes;
    fiber.context.uc_link = &scheduler;
    auto address = reinterpret_cast<uintptr_t>(this);
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(&Block::enter), 2, unsigned(address >> 32),
                unsigned(address));
    resume(fiber);
  }

  static void enter(unsigned high, unsigned low) {
    auto *block = reinterpret_cast<Block *>(uintptr_t(high) << 32 | low);
    Fiber &fiber = *block->current;
    while (block->next < block->threads) {
      fiber.thread = block->next++;
      block->kernel(block->number, fiber.thread, block->parameters, block->shared.data(), &block->hooks);
    }
  }

  void resume(Fiber &fiber) {
    fiber.waiting = false;
    current = &fiber;
    swapcontext(&scheduler, &fiber.context);
  }

  void meet() {
    Fiber &fiber = *current;
    fiber.waiting = true;
    swapcontext(&fiber.context, &scheduler);
  }

  int32_t shuffle(int32_t word, int32_t distance) {
    int64_t thread = current->thread;
    words[size_t(thread)] = word;
    meet();
    return given[size_t(thread ^ distance)];
  }

  swy_emulated_kernel kernel;
  int64_t number = 0, threads;
  void *const *parameters;
  std::vector<int32_t> words, given; // of all threads: those being written, those of the last meeting
  std::vector<char> shared;
  swy_emulation hooks;
  int64_t next = 0, met = 0;
  size_t started = 0; // fibers of this block
  std::vector<std::unique_ptr<Fiber>> fibers;
  Fiber *current = nullptr;
  ucontext_t scheduler{};
};

bool fails(const char *name) {
  const char *chosen = std::getenv("SWITCHYARD_STANDIN_FAIL");
  return chosen && !std::strcmp(chosen, name);
}

/// What was done, said at the end if asked for.
struct Counts {
  long long launches = 0, recordings = 0, replays = 0, streams = 0, uploaded = 0;
  ~Counts() {
    if (std::getenv("SWITCHYARD_STANDIN_REPORT"))
      std::fprintf(stderr,
                   "stand-in: %lld kernels launched, %lld graphs made, %lld replayed, %lld streams, %lld "
                   "bytes uploaded\n",
                   launches, recordings, replays, streams, uploaded);
  }
} counts;

using Operation = std::function<int()>; // gives the driver's result

using Recording = std::vector<Operation>;

struct Stream {
  std::deque<Operation> waiting;
  long long put = 0, done = 0;
  std::unique_ptr<Recording> recording;

  void add(Operation operation) {
    if (recording)
      return recording->push_back(std::move(operation));
    waiting.push_back(std::move(operation));
    ++put;
  }

  /// Runs what is waiting, up to the operation with this number; the first failure stays.
  int runTo(long long number) {
    int result = success;
    while (done < number && result == success) {
      Operation next = std::move(waiting.front());
      waiting.pop_front();
      ++done;
      result = next();
    }
    return result;
  }
};

struct Event {
  Stream *stream = nullptr;
  long long number = 0;
};

Stream &at(void *stream) {
  return *static_cast<Stream *>(stream);
}

int runKernel(const Kernel &kernel, unsigned blocks, unsigned threads, const std::vector<uint64_t> &values) {
  std::vector<const void *> addresses;
  for (const uint64_t &value : values)
    addresses.push_back(&value);
  Block runner(kernel.function, threads, const_cast<void *const *>(addresses.data()));
  for (unsigned block = 0; block < blocks; ++block)
    if (!runner.run(block))
      return launchFailure;
  return success;
}

} // namespace

extern "C" {

using Result = int;

/// By this the runtime knows that the device's memory is the host's.
int swyStandInDriver = 1;

Result cuInit(unsigned) {
  return fails("cuInit") ? launchFailure : success;
}
Result cuDeviceGetCount(int *count) {
  *count = std::getenv("SWITCHYARD_STANDIN_NO_GPU") ? 0 : 1;
  return success;
}
Result cuDeviceGet(int *device, int) {
  *device = 0;
  return success;
}
Result cuDeviceGetName(char *name, int length, int) {
  std::snprintf(name, size_t(length), "stand-in GPU");
  return success;
}
Result cuDeviceGetAttribute(int *value, int, int) {
  *value = 0;
  return success;
}
Result cuDevicePrimaryCtxRetain(void **context, int) {
  *context = &swyStandInDriver;
  return success;
}
Result cuCtxSetCurrent(void *) {
  return success;
}
Result cuStreamCreate(void **stream, unsigned) {
  ++counts.streams;
  *stream = new Stream;
  return success;
}
Result cuStreamDestroy_v2(void *stream) {
  Result result = at(stream).runTo(at(stream).put);
  delete static_cast<Stream *>(stream);
  return result;
}
Result cuStreamSynchronize(void *stream) {
  return at(stream).runTo(at(stream).put);
}
Result cuStreamBeginCapture_v2(void *stream, int) {
  if (fails("cuStreamBeginCapture"))
    return launchFailure;
  at(stream).recording = std::make_unique<Recording>();
  return success;
}
Result cuStreamEndCapture(void *stream, void **graph) {
  *graph = at(stream).recording.release();
  return success;
}
Result cuGraphGetNodes(void *graph, void **, size_t *count) {
  *count = static_cast<Recording *>(graph)->size();
  return success;
}
Result cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long) {
  ++counts.recordings;
  *executable = new Recording(*static_cast<Recording *>(graph));
  return success;
}
Result cuGraphDestroy(void *graph) {
  delete static_cast<Recording *>(graph);
  return success;
}
Result cuGraphExecDestroy(void *executable) {
  delete static_cast<Recording *>(executable);
  return success;
}
Result cuGraphLaunch(void *executable, void *stream) {
  ++counts.replays;
  for (const Operation &operation : *static_cast<Recording *>(executable))
    at(stream).add(operation);
  return success;
}
Result cuEventCreate(void **event, unsigned) {
  *event = new Event;
  return success;
}
Result cuEventDestroy_v2(void *event) {
  delete static_cast<Event *>(event);
  return success;
}
Result cuEventRecord(void *event, void *stream) {
  *static_cast<Event *>(event) = {&at(stream), at(stream).put};
  return success;
}
Result cuEventSynchronize(void *event) {
  Event &point = *static_cast<Event *>(event);
  return point.stream ? point.stream->runTo(point.number) : success;
}
Result cuMemAllocHost_v2(void **memory, size_t bytes) {
  *memory = std::malloc(bytes);
  return success;
}
Result cuMemFreeHost(void *memory) {
  std::free(memory);
  return success;
}
Result cuMemGetInfo_v2(size_t *available, size_t *total) {
  *available = *total = size_t(1) << 40;
  return success;
}
Result cuLaunchHostFunc(void *stream, void (*function)(void *), void *data) {
  at(stream).add([=] {
    function(data);
    return success;
  });
  return success;
}
Result cuModuleLoadDataEx(void **module, const void *image, unsigned, int *, void **) {
  if (!image || fails("cuModuleLoadDataEx"))
    return invalidImage;
  *module = const_cast<void *>(image);
  return success;
}
Result cuModuleGetFunction(void **function, void *module, const char *name) {
  for (auto *kernel = static_cast<Kernel *>(module); kernel->name; ++kernel)
    if (!std::strcmp(kernel->name, name)) {
      *function = kernel;
      return success;
    }
  return notFound;
}
Result cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream) {
  counts.uploaded += static_cast<long long>(bytes);
  at(stream).add([=] {
    std::memcpy(reinterpret_cast<void *>(to), from, bytes);
    return success;
  });
  return success;
}
Result cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
  at(stream).add([=] {
    std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
    return success;
  });
  return success;
}
Result cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void *stream) {
  at(stream).add([=] {
    std::memset(reinterpret_cast<void *>(to), value, bytes);
    return success;
  });
  return success;
}
Result cuLaunchKernel(void *function, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned,
                      unsigned, unsigned, void *stream, void **parameters, void **) {
  if (fails("cuLaunchKernel"))
    return launchFailure;
  ++counts.launches;
  auto *kernel = static_cast<const Kernel *>(function);
  std::vector<uint64_t> values(size_t(kernel->parameters)); // the driver takes them when a kernel is launched
  for (size_t i = 0; i < values.size(); ++i)
    std::memcpy(&values[i], parameters[i], sizeof values[i]);
  at(stream).add([=] { return runKernel(*kernel, blocks, threads, values); });
  return success;
}
Result cuGetErrorString(Result result, const char **text) {
  *text = result == launchFailure  ? "unspecified launch failure"
          : result == invalidImage ? "device kernel image is invalid"
          : result == notFound     ? "named symbol not found"
                                   : "unknown error";
  return success;
}
}
