// A set of attacks: each pair has the example of the one that succeeds most, as its authors combine
// AutoAttack (Croce and Hein, 2020). Nothing is computed anew; what was shared with other cells is shared.
#ifndef SWITCHYARD_RUNTIME_PLAN_WORSTOF_H
#define SWITCHYARD_RUNTIME_PLAN_WORSTOF_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// The outcome of a set from its parts' outcomes, on the same pairs in the same order. Of equal success the
/// nearest example, of these, and of what all fails, the first attack's. An example outside the set's ball
/// (of an attack that minimizes a distance) is none; where there is none the clean image stays. Gradients are
/// told by the parts.
AttackOutcome worstOf(const AttackJob &set, const DatasetSpec &dataset,
                      const std::vector<const AttackOutcome *> &parts);

/// The examples of the set's first pairs from its parts', which have at least these.
ShownExamples examplesOfSet(const AttackOutcome &set, const std::vector<const ShownExamples *> &parts,
                            size_t pairs);

} // namespace switchyard::rt

#endif
