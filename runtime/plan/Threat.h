// Checks finished examples against the threat model (S2.2).
#ifndef SWITCHYARD_RUNTIME_PLAN_THREAT_H
#define SWITCHYARD_RUNTIME_PLAN_THREAT_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// Distance of `adversarial` from `clean` (both of `elements` numbers, channel by channel) in the threat
/// model's norm, in l0 a number of pixels. Throws std::runtime_error, naming the image, where the example
/// lies outside the ball or the range.
double checkExample(const AttackJob &attack, const DatasetSpec &dataset, const AttackPair &pair,
                    const float *clean, const float *adversarial, int64_t elements);

/// How far from its image an example of the ball may be, rounding included.
double outermost(const Threat &threat, const DatasetSpec &dataset);

} // namespace switchyard::rt

#endif
