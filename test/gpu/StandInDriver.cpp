// A libcuda.so.1 for machines without a GPU: memory is the host's, kernels are emulated ones (the artifact's
// table of functions in the place of PTX), run at once, block after block. A block's threads are fibers that
// change where they meet, at shuffles and barriers; a kernel without those runs its threads in a plain loop.
//
// SWITCHYARD_STANDIN_FAIL=NAME makes the driver's function NAME fail, SWITCHYARD_STANDIN_NO_GPU=1 hides the
// GPU.
#include "runtime/abi.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <ucontext.h>
#include <vector>

namespace {

constexpr int success = 0, invalidImage = 200, notFound = 500, launchFailure = 719;
constexpr size_t stackBytes = 256 << 10, sharedBytes = 16 * SWY_EMULATED_SHARED_BYTES;

struct Kernel {
  const char *name;
  swy_emulated_kernel function;
};

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
  *stream = &swyStandInDriver;
  return success;
}
Result cuStreamSynchronize(void *) {
  return success;
}
Result cuModuleLoadDataEx(void **module, const void *image, unsigned, int *, void **) {
  if (!image || fails("cuModuleLoadDataEx"))
    return invalidImage;
  *module = const_cast<void *>(image);
  return success;
}
Result cuModuleGetFunction(void **function, void *module, const char *name) {
  for (auto *kernel = static_cast<const Kernel *>(module); kernel->name; ++kernel)
    if (!std::strcmp(kernel->name, name)) {
      *function = reinterpret_cast<void *>(kernel->function);
      return success;
    }
  return notFound;
}
Result cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *) {
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return success;
}
Result cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *) {
  std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
  return success;
}
Result cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void *) {
  std::memset(reinterpret_cast<void *>(to), value, bytes);
  return success;
}
Result cuLaunchKernel(void *function, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned,
                      unsigned, unsigned, void *, void **parameters, void **) {
  if (fails("cuLaunchKernel"))
    return launchFailure;
  if (std::getenv("SWITCHYARD_STANDIN_TRACE"))
    std::fprintf(stderr, "launch %p: %u blocks of %u threads\n", function, blocks, threads);
  Block runner(reinterpret_cast<swy_emulated_kernel>(function), threads, parameters);
  for (unsigned block = 0; block < blocks; ++block)
    if (!runner.run(block))
      return launchFailure;
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
