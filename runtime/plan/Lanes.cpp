// A lane is a device with its context.
#include "runtime/plan/Lanes.h"

namespace switchyard::rt {

const Workplace &Lanes::lane(size_t index) {
  if (index == 0)
    return first;
  while (others.size() < index) {
    Lane lane;
    lane.device = first.device->another();
    lane.context = std::make_unique<Context>(threadsOf(first.context), lane.device.get());
    lane.work = std::make_unique<Workplace>(Workplace{first.plan, first.artifact, lane.context->get(),
                                                      first.store, first.progress, lane.device.get()});
    others.push_back(std::move(lane));
  }
  return *others[index - 1].work;
}

} // namespace switchyard::rt
