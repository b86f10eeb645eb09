// The one pool of threads: libgomp's team, which oneDNN and LibTorch use too. Its size is set once and never
// changed, because libgomp rebuilds the team whenever two regions ask for different sizes.
#ifndef SWITCHYARD_RUNTIME_KERNELS_THREADS_H
#define SWITCHYARD_RUNTIME_KERNELS_THREADS_H

#include "runtime/abi.h"

#include <functional>

namespace switchyard::rt {

/// Physical cores that this process may use: by its affinity mask, and no more than its control group's
/// quota.
int availableCores();

/// Sets the team of the calling thread to `threads`, whatever the environment says.
void setTeam(int threads);

/// Whether the caller is the body of a loop that runs on the team.
bool insideLoop();

/// swy_rt_parallel_for on a team of `threads`; `body` must not throw.
void parallelFor(int threads, int64_t count, int64_t grain, swy_loop_body body, void *env);

/// Runs body(0) .. body(threads - 1) on the team, one on each thread; `body` must not throw.
void runTeam(int threads, const std::function<void(int)> &body);

} // namespace switchyard::rt

#endif
