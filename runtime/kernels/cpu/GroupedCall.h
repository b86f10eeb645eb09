// One layer over rows that stand in the order of their channel, each group of rows with its own channel's weights
// (S3.5). Threads run across groups, each library call on one thread and of exactly as many rows as it has: a loop
// over channels with all threads in each call costs two to three times as much.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_GROUPEDCALL_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_GROUPEDCALL_H

#include "runtime/kernels/ContextState.h"

#include <functional>
#include <mutex>
#include <vector>

namespace switchyard::rt {

/// What a grouped layer is made of; sizes in floats.
struct GroupedShape {
  int64_t direction, batch, channels;
  int64_t input, output; // of one row, of the forward direction
  int64_t biases, weights; // of one channel
};

class GroupedCall : public swy_handle {
public:
  /// A single-threaded handle for so many rows, in a worker's library.
  using Make = std::function<std::unique_ptr<swy_handle>(Library &, int64_t rows)>;

  GroupedCall(Library &library, const GroupedShape &shape, Make make);

  /// Takes a copy: each channel is packed when it is first drawn.
  void pack(const float *weights) override;
  void run(std::initializer_list<const float *> operands) override;
  void runGrouped(const int32_t *offsets, std::initializer_list<const float *> operands) override;
  std::string implementation() const override { return "grouped"; }
  std::string packedFormat() const override { return "grouped"; }
  size_t packedBytes() const override { return 0; }
  void usePacked(const Storage &) override {}

private:
  /// Rows of one channel.
  struct Item {
    int64_t channel, first, rows;
  };
  /// All channels' weights in one format of the library's.
  struct PackedSet {
    std::string format;
    std::vector<Storage> ofChannel;
    std::vector<char> packed;
  };
  /// Handles by their number of rows; touched by one thread alone.
  using Handles = std::map<int64_t, std::unique_ptr<swy_handle>>;

  std::vector<Item> itemsOf(const int32_t *offsets) const;
  void runItem(size_t worker, const Item &item, std::initializer_list<const float *> operands);
  void usePacked(swy_handle &handle, int64_t channel);

  Library &library;
  GroupedShape shape;
  Make make;
  std::vector<float> plain;
  std::vector<Handles> ofWorker;
  std::mutex packing;
  std::vector<std::unique_ptr<PackedSet>> sets;
};

} // namespace switchyard::rt

#endif
