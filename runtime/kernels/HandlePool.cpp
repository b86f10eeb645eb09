// Takes handles out of the pool and puts them back; what all kinds of handles check.
#include "runtime/kernels/HandlePool.h"
#include "runtime/contract/abi.h"

#include <stdexcept>

namespace switchyard::rt {

std::string directionName(int64_t direction) {
  switch (direction) {
  case SWY_DIRECTION_FORWARD:
    return "forward";
  case SWY_DIRECTION_BACKWARD_INPUT:
    return "backward_input";
  case SWY_DIRECTION_BACKWARD_WEIGHTS:
    return "backward_weights";
  default:
    return "direction " + std::to_string(direction);
  }
}

void checkDirection(int64_t direction, int64_t relu, bool hasWeights, const std::string &label) {
  if (direction < SWY_DIRECTION_FORWARD || direction > SWY_DIRECTION_BACKWARD_WEIGHTS)
    throw std::runtime_error(label + ": a direction is 0, 1 or 2");
  if (relu != 0 && (relu != 1 || direction != SWY_DIRECTION_FORWARD))
    throw std::runtime_error(label + ": relu is 0 or 1, and 0 backward, got " + std::to_string(relu));
  if (hasWeights == (direction == SWY_DIRECTION_BACKWARD_WEIGHTS))
    throw std::runtime_error(label +
                             (hasWeights ? ": takes no weights, got some" : ": needs weights, got null"));
}

void checkChannels(int64_t direction, int64_t channels, const std::string &label) {
  if (channels < 0)
    throw std::runtime_error(label + ": the number of channels must not be negative, got " +
                             std::to_string(channels));
  if (channels > 0 && direction == SWY_DIRECTION_BACKWARD_WEIGHTS)
    throw std::runtime_error(label + ": there is no grouped call for the gradient of weights");
}

swy_handle *HandlePool::take(const HandleKey &key, const Make &make) {
  std::vector<swy_handle *> &free = waiting[key];
  if (free.empty()) {
    handles.push_back(make());
    handles.back()->key = key;
    free.push_back(handles.back().get());
  }
  swy_handle *handle = free.back();
  free.pop_back();
  handle->held = handle->used = true;
  return handle;
}

void HandlePool::giveBack(swy_handle *handle) {
  if (!handle->held)
    throw std::runtime_error(handle->label + ": the handle was released twice");
  handle->held = false;
  waiting[handle->key].push_back(handle);
}

} // namespace switchyard::rt
