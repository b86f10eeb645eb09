// Success is told from answers on draws that the attack never saw (S5.1).
#include "runtime/plan/PairJudge.h"
#include "runtime/plan/Goals.h"
#include "runtime/plan/PackedExamples.h"

#include <algorithm>

namespace switchyard::rt {

static const AttackJob &attackOf(const Job &job) {
  return job.as<AttackJob>();
}

PairJudge::PairJudge(const Workplace &work, const Job &job, const Dataset &dataset, Buffers &judged)
    : work(work), job(job), asked(attackOf(job).pairs),
      classes(work.plan.datasets[size_t(job.dataset)].classes), test(dataset.test),
      pixelsEach(test.count ? int64_t(test.images.size()) / test.count : 0),
      answering(work, attackOf(job).model, attackOf(job).judging.oneDraw ? 1 : attackOf(job).judging.draws,
                judged, philoxStream(attackOf(job).seed, purposeJudging)) {
  if (attackOf(job).judging.sameDraw) { // the attack's stream, its draw 0 of pass 0
    Answering one = attackOf(job).model;
    one.stages.clear();
    kept.emplace(work, one, 1, judged, philoxStream(attackOf(job).seed, purposeAttack));
  }
  if (work.device)
    work.device->keep(test.images.data(), test.images.size());
}

Row PairJudge::row(const AttackPair &pair, const float *image) const {
  Row row;
  row.pixels = image;
  row.image = pair.image;
  row.label = pair.label;
  row.goal = pair.goal;
  row.target = asked.goal.toward ? pair.goal : noTarget;
  return row;
}

Judged PairJudge::of(const std::vector<AttackPair> &pairs, const std::vector<const float *> &images) const {
  std::vector<Row> rows;
  for (size_t i = 0; i < pairs.size(); ++i)
    rows.push_back(row(pairs[i], images[i]));
  std::vector<int32_t> answers = answering.answers(rows);
  const size_t members = size_t(answering.members());
  Judged judged;
  for (size_t i = 0; i < pairs.size(); ++i) {
    std::vector<bool> fooled(members);
    for (size_t member = 0; member < members; ++member) {
      fooled[member] = isFooled(pairs[i], answers[i * members + member]);
    }
    std::vector<double> shares = answering.sharesOf(answers.data() + i * members, classes);
    const double ofGoal = shares.at(size_t(pairs[i].goal)); // away from the label, that is the goal
    judged.success.push_back(answering.votesEach() == 1 ? answering.meanOf(fooled)
                             : asked.goal.toward        ? ofGoal
                                                        : 1 - ofGoal);
    judged.answers.insert(judged.answers.end(), shares.begin(), shares.end());
  }
  if (kept)
    answers = kept->answers(rows);
  for (size_t i = 0; kept && i < pairs.size(); ++i)
    judged.sameDraw.push_back(isFooled(pairs[i], answers[i]));
  return judged;
}

/// Judged like finished examples, by everything that it depends on within one run of a plan.
const Judged &PairJudge::ofClean(const AttackOutcome &outcome, CleanSuccess &cleanSuccess) const {
  auto [found, isNew] = cleanSuccess.try_emplace(pairsText(work.plan, job) + judgeText(work.plan, job));
  if (isNew) {
    std::vector<const float *> images;
    for (const AttackPair &pair : outcome.pairs)
      images.push_back(cleanImage(pair));
    found->second = of(outcome.pairs, images);
  }
  return found->second;
}

AttackOutcome PairJudge::begin(const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess) const {
  AttackOutcome outcome;
  outcome.draws = answering.exact() ? 0 : answering.members();
  outcome.paths = answering.exact() ? answering.members() : 0;
  outcome.votes = answering.votesEach();
  outcome.pairs = enumeratePairs(job, test, classes, baseline);
  const Judged &clean = ofClean(outcome, cleanSuccess);
  for (size_t i = 0; i < outcome.pairs.size(); ++i)
    outcome.pairs[i].successAtZero = clean.success[i];
  outcome.answersAtZero = clean.answers;
  outcome.answers.resize(clean.answers.size());
  outcome.sameDrawAtZero = clean.sameDraw;
  outcome.sameDraw.resize(clean.sameDraw.size());
  outcome.gradients.resize(outcome.pairs.size());
  return outcome;
}

void PairJudge::judge(AttackOutcome &outcome, size_t first, const std::vector<const float *> &images) const {
  auto from = outcome.pairs.begin() + long(first);
  const Judged judged = of({from, from + long(images.size())}, images);
  for (size_t i = 0; i < images.size(); ++i)
    outcome.pairs[first + i].success = judged.success[i];
  std::copy(judged.answers.begin(), judged.answers.end(), outcome.answers.begin() + long(first) * classes);
  std::copy(judged.sameDraw.begin(), judged.sameDraw.end(),
            outcome.sameDraw.begin() + (kept ? long(first) : 0));
}

/// Examples are judged in the batches in which they are made.
int64_t PairJudge::batchOf(const Call &attack) const {
  const Function &function = work.plan.functions[size_t(attack.function)];
  return (work.device ? *function.onDevice : function).batch;
}

static bool ofSamePairs(const std::vector<AttackPair> &a, const std::vector<AttackPair> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const AttackPair &x, const AttackPair &y) {
    return x.image == y.image && x.label == y.label && x.goal == y.goal;
  });
}

AttackOutcome PairJudge::judgeAll(const Examples &examples, const AccuracyOutcome *baseline,
                                  CleanSuccess &cleanSuccess) const {
  AttackOutcome outcome = begin(baseline, cleanSuccess);
  const size_t pairs = outcome.pairs.size(), atOnce = size_t(batchOf(attackOf(job).attack));
  if (examples.pixels != pixelsEach || !ofSamePairs(examples.pairs, outcome.pairs))
    throw DamagedExamples("it has examples of other images or goals");
  for (size_t i = 0; i < pairs; ++i) {
    outcome.pairs[i].distance = examples.pairs[i].distance;
    outcome.pairs[i].unmoved = examples.pairs[i].unmoved;
  }
  outcome.gradients = examples.gradients;
  ExampleUnpacker unpacker(examples.packed, pixelsEach);
  std::vector<float> finished(atOnce * size_t(pixelsEach));
  for (size_t first = 0; first < pairs; first += atOnce) {
    std::vector<const float *> images;
    for (size_t i = first; i < std::min(pairs, first + atOnce); ++i) {
      float *image = finished.data() + (i - first) * size_t(pixelsEach);
      unpacker.next(cleanImage(outcome.pairs[i]), image);
      images.push_back(image);
    }
    judge(outcome, first, images);
    work.progress.advance(int64_t(first + images.size()), int64_t(pairs), "pairs", "judging");
  }
  unpacker.end();
  return outcome;
}

} // namespace switchyard::rt
