// Shuffling and goals: counter-based, so they depend on seed, epoch and image and on nothing else.
#include "runtime/plan/Draws.h"
#include "runtime/kernels/Philox.h"

#include <algorithm>
#include <utility>

namespace switchyard::rt {

std::vector<int64_t> shuffledOrder(int64_t seed, int64_t epoch, int64_t count) {
  const int64_t draws = stream(seed, Purpose::Shuffling, epoch);
  const uint64_t here = site("shuffle");
  std::vector<std::pair<uint32_t, int64_t>> keyed;
  keyed.reserve(size_t(count));
  for (int64_t image = 0; image < count; ++image)
    keyed.emplace_back(word(draws, here, uint32_t(image), 0, 0, 65535), image);
  std::sort(keyed.begin(), keyed.end());
  std::vector<int64_t> order;
  order.reserve(size_t(count));
  for (auto &[key, image] : keyed)
    order.push_back(image);
  return order;
}

int32_t randomWrongClass(int64_t seed, int64_t image, int32_t label, int64_t classes) {
  uint32_t drawn = word(stream(seed, Purpose::Goals), site("goal"), 0, uint32_t(image), 0, 65535);
  int32_t wrong = int32_t(uint64_t(drawn) * uint64_t(classes - 1) >> 32);
  return wrong < label ? wrong : wrong + 1;
}

} // namespace switchyard::rt
