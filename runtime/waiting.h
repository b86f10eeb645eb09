// How threads wait at the end of a parallel loop: they spin for some tens of microseconds, then sleep.
// libgomp's own default spins far longer, which on a machine with other work costs twice the time and gains
// nothing on an idle one. libgomp reads this from the environment when it is loaded, so it is set before the
// runtime starts.
#ifndef SWITCHYARD_RUNTIME_WAITING_H
#define SWITCHYARD_RUNTIME_WAITING_H

#include <cstdlib>

namespace switchyard {

/// Sets the waiting policy for programs started from this one, unless the user has chosen one. Whether it
/// did.
inline bool chooseWaiting() {
  if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY"))
    return false;
  return setenv("GOMP_SPINCOUNT", "20000", 0) == 0;
}

} // namespace switchyard

#endif
