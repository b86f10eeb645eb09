// How the restarts of an attack share the rows of a batch.
#ifndef SWITCHYARD_RUNTIME_PLAN_RESTARTS_H
#define SWITCHYARD_RUNTIME_PLAN_RESTARTS_H

#include <cstdint>

namespace switchyard::rt {

/// How many of its `restarts` each of so many examples should do at once, as rows of a batch of `batch`: the
/// number that costs least, counting turns of whole batches and what joins restarts. At least 1, at most
/// `batch` and, from 1 on, `restarts`.
int64_t restartsTogether(int64_t restarts, int64_t examples, int64_t batch);

} // namespace switchyard::rt

#endif
