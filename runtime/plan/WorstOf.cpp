// Pair by pair over the parts.
#include "runtime/plan/WorstOf.h"
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <tuple>

namespace switchyard::rt {

/// Takes a pair's example from the part.
static void take(AttackOutcome &outcome, const AttackOutcome &part, size_t pair) {
  outcome.pairs[pair] = part.pairs[pair];
  const size_t classes = outcome.classes();
  std::copy_n(part.answers.begin() + long(pair * classes), classes,
              outcome.answers.begin() + long(pair * classes));
  if (!part.sameDraw.empty())
    outcome.sameDraw[pair] = part.sameDraw[pair];
}

AttackOutcome worstOf(const AttackJob &set, const DatasetSpec &dataset,
                      const std::vector<const AttackOutcome *> &parts) {
  AttackOutcome outcome = *parts.front();
  outcome.gradients.clear();
  outcome.answers = outcome.answersAtZero;
  outcome.sameDraw = outcome.sameDrawAtZero;
  outcome.seconds = 0;
  for (const AttackOutcome *part : parts)
    outcome.seconds += part->seconds;
  for (size_t i = 0; i < outcome.pairs.size(); ++i) {
    AttackPair &pair = outcome.pairs[i];
    pair.success = pair.successAtZero;
    pair.distance = 0;
    pair.unmoved = true;
    bool found = false;
    for (const AttackOutcome *part : parts) {
      const AttackPair &other = part->pairs.at(i);
      bool inside = !set.threat.hasBall() || other.distance <= outermost(set.threat, dataset);
      // Of examples that all fail, none is nearer to success: the first stays, whatever it moved.
      auto rank = [](const AttackPair &one) {
        return std::tuple(-one.success, one.success > 0 ? one.distance : 0);
      };
      if (!inside || (found && rank(other) >= rank(pair)))
        continue;
      take(outcome, *part, i);
      found = true;
    }
  }
  return outcome;
}

} // namespace switchyard::rt
