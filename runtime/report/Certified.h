// Certificates of randomized smoothing (Cohen et al., 2019, section 3.2): how far an image can be moved in l2
// before the class that the smoothed model answers can change.
#ifndef SWITCHYARD_RUNTIME_REPORT_CERTIFIED_H
#define SWITCHYARD_RUNTIME_REPORT_CERTIFIED_H

#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// The chance with which one certificate may be wrong.
constexpr double certificateRisk = 0.001;

/// Clopper and Pearson's lower bound, at the risk, for a share of which `count` of `of` were met.
double lowestShare(int64_t count, int64_t of);

/// The radius that the votes certify for the class they chose, noise of this deviation on the input; nothing
/// where they abstain.
std::optional<double> certifiedRadius(const AccuracyOutcome::Votes &votes, int64_t of, double deviation);

} // namespace switchyard::rt

#endif
