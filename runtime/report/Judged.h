// Success of attacked pairs as each judge has it (S5.8), told from the answers that an attack's job
// collected.
#ifndef SWITCHYARD_RUNTIME_REPORT_JUDGED_H
#define SWITCHYARD_RUNTIME_REPORT_JUDGED_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

enum class Moment { Finished, AtZero }; // of the finished example, or of the clean image

/// A fraction of so many draws, or of paths, as it was before it was kept as a float.
double fractionOf(double value, int64_t of);
/// The share of a class among the answers to a pair's finished example; NaN where none were kept.
double shareOfAnswers(const AttackOutcome &outcome, size_t pair, size_t klass);

/// How success was judged, as files say it: "expected", "all_paths" (exact), "one_draw", "any_of(5)".
std::string judgeInFiles(const Verdict &verdict, const AttackJob &job);

/// Why the judge can say nothing of this attack's examples; empty where it can.
std::string whyNoVerdict(const AttackOutcome &outcome, const Verdict &verdict);

/// Success of one pair of a finished attack, which the judge can tell; what `judgeAll` has found is not
/// computed again.
double successBy(const Outcomes &outcomes, int64_t job, const Verdict &verdict, size_t pair, Moment moment);

/// The attack's outcome with success as the judge has it.
AttackOutcome asJudged(const Outcomes &outcomes, int64_t job, const Verdict &verdict);

/// Finds the success of all pairs by all judges of several answers, once: a vote takes a while, and each
/// score asks for it again.
void judgeAll(const Plan &plan, Outcomes &outcomes);

} // namespace switchyard::rt

#endif
