// The one pool of threads: libgomp's team, which oneDNN and LibTorch use too. Its size is set once and never
// changed, because libgomp rebuilds the team whenever two regions ask for different sizes.
#ifndef SWITCHYARD_RUNTIME_KERNELS_THREADS_H
#define SWITCHYARD_RUNTIME_KERNELS_THREADS_H

#include "runtime/contract/abi.h"

#include <functional>

namespace switchyard::rt {

/// Physical cores that this process may use: by its affinity mask, and no more than its control group's
/// quota.
int availableCores();

/// Sets the team of the calling thread to `threads`, or to as many as OMP_THREAD_LIMIT lets the process have
/// (a library that plans for more would wait for them for ever); returns its size.
int setTeam(int threads);

/// Whether the caller is the body of a loop that runs on the team.
bool insideLoop();

/// swy_rt_parallel_for on a team of `threads`; `body` must not throw.
void parallelFor(int threads, int64_t count, int64_t grain, swy_loop_body body, void *env);

/// Runs body(worker, item) for every item of [0, count): the team's workers, numbered from 0, take items in
/// their order as they become free. Libraries plan for one thread inside. Throws what a body threw; items not
/// yet begun are then left out.
void takeTurns(int threads, int64_t count, const std::function<void(int worker, int64_t item)> &body);

} // namespace switchyard::rt

#endif
