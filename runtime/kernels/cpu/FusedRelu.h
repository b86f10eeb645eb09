// oneDNN's fused relu is a maximum with 0, which gives 0 for a number that is none. So a call with one asks
// first whether its sums can be anything but finite; where they can, relu follows the call instead.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_FUSEDRELU_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_FUSEDRELU_H

#include <cstdint>

namespace switchyard::rt {

/// Whether a number is not finite, or so large (beyond 1e15) that a sum of its products may not be.
bool anyWild(int threads, const float *values, int64_t count);

/// max(x, 0) in place; NaN stays NaN, as in LibTorch.
void reluInPlace(int threads, float *values, int64_t count);

} // namespace switchyard::rt

#endif
