// Whether the parts of a plan fit each other; what parsePlan does last.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_CHECKPLAN_H
#define SWITCHYARD_RUNTIME_CONTRACT_CHECKPLAN_H

#include "runtime/contract/Plan.h"

namespace switchyard::rt {

/// Throws std::runtime_error, naming the JSON path: arguments that break the table of roles, jobs that refer
/// to jobs that do not come before them or to functions of another shape, cells out of range.
void checkPlan(const Plan &plan);

/// The accuracy jobs of the baselines of all experiments that use attack job `id`. `correct_only` filters by
/// them (S2.4), so they come before it and are part of its key.
std::vector<int64_t> baselineAccuracyJobs(const Plan &plan, int64_t id);

/// "[128, 1, 28, 28]"
std::string shapeText(const std::vector<int64_t> &shape);

} // namespace switchyard::rt

#endif
