// Whether the parts of a plan fit each other; what parsePlan does last.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_CHECKPLAN_H
#define SWITCHYARD_RUNTIME_CONTRACT_CHECKPLAN_H

#include "runtime/contract/Plan.h"

namespace switchyard::rt {

/// Throws std::runtime_error, naming the JSON path: arguments that break the table of roles, jobs that refer
/// to jobs that do not come before them or to functions of another shape, cells out of range.
void checkPlan(const Plan &plan);

/// "[128, 1, 28, 28]"
std::string shapeText(const std::vector<int64_t> &shape);

} // namespace switchyard::rt

#endif
