// Which (image, goal) pairs an attack job works on (S2.3, S2.4).
#ifndef SWITCHYARD_RUNTIME_PLAN_GOALS_H
#define SWITCHYARD_RUNTIME_PLAN_GOALS_H

#include "runtime/contract/Plan.h"
#include "runtime/data/Dataset.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// So many images of a split of `count`, in its order: the first ones, or those that the seed draws.
std::vector<int64_t> chosenImages(int64_t seed, int64_t images, bool random, int64_t count);

/// The pairs of an attack job in the order of its images, scores still zero. `baseline` is the accuracy
/// that chooses among images, asked only under `correct_only`. Throws std::runtime_error where the split has
/// too few images or no pair is left.
std::vector<AttackPair> enumeratePairs(const Job &job, const Split &test, int64_t classes,
                                       const AccuracyOutcome *baseline);

} // namespace switchyard::rt

#endif
