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
  outcome.part.assign(outcome.pairs.size(), -1);
  for (const AttackOutcome *part : parts)
    outcome.seconds += part->seconds;
  for (size_t i = 0; i < outcome.pairs.size(); ++i) {
    AttackPair &pair = outcome.pairs[i];
    pair.success = pair.successAtZero;
    pair.distance = 0;
    pair.unmoved = true;
    bool found = false;
    for (size_t number = 0; number < parts.size(); ++number) {
      const AttackOutcome *part = parts[number];
      const AttackPair &other = part->pairs.at(i);
      bool inside = !set.threat.hasBall() || other.distance <= outermost(set.threat, dataset);
      // Of examples that all fail, none is nearer to success: the first stays, whatever it moved.
      auto rank = [](const AttackPair &one) {
        return std::tuple(-one.success, one.success > 0 ? one.distance : 0);
      };
      if (!inside || (found && rank(other) >= rank(pair)))
        continue;
      take(outcome, *part, i);
      outcome.part[i] = int32_t(number);
      found = true;
    }
  }
  return outcome;
}

ShownExamples examplesOfSet(const AttackOutcome &set, const std::vector<const ShownExamples *> &parts,
                            size_t pairs) {
  ShownExamples shown;
  for (const ShownExamples *part : parts)
    if (!part->problem.empty())
      return *part;
  shown.pixels = parts.front()->pixels;
  shown.clean = parts.front()->clean;
  shown.clean.resize(pairs * size_t(shown.pixels));
  for (size_t i = 0; i < pairs; ++i) {
    const int32_t number = set.part.at(i);
    const ShownExamples &part = *parts.at(size_t(std::max(number, 0)));
    const float *its = number < 0 ? part.cleanOf(i) : part.finishedOf(i);
    shown.finished.insert(shown.finished.end(), its, its + part.pixels);
    shown.others.push_back(number >= 0 && part.others.at(i));
  }
  return shown;
}

} // namespace switchyard::rt
