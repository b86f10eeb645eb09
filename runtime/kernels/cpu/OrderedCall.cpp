// Forward and backward to the input, rows have nothing to do with each other: a grouped call with one group.
// The gradient of weights is a sum over rows: each piece has its own, and they are added in order.
#include "runtime/kernels/cpu/OrderedCall.h"
#include "runtime/kernels/Threads.h"

#include <algorithm>

namespace switchyard::rt {
namespace {

class OrderedRows : public swy_handle {
public:
  OrderedRows(Library &library, const GroupedShape &shape, GroupedCall::Make make)
      : offsets{0, int32_t(shape.batch)}, rows(library, shape, std::move(make)) {}

  void pack(const float *weights) override { rows.pack(weights); }
  void run(std::initializer_list<const float *> operands) override { rows.runGrouped(offsets, operands); }
  std::string implementation() const override { return rows.implementation(); }
  size_t made() const override { return rows.made(); }

private:
  int32_t offsets[2];
  GroupedCall rows;
};

class OrderedSum : public swy_handle {
public:
  OrderedSum(Library &library, const GroupedShape &shape, GroupedCall::Make make)
      : threads(library.threads), shape(shape), make(std::move(make)),
        pieces(size_t(std::min(shape.batch, exactOrderPieces))) {
    for (Piece &piece : pieces)
      piece.sums = Storage(sizeof(float) * size_t(shape.weights + shape.biases));
  }

  void pack(const float *) override {} // it takes none

  void run(std::initializer_list<const float *> operands) override {
    const float *const *given = operands.begin();
    takeTurns(threads, int64_t(pieces.size()),
              [&](int, int64_t index) { runPiece(index, given[0], given[1]); });
    addUp(0, shape.weights, const_cast<float *>(given[2]));
    addUp(shape.weights, shape.biases, const_cast<float *>(given[3]));
  }

  std::string implementation() const override {
    return "ordered" + (pieces[0].call ? ": " + pieces[0].call->implementation() : "");
  }
  size_t made() const override { return pieces.size(); }

private:
  struct Piece {
    std::unique_ptr<Library> library = std::make_unique<Library>(1);
    std::unique_ptr<PlainCall> call; // after the library, whose scratch it uses
    Storage sums;                    // of weights, then of biases
  };

  void runPiece(int64_t index, const float *input, const float *cotangent) {
    Piece &piece = pieces[size_t(index)];
    const int64_t count = int64_t(pieces.size());
    const int64_t first = shape.batch * index / count, behind = shape.batch * (index + 1) / count;
    if (!piece.call) // made here, where the library plans for one thread
      piece.call = make(*piece.library, behind - first);
    float *sums = piece.sums.as<float>();
    piece.call->run(
        {input + first * shape.input, cotangent + first * shape.output, sums, sums + shape.weights});
  }

  /// result[i] = the pieces' sums[from + i], added in order.
  void addUp(int64_t from, int64_t count, float *result) {
    struct Sum {
      const std::vector<Piece> &pieces;
      int64_t from;
      float *result;
    } sum{pieces, from, result};
    auto body = [](int64_t begin, int64_t end, void *env) {
      const Sum &sum = *static_cast<const Sum *>(env);
      for (int64_t i = begin; i < end; ++i)
        sum.result[i] = sum.pieces[0].sums.as<float>()[sum.from + i];
      for (size_t p = 1; p < sum.pieces.size(); ++p) {
        const float *more = sum.pieces[p].sums.as<float>() + sum.from;
        for (int64_t i = begin; i < end; ++i)
          sum.result[i] += more[i];
      }
    };
    parallelFor(threads, count, 4096, body, &sum);
  }

  int threads;
  GroupedShape shape;
  GroupedCall::Make make;
  std::vector<Piece> pieces;
};

} // namespace

std::unique_ptr<swy_handle> makeOrderedCall(Library &library, GroupedShape shape, GroupedCall::Make make) {
  shape.channels = 1;
  if (shape.direction == SWY_DIRECTION_BACKWARD_WEIGHTS)
    return std::make_unique<OrderedSum>(library, shape, std::move(make));
  return std::make_unique<OrderedRows>(library, shape, std::move(make));
}

} // namespace switchyard::rt
