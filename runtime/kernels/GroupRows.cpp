// A stable counting sort.
#include "runtime/kernels/GroupRows.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace switchyard::rt {

void groupRows(int64_t batch, int64_t channels, const int32_t *channel, int32_t *order, int32_t *inverse,
               int32_t *offsets) {
  if (batch < 0 || channels < 1)
    throw std::runtime_error("examples cannot be grouped: a batch of " + std::to_string(batch) + ", " +
                             std::to_string(channels) + " channels");
  std::vector<int32_t> next(size_t(channels) + 1, 0);
  for (int64_t row = 0; row < batch; ++row) {
    if (channel[row] < 0 || channel[row] >= channels)
      throw std::runtime_error("example " + std::to_string(row) + " drew channel " +
                               std::to_string(channel[row]) + ", the switching block has 0 to " +
                               std::to_string(channels - 1));
    ++next[size_t(channel[row]) + 1];
  }
  for (int64_t c = 0; c < channels; ++c)
    next[size_t(c) + 1] += next[size_t(c)];
  for (int64_t c = 0; c <= channels; ++c)
    offsets[c] = next[size_t(c)];
  for (int64_t row = 0; row < batch; ++row) {
    int32_t place = next[size_t(channel[row])]++;
    order[place] = int32_t(row);
    inverse[row] = place;
  }
}

} // namespace switchyard::rt
