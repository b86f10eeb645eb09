// Work is cut into items, the largest first, which the threads take in turns. A call is made in the thread
// that runs it, once for each number of rows.
#include "runtime/kernels/cpu/GroupedCall.h"
#include "runtime/kernels/Threads.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>

namespace switchyard::rt {

GroupedCall::GroupedCall(Library &library, const GroupedShape &shape, Make make)
    : library(library), shape(shape), make(std::move(make)), ofWorker(size_t(library.threads)) {
  while (int(library.workers.size()) < library.threads)
    library.workers.push_back(std::make_unique<Library>(1));
}

void GroupedCall::pack(const float *weights) {
  const size_t bytes = sizeof(float) * size_t(shape.weights);
  const bool first = !plain.data();
  if (first)
    plain = Storage(bytes * size_t(shape.channels));
  takeTurns(library.threads, shape.channels, [&](int, int64_t channel) {
    float *kept = plain.as<float>() + channel * shape.weights;
    const float *given = weights + channel * shape.weights;
    if (!first && std::memcmp(kept, given, bytes) == 0)
      return;
    std::memcpy(kept, given, bytes);
    for (auto &[format, packed] : formats)
      packed[size_t(channel)].current = false;
  });
}

/// A quarter of a thread's share of the batch, so that threads end together; at least 16 rows, on fewer of
/// which a library call is slow, but not more than leaves every thread something to do. In an exact order the
/// number of threads decides nothing.
int64_t GroupedCall::mostRows() const {
  auto share = [&](int64_t parts) { return (shape.batch + parts - 1) / parts; };
  if (shape.precision == Precision::ExactOrder)
    return share(exactOrderPieces);
  return std::max(share(4 * library.threads), std::min<int64_t>(16, share(library.threads)));
}

std::vector<GroupedCall::Item> GroupedCall::itemsOf(const int32_t *offsets) const {
  if (offsets[0] != 0 || offsets[shape.channels] != shape.batch)
    throw std::runtime_error(label + ": the groups do not cover the batch");
  std::vector<Item> items;
  for (int64_t channel = 0; channel < shape.channels; ++channel) {
    const int64_t begin = offsets[channel], rows = offsets[channel + 1] - begin;
    if (rows < 0)
      throw std::runtime_error(label + ": the groups' offsets decrease");
    const int64_t pieces = (rows + mostRows() - 1) / mostRows();
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
  takeTurns(library.threads, int64_t(items.size()),
            [&](int worker, int64_t item) { runItem(worker, items[size_t(item)], operands); });
}

void GroupedCall::runItem(int worker, const Item &item, std::initializer_list<const float *> operands) {
  Sized &its = sized(worker, item.rows);
  useWeights(its, item.channel);
  const float *const *given = operands.begin();
  if (shape.direction == SWY_DIRECTION_FORWARD)
    its.call->run({given[0] + item.first * shape.input,
                   given[1] ? given[1] + item.channel * shape.biases : nullptr,
                   given[2] + item.first * shape.output});
  else
    its.call->run({given[0] + item.first * shape.output, given[1] + item.first * shape.input});
}

GroupedCall::Sized &GroupedCall::sized(int worker, int64_t rows) {
  Calls &calls = ofWorker[size_t(worker)];
  auto known = calls.find(rows);
  if (known != calls.end())
    return known->second;
  Sized its{make(*library.workers[size_t(worker)], rows)};
  std::lock_guard<std::mutex> lock(formatsMutex);
  its.weights = &formats.try_emplace(its.call->packedFormat(), size_t(shape.channels)).first->second;
  return calls[rows] = std::move(its);
}

/// Points the call to the channel's weights, packed now if they are not yet.
void GroupedCall::useWeights(Sized &sized, int64_t channel) {
  Packed &packed = (*sized.weights)[size_t(channel)];
  std::lock_guard<std::mutex> lock(packed.mutex);
  if (!packed.storage.data())
    packed.storage = Storage(sized.call->packedBytes());
  sized.call->usePacked(packed.storage);
  if (packed.current)
    return sized.call->setWeightsAreWild(packed.wild);
  sized.call->pack(plain.as<float>() + channel * shape.weights);
  packed.wild = sized.call->weightsAreWild();
  packed.current = true;
}

std::string GroupedCall::implementation() const {
  std::set<std::string> names;
  for (const Calls &calls : ofWorker)
    for (const auto &[rows, its] : calls)
      names.insert(its.call->implementation());
  std::string all = "grouped";
  for (const std::string &name : names)
    all += (all == "grouped" ? ": " : ", ") + name;
  return all;
}

size_t GroupedCall::made() const {
  size_t made = 1;
  for (const Calls &calls : ofWorker)
    made += calls.size();
  return made;
}

} // namespace switchyard::rt
