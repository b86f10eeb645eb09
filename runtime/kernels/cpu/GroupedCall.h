// One layer over rows that stand in the order of their channel, each group of rows with its own channel's
// weights (S3.5). Threads run across groups, each library call on one thread and of exactly as many rows as
// it has: a loop over channels with all threads in each call costs two to three times as much.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_GROUPEDCALL_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_GROUPEDCALL_H

#include "runtime/kernels/cpu/PlainCall.h"

#include <functional>
#include <vector>

namespace switchyard::rt {

/// Pieces that a batch is cut into under `precision exact_order`, whatever the number of threads.
constexpr int64_t exactOrderPieces = 8;

/// What a grouped layer is made of; sizes in floats.
struct GroupedShape {
  int64_t direction, batch, channels;
  int64_t input, output;   // of one row, of the forward direction
  int64_t biases, weights; // of one channel
  Precision precision;
};

class GroupedCall : public swy_handle {
public:
  /// A single-threaded call for so many rows, in a worker's library.
  using Make = std::function<std::unique_ptr<PlainCall>(Library &, int64_t rows)>;

  GroupedCall(Library &library, const GroupedShape &shape, Make make);

  /// Takes a copy: each channel is packed when it is first drawn. Channels whose weights are the same as
  /// before stay packed, so that a step over frozen blocks packs nothing after its first run.
  void pack(const float *weights) override;
  void runGrouped(const int32_t *offsets, std::initializer_list<const float *> operands) override;
  /// The names of all that its calls run.
  std::string implementation() const override;
  size_t made() const override;

private:
  /// Rows of one channel.
  struct Item {
    int64_t channel, first, rows;
  };
  /// One channel's weights in one of the library's formats, under a lock of their own: a group in pieces
  /// wants them from several threads at once.
  struct Packed {
    std::mutex mutex;
    Storage storage;
    bool current = false;
    bool wild = false; // see PlainCall
  };
  /// A call for one number of rows and all channels' weights in its format.
  struct Sized {
    std::unique_ptr<PlainCall> call;
    std::vector<Packed> *weights = nullptr;
  };
  /// By the number of rows; each thread has its own.
  using Calls = std::map<int64_t, Sized>;

  int64_t mostRows() const;
  std::vector<Item> itemsOf(const int32_t *offsets) const;
  void runItem(int worker, const Item &item, std::initializer_list<const float *> operands);
  Sized &sized(int worker, int64_t rows);
  void useWeights(Sized &sized, int64_t channel);

  Library &library;
  GroupedShape shape;
  Make make;
  Storage plain; // all channels' weights as they were given
  std::vector<Calls> ofWorker;
  std::mutex formatsMutex;
  std::map<std::string, std::vector<Packed>> formats; // one for all numbers of rows but the smallest
};

} // namespace switchyard::rt

#endif
