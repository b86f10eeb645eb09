// Which (image, goal) pairs an attack job works on (S2.3, S2.4).
#ifndef SWITCHYARD_RUNTIME_PLAN_GOALS_H
#define SWITCHYARD_RUNTIME_PLAN_GOALS_H

#include "runtime/contract/Plan.h"
#include "runtime/data/Dataset.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// The pairs of an attack job in the order of its images, scores still zero. `baseline` is the accuracy of
/// the baseline defense, asked only under `correct_only`. Throws std::runtime_error where the split has too
/// few images or no pair is left.
std::vector<AttackPair> enumeratePairs(const Job &job, const Split &test, int64_t classes,
                                       const AccuracyOutcome *baseline);

} // namespace switchyard::rt

#endif
