// A judge by one answer has its success as it was kept; one of several is computed from the share of each
// class.
#include "runtime/report/Judged.h"

#include "runtime/contract/Verdicts.h"

#include <algorithm>
#include <cmath>

namespace switchyard::rt {

double fractionOf(double value, int64_t of) {
  double nearest = std::round(value * static_cast<double>(of)) / static_cast<double>(of);
  return std::abs(nearest - value) < 1e-6 ? nearest : value;
}

double shareOfAnswers(const AttackOutcome &outcome, size_t pair, size_t klass) {
  const size_t classes = outcome.classes();
  return klass < classes
             ? fractionOf(outcome.answers[pair * classes + klass], std::max(outcome.draws, outcome.paths))
             : std::nan("");
}

static bool asksSeveral(const Verdict &verdict) {
  return verdict.kind == Verdict::Kind::AnyOf || verdict.kind == Verdict::Kind::Majority;
}

std::string judgeInFiles(const Verdict &verdict, const AttackJob &job) {
  if (asksSeveral(verdict) || verdict.kind == Verdict::Kind::SameDraw)
    return verdictText(verdict);
  return job.judging.oneDraw ? "one_draw" : job.model.stages.empty() ? "expected" : "all_paths";
}

/// Draws tell single votes, and how often a majority of some of them is fooled; several such majorities have
/// no draw in common.
std::string whyNoVerdict(const AttackOutcome &outcome, const Verdict &verdict) {
  if (verdict.kind == Verdict::Kind::SameDraw && outcome.sameDraw.empty())
    return outcome.votes > 1 ? "`same_draw` of a model that answers by majority of " +
                                   std::to_string(outcome.votes) + " draws: the attack kept one of them"
                             : "`same_draw`: the attack kept no draw, as it does under `frozen_draw`";
  if (!asksSeveral(verdict) || outcome.votes == 1 || outcome.draws == 0)
    return "";
  return "`" + verdictText(verdict) + "` of a model that answers by majority of " +
         std::to_string(outcome.votes) + " draws is known where paths can be enumerated, not from " +
         std::to_string(outcome.draws) + " draws";
}

namespace {

/// The answers to a pair's image: of draws how many, of paths their chances.
Answers answersTo(const AttackOutcome &outcome, size_t pair, Moment moment) {
  const std::vector<double> &shares = moment == Moment::Finished ? outcome.answers : outcome.answersAtZero;
  const size_t classes = outcome.classes();
  Answers answers{{}, outcome.draws};
  for (size_t i = pair * classes; i < (pair + 1) * classes; ++i)
    answers.ofClass.push_back(outcome.draws ? std::round(shares[i] * double(outcome.draws)) : shares[i]);
  return answers;
}

/// The chance that most of k answers are what the attack wants: the goal, or anything but the label (S2.3).
double majority(const AttackOutcome &outcome, size_t pair, Moment moment, int64_t k) {
  const AttackPair &its = outcome.pairs[pair];
  double chance = chanceOfMajority(answersTo(outcome, pair, moment), size_t(its.goal), k);
  return its.goal == its.label ? 1 - chance : chance; // away from the label, that is the goal
}

/// A model that answers one way gives every judge the same.
double computed(const AttackOutcome &outcome, const Verdict &verdict, size_t pair, Moment moment) {
  if (verdict.kind == Verdict::Kind::SameDraw)
    return (moment == Moment::Finished ? outcome.sameDraw : outcome.sameDrawAtZero).at(pair);
  const AttackPair &its = outcome.pairs[pair];
  const double chance = fractionOf(moment == Moment::Finished ? its.success : its.successAtZero,
                                   std::max(outcome.draws, outcome.paths));
  const int64_t draws = outcome.draws;
  if (!asksSeveral(verdict) || draws == 1)
    return chance;
  if (verdict.kind == Verdict::Kind::Majority)
    return majority(outcome, pair, moment, verdict.answers);
  return draws == 0 ? anyOf(chance, verdict.answers)
                    : anyOf(int64_t(std::llround(chance * double(draws))), draws, verdict.answers);
}

} // namespace

double successBy(const Outcomes &outcomes, int64_t job, const Verdict &verdict, size_t pair, Moment moment) {
  auto known =
      asksSeveral(verdict) ? outcomes.judged.find({job, verdictText(verdict)}) : outcomes.judged.end();
  if (known != outcomes.judged.end())
    return (moment == Moment::Finished ? known->second.success : known->second.successAtZero).at(pair);
  return computed(outcomes.attacks.at(job), verdict, pair, moment);
}

AttackOutcome asJudged(const Outcomes &outcomes, int64_t job, const Verdict &verdict) {
  AttackOutcome judged = outcomes.attacks.at(job);
  for (size_t i = 0; i < judged.pairs.size(); ++i) {
    judged.pairs[i].success = successBy(outcomes, job, verdict, i, Moment::Finished);
    judged.pairs[i].successAtZero = successBy(outcomes, job, verdict, i, Moment::AtZero);
  }
  return judged;
}

void judgeAll(const Plan &plan, Outcomes &outcomes) {
  for (const Experiment &experiment : plan.experiments)
    for (const Verdict &verdict : experiment.judges)
      for (const Cell &cell : experiment.cells)
        for (int64_t job : cell.jobs) {
          auto outcome = outcomes.attacks.find(job);
          if (!asksSeveral(verdict) || outcome == outcomes.attacks.end() ||
              !whyNoVerdict(outcome->second, verdict).empty())
            continue;
          auto [found, isNew] = outcomes.judged.try_emplace({job, verdictText(verdict)});
          for (size_t i = 0; isNew && i < outcome->second.pairs.size(); ++i) {
            found->second.success.push_back(computed(outcome->second, verdict, i, Moment::Finished));
            found->second.successAtZero.push_back(computed(outcome->second, verdict, i, Moment::AtZero));
          }
        }
}

} // namespace switchyard::rt
