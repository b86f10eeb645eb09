// Places where trainings run side by side: on a GPU each has a stream of its own, with its own recordings and
// library handles. A CPU has one: two trainings at once gain nothing there (measured: 0.95).
#ifndef SWITCHYARD_RUNTIME_PLAN_LANES_H
#define SWITCHYARD_RUNTIME_PLAN_LANES_H

#include "runtime/kernels/Context.h"
#include "runtime/plan/Workplace.h"

#include <memory>
#include <vector>

namespace switchyard::rt {

class Lanes {
public:
  /// At most `limit` on a GPU; `first` is the lane of all other work.
  Lanes(const Workplace &first, size_t limit) : first(first), limit(first.device ? limit : 1) {}

  size_t count() const { return limit; }
  /// Made when it is first asked for; stays until the end.
  const Workplace &lane(size_t index);

private:
  struct Lane {
    std::unique_ptr<Device> device;
    std::unique_ptr<Context> context;
    std::unique_ptr<Workplace> work;
  };

  const Workplace &first;
  size_t limit;
  std::vector<Lane> others;
};

} // namespace switchyard::rt

#endif
