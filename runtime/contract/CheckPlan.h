// Whether the parts of a plan fit each other; what parsePlan does last.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_CHECKPLAN_H
#define SWITCHYARD_RUNTIME_CONTRACT_CHECKPLAN_H

#include "runtime/contract/Plan.h"

namespace switchyard::rt {

/// Throws std::runtime_error, naming the JSON path: arguments that break the table of roles, jobs that refer
/// to jobs that do not come before them or to functions of another shape, cells out of range.
void checkPlan(const Plan &plan);

/// Likewise of a place in a list of things, of one show, and of one across experiments.
void checkIndex(int64_t index, size_t count, const char *things, const std::string &path);
void checkShow(const Show &show, const std::string &path);
void checkJoint(const Plan &plan, const JointShow &joint, const std::string &path);

/// "[128, 1, 28, 28]"
std::string shapeText(const std::vector<int64_t> &shape);

} // namespace switchyard::rt

#endif
