// What it costs that every example draws its own channel: library calls of a network's first block.
#ifndef SWITCHYARD_TEST_BENCH_GROUPEDCALLS_H
#define SWITCHYARD_TEST_BENCH_GROUPEDCALLS_H

#include "runtime/kernels/Context.h"
#include "test/bench/Interleave.h"
#include "test/bench/Networks.h"

namespace switchyard::bench {

/// Forward and backward to the image through the layers up to the last of "features", weights packed before.
/// With 0 channels the plain calls; else grouped ones, whose examples draw new channels in every step.
Contestant firstBlock(rt::Context &context, const Subject &subject, int64_t batch, int64_t channels,
                      int64_t steps);

} // namespace switchyard::bench

#endif
