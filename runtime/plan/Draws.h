// The random draws that the executor itself makes: streams for calls, shuffling, goals (docs/artifact.md).
#ifndef SWITCHYARD_RUNTIME_PLAN_DRAWS_H
#define SWITCHYARD_RUNTIME_PLAN_DRAWS_H

#include <cstdint>
#include <vector>

namespace switchyard::rt {

/// The order in which an epoch visits `count` training images; `stream` is the epoch's, for shuffling.
std::vector<int64_t> shuffledOrder(int64_t stream, int64_t count);

/// The test images of a split of `count` in the order in which `on N random test images` takes them: the
/// first N.
std::vector<int64_t> drawnOrder(int64_t seed, int64_t count);

/// The goal of `one_random_class`: a class other than `label`, the same for an image under every defense.
int32_t randomWrongClass(int64_t seed, int64_t image, int32_t label, int64_t classes);

} // namespace switchyard::rt

#endif
