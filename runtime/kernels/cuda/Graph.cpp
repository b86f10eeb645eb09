// When a call is recorded: the second time that it comes alike. The first run lets the libraries choose
// algorithms and take memory; a call that differs each time (its loops count something else) would be
// recorded for nothing.
#include "runtime/kernels/cuda/Graph.h"

namespace switchyard::rt {

Graph::Graph(std::shared_ptr<Driver> given, Driver::Handle recorded, std::shared_ptr<void> needs)
    : driver(std::move(given)), needs(std::move(needs)) {
  auto result = driver->graphGetNodes(recorded, nullptr, &count);
  if (result == 0)
    result = driver->graphInstantiate(&executable, recorded, 0);
  driver->graphDestroy(recorded);
  driver->check(result, "making a graph of a compiled call");
}

Graph::~Graph() {
  driver->graphExecDestroy(executable);
}

void Graph::launch(Driver::Handle stream) const {
  driver->check(driver->graphLaunch(executable, stream),
                "starting " + std::to_string(count) + " recorded operations");
}

void Replay::runPlainly(Device &device, const std::function<void()> &call) {
  uint64_t meetings = device.meetings();
  call();
  device.watchMemory();
  // A call in which the host and the device talk to each other (rows sorted by channel) is not a graph.
  possible = possible && device.records() && device.meetings() == meetings;
}

void Replay::run(Device &device, const Key &key, const std::function<void()> &call) {
  bool again = key == last;
  if (!again || generation != device.memoryGeneration())
    graph.reset();
  last = key;
  if (possible && again && !graph) {
    graph = device.record(call);
    generation = device.memoryGeneration();
    possible = graph != nullptr;
  }
  if (graph)
    return device.replay(*graph);
  runPlainly(device, call);
}

} // namespace switchyard::rt
