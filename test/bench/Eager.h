// The peer: what a LibTorch user writes, plainly and with everything done right (PERFORMANCE notes: layout,
// gradients only where needed; threads, BLAS and malloc are set outside).
#ifndef SWITCHYARD_TEST_BENCH_EAGER_H
#define SWITCHYARD_TEST_BENCH_EAGER_H

#include "test/bench/Interleave.h"
#include "test/bench/Networks.h"

namespace switchyard::bench {

enum class Peer { Default, Tuned };

/// One training step: cross-entropy, SGD with Nesterov momentum, dropout from LibTorch's generator.
Contestant eagerTraining(const Subject &subject, Peer peer, int64_t batch);

/// `steps` steps of PGD on cross-entropy toward random classes.
Contestant eagerAttack(const Subject &subject, Peer peer, int64_t batch, int64_t steps);

} // namespace switchyard::bench

#endif
