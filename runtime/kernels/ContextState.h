// What a context is made of; for the implementation of the entry points and of handles only.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CONTEXTSTATE_H
#define SWITCHYARD_RUNTIME_KERNELS_CONTEXTSTATE_H

#include "runtime/kernels/Context.h"
#include "runtime/kernels/HandlePool.h"
#include "runtime/kernels/Storage.h"

#include <dnnl.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace switchyard::rt {

/// Sums of calls and seconds by entry point and label.
using Timers = std::map<std::pair<std::string, std::string>, std::pair<int64_t, double>>;

/// oneDNN's engine and stream, and scratch memory that all handles share: they run one after another. Grouped
/// calls run a handle on each thread, in the thread's own library.
struct Library {
  explicit Library(int threads) : threads(threads) {}

  const int threads;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  Storage scratch;
  std::vector<std::unique_ptr<Library>> workers; // of one thread each, for grouped calls

  /// Called when a handle is made, never when it runs.
  void needScratch(size_t bytes) {
    if (bytes > scratch.bytes())
      scratch = Storage(bytes);
  }
};

} // namespace switchyard::rt

struct swy_context {
  swy_context(int threads, switchyard::rt::Device *device)
      : threads(threads), device(device), library(threads) {}

  /// Keeps the first message; entry points may fail on any thread of a loop.
  void fail(const std::string &message) {
    std::lock_guard<std::mutex> lock(errorMutex);
    if (!failed)
      error = message;
    failed = true;
  }

  const int threads;
  switchyard::rt::Device *const device; // null: the CPU
  switchyard::rt::Precision precision = switchyard::rt::Precision::Float32;

  std::atomic<bool> failed{false};
  std::mutex errorMutex;
  std::string error;

  switchyard::rt::Library library;
  switchyard::rt::HandlePool handles; // after the library, whose scratch they use
  std::unique_ptr<switchyard::rt::Timers> timers;
};

#endif
