// Our side: compiled functions bound to random data, and the bare library calls they make.
#ifndef SWITCHYARD_TEST_BENCH_COMPILED_H
#define SWITCHYARD_TEST_BENCH_COMPILED_H

#include "runtime/kernels/Context.h"
#include "test/bench/Interleave.h"
#include "test/bench/Networks.h"
#include "test/numerics/Artifact.h"

namespace switchyard::bench {

/// Fills every argument with data that fits its role; parameters are the subject's where the names agree.
/// `steps` is given to the scalar of that name.
Contestant compiled(rt::Context &context, const test::CompiledArtifact &artifact, const std::string &function,
                    const Subject &subject, int64_t steps);

/// The convolutions and dense layers of one forward and backward pass through the runtime's entry points,
/// weights packed as compiled code does it: in every training step, once before an attack.
Contestant libraryCalls(rt::Context &context, const Subject &subject, int64_t batch, bool training,
                        int64_t steps);

/// Runs the contestant with timers on and prints where its time goes.
void printBreakdown(rt::Context &context, const Contestant &contestant);

} // namespace switchyard::bench

#endif
