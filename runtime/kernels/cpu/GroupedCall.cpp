// Work is cut into items, the largest first, and taken by the threads from a shared counter. Handles are made in
// the thread that runs them, because oneDNN plans for as many threads as it sees there: one, inside a parallel
// region.
#include "runtime/kernels/cpu/GroupedCall.h"
#include "runtime/kernels/Threads.h"

#include <algorithm>
#include <stdexcept>

namespace switchyard::rt {

/// Fewer rows than this make a library call inefficient.
constexpr int64_t fewestRows = 16;

GroupedCall::GroupedCall(Library &library, const GroupedShape &shape, Make make)
    : library(library), shape(shape), make(std::move(make)), ofWorker(size_t(library.threads)) {
  while (int(library.workers.size()) < library.threads)
    library.workers.push_back(std::make_unique<Library>(1));
}

void GroupedCall::pack(const float *weights) {
  plain.assign(weights, weights + shape.channels * shape.weights);
  for (std::unique_ptr<PackedSet> &set : sets)
    std::fill(set->packed.begin(), set->packed.end(), 0);
}

void GroupedCall::run(std::initializer_list<const float *>) {
  throw std::runtime_error(label + ": a handle for grouped calls was used in a plain one");
}

/// The groups, those with more rows than an eighth of two threads' work in pieces, so that threads end together.
std::vector<GroupedCall::Item> GroupedCall::itemsOf(const int32_t *offsets) const {
  if (offsets[0] != 0 || offsets[shape.channels] != shape.batch)
    throw std::runtime_error(label + ": the groups do not cover the batch");
  const int64_t most = std::max(fewestRows, (shape.batch + 4 * library.threads - 1) / (4 * library.threads));
  std::vector<Item> items;
  for (int64_t channel = 0; channel < shape.channels; ++channel) {
    const int64_t begin = offsets[channel], rows = offsets[channel + 1] - begin;
    if (rows < 0)
      throw std::runtime_error(label + ": the groups' offsets decrease");
    const int64_t pieces = (rows + most - 1) / most;
    for (int64_t piece = 0; piece < pieces; ++piece) {
      const int64_t from = rows * piece / pieces, to = rows * (piece + 1) / pieces;
      items.push_back({channel, begin + from, to - from});
    }
  }
  std::stable_sort(items.begin(), items.end(), [](const Item &a, const Item &b) { return a.rows > b.rows; });
  return items;
}

void GroupedCall::runGrouped(const int32_t *offsets, std::initializer_list<const float *> operands) {
  const std::vector<Item> items = itemsOf(offsets);
  std::atomic<size_t> next{0};
  std::mutex failing;
  std::string failure;
  runTeam(library.threads, [&](int worker) {
    try {
      for (size_t i = next++; i < items.size(); i = next++)
        runItem(size_t(worker), items[i], operands);
    } catch (const std::exception &error) {
      std::lock_guard<std::mutex> lock(failing);
      failure = error.what();
      next = items.size();
    }
  });
  if (!failure.empty())
    throw std::runtime_error(failure);
}

void GroupedCall::runItem(size_t worker, const Item &item, std::initializer_list<const float *> operands) {
  std::unique_ptr<swy_handle> &handle = ofWorker[worker][item.rows];
  if (!handle)
    handle = make(*library.workers[worker], item.rows);
  usePacked(*handle, item.channel);
  const float *const *given = operands.begin();
  const int64_t first = item.first;
  if (shape.direction == SWY_DIRECTION_FORWARD)
    handle->run({given[0] + first * shape.input, given[1] + item.channel * shape.biases,
                 given[2] + first * shape.output});
  else
    handle->run({given[0] + first * shape.output, given[1] + first * shape.input});
}

/// Gives the handle the channel's weights in its own format; packs them at their first use.
void GroupedCall::usePacked(swy_handle &handle, int64_t channel) {
  std::lock_guard<std::mutex> lock(packing);
  const std::string format = handle.packedFormat();
  auto found = std::find_if(sets.begin(), sets.end(), [&](const auto &set) { return set->format == format; });
  if (found == sets.end()) {
    sets.push_back(std::make_unique<PackedSet>());
    found = sets.end() - 1;
    (*found)->format = format;
    (*found)->ofChannel.resize(size_t(shape.channels));
    (*found)->packed.assign(size_t(shape.channels), 0);
  }
  PackedSet &set = **found;
  Storage &storage = set.ofChannel[size_t(channel)];
  if (!storage.data())
    storage = Storage(handle.packedBytes());
  handle.usePacked(storage);
  if (set.packed[size_t(channel)])
    return;
  handle.pack(plain.data() + channel * shape.weights);
  set.packed[size_t(channel)] = 1;
}

} // namespace switchyard::rt
