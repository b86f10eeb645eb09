// One line about a job, for progress and errors.
#ifndef SWITCHYARD_RUNTIME_PLAN_SUMMARY_H
#define SWITCHYARD_RUNTIME_PLAN_SUMMARY_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// "train small_cnn, none"
std::string jobTitle(const Job &job);
/// "97.90 % of 1000 images"; the job's outcome must be there.
std::string jobSummary(const Job &job, const Outcomes &outcomes);

/// "512 bytes", "3.4 MB"
std::string bytesText(double bytes);

} // namespace switchyard::rt

#endif
