// Tallies of gradients as a call leaves them behind (S2.2): what is not finite is an error, what was zero is
// counted.
#ifndef SWITCHYARD_RUNTIME_PLAN_TALLIES_H
#define SWITCHYARD_RUNTIME_PLAN_TALLIES_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

#include <functional>

namespace switchyard::rt {

/// What became of the function's gradients, for the example in this row of `tallies` (null: it keeps none).
/// Throws std::runtime_error, naming its place, for the first that was not finite, or the first comparison
/// with what was no number; `whose` says for which example ("test image 3 away from class 1").
std::vector<GradientTally> talliesOf(const Function &function, const int32_t *tallies, int64_t row,
                                     const std::function<std::string()> &whose);

} // namespace switchyard::rt

#endif
