// A compiled call as one thing: what it puts on a stream, recorded once and started again (a CUDA graph),
// which costs the host one call of the driver in the place of one for each kernel.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CUDA_GRAPH_H
#define SWITCHYARD_RUNTIME_KERNELS_CUDA_GRAPH_H

#include "runtime/kernels/cuda/Device.h"
#include "runtime/kernels/cuda/Driver.h"

#include <optional>

namespace switchyard::rt {

/// The memory that it uses must stay as it was when it was recorded.
class Graph {
public:
  /// Takes over `recorded`, a graph of the driver. `needs` lives as long as this.
  Graph(std::shared_ptr<Driver> driver, Driver::Handle recorded, std::shared_ptr<void> needs);
  ~Graph();
  Graph(const Graph &) = delete;
  Graph &operator=(const Graph &) = delete;

  void launch(Driver::Handle stream) const;

private:
  std::shared_ptr<Driver> driver;
  std::shared_ptr<void> needs;
  Driver::Handle executable = nullptr;
  size_t count = 0; // of kernels, copies and the like
};

/// The calls of one compiled function with its buffers: run as they come at first, recorded when the same
/// call comes again, and then replayed for as long as what decides its launches stays the same.
class Replay {
public:
  /// All that decides what a call launches: addresses and loop counts.
  using Key = std::vector<uint64_t>;

  void run(Device &device, const Key &key, const std::function<void()> &call);

private:
  void runPlainly(Device &device, const std::function<void()> &call);

  std::unique_ptr<Graph> graph; // of the call `last`
  std::optional<Key> last;
  uint64_t generation = 0; // of the device's memory when it was recorded
  bool possible = true;
};

} // namespace switchyard::rt

#endif
