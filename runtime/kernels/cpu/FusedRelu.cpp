// Both loops run once through memory, in as many threads as the call that they stand beside.
#include "runtime/kernels/cpu/FusedRelu.h"
#include "runtime/kernels/Threads.h"

#include <atomic>
#include <cstring>

namespace switchyard::rt {
namespace {

/// Numbers for which a thread is worth waking.
constexpr int64_t grain = 1 << 15;

struct Search {
  const float *values;
  std::atomic<bool> found{false};
};

/// Without its sign a number's bits grow with it; those of infinity and NaN are the largest.
void search(int64_t begin, int64_t end, void *env) {
  Search &search = *static_cast<Search *>(env);
  constexpr int32_t limit = 0x58635fa9; // 1e15
  int32_t wild = 0;
  for (int64_t i = begin; i < end; ++i) {
    int32_t bits;
    std::memcpy(&bits, search.values + i, sizeof bits);
    wild |= (bits & 0x7fffffff) > limit;
  }
  if (wild)
    search.found = true;
}

void relu(int64_t begin, int64_t end, void *env) {
  float *values = static_cast<float *>(env);
  for (int64_t i = begin; i < end; ++i)
    values[i] = values[i] <= 0 ? 0 : values[i];
}

} // namespace

bool anyWild(int threads, const float *values, int64_t count) {
  Search what{values};
  parallelFor(threads, count, grain, search, &what);
  return what.found;
}

void reluInPlace(int threads, float *values, int64_t count) {
  parallelFor(threads, count, grain, relu, values);
}

} // namespace switchyard::rt
