// Shuffling and goals: counter-based, so they depend on seed, epoch and image and on nothing else.
#include "runtime/plan/Draws.h"
#include "runtime/kernels/Philox.h"

#include <algorithm>
#include <utility>

namespace switchyard::rt {

static std::vector<int64_t> orderOf(uint64_t key, int64_t count) {
  std::vector<std::pair<uint32_t, int64_t>> keyed;
  keyed.reserve(size_t(count));
  for (int64_t image = 0; image < count; ++image)
    keyed.emplace_back(philoxWord(key, uint32_t(image), 0, 0, noTarget), image);
  std::sort(keyed.begin(), keyed.end());
  std::vector<int64_t> order;
  order.reserve(size_t(count));
  for (auto &[drawn, image] : keyed)
    order.push_back(image);
  return order;
}

std::vector<int64_t> shuffledOrder(int64_t stream, int64_t count) {
  return orderOf(philoxKey(uint64_t(stream), "shuffle"), count);
}

std::vector<int64_t> drawnOrder(int64_t seed, int64_t count) {
  return orderOf(philoxKey(philoxStream(seed, purposeGoals), "images"), count);
}

int32_t randomWrongClass(int64_t seed, int64_t image, int32_t label, int64_t classes) {
  const uint64_t key = philoxKey(philoxStream(seed, purposeGoals), "goal");
  uint32_t word = philoxWord(key, 0, uint32_t(image), 0, noTarget);
  int32_t wrong = int32_t(integerBelow(word, uint32_t(classes - 1)));
  return wrong < label ? wrong : wrong + 1;
}

} // namespace switchyard::rt
