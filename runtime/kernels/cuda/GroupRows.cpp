// The host sorts: the libraries' calls that follow need to know there how many rows each channel has.
#include "runtime/kernels/cuda/GroupRows.h"
#include "runtime/kernels/GroupRows.h"

namespace switchyard::rt {

void groupRowsOnDevice(Device &device, int64_t batch, int64_t channels, const int32_t *channel,
                       int32_t *order, int32_t *inverse, int32_t *offsets) {
  const auto rows = size_t(batch);
  std::vector<int32_t> sorted(rows), back(rows), begins(size_t(channels) + 1);
  groupRows(batch, channels, channel, sorted.data(), back.data(), begins.data());
  device.upload(order, sorted.data(), sorted.size() * sizeof(int32_t));
  device.upload(inverse, back.data(), back.size() * sizeof(int32_t));
  device.upload(offsets, begins.data(), begins.size() * sizeof(int32_t));
  device.rememberOffsets(offsets, std::move(begins));
}

} // namespace switchyard::rt
