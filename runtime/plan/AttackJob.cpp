// An attack job: pairs in batches through the compiled attack, each finished example checked against the
// threat model and judged on draws that the attack never saw (S5.1).
#include "runtime/plan/AttackJob.h"
#include "runtime/plan/CheckPlan.h"
#include "runtime/plan/Goals.h"
#include "runtime/plan/Judge.h"
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <sstream>

namespace switchyard::rt {

namespace {

class AttackRun {
public:
  AttackRun(const Workplace &work, const Job &job, const Dataset &dataset, Buffers &attacked, Buffers &judged)
      : work(work), job(job), spec(work.plan.datasets[size_t(job.dataset)]), test(dataset.test),
        pixels(test.count ? int64_t(test.images.size()) / test.count : 0),
        attack(work.bind(job.attack, attacked)),
        judge(work, job, judged, philoxStream(job.attackSeed, purposeJudging)) {
    attack.set<int64_t>("stream", int64_t(philoxStream(job.attackSeed, purposeAttack)));
    if (work.device)
      work.device->keep(test.images.data(), test.images.size());
  }

  AttackOutcome run(const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess) {
    AttackOutcome outcome;
    outcome.draws = judge.exact() ? 0 : judge.members();
    outcome.paths = judge.exact() ? judge.members() : 0;
    outcome.pairs = enumeratePairs(job, test, spec.classes, baseline);
    const std::vector<float> &clean = judgeClean(outcome, cleanSuccess);
    for (size_t i = 0; i < clean.size(); ++i)
      outcome.pairs[i].successAtZero = clean[i];
    for (size_t begin = 0; begin < outcome.pairs.size(); begin += size_t(attack.batch())) {
      size_t end = std::min(outcome.pairs.size(), begin + size_t(attack.batch()));
      attackBatch(outcome, begin, end);
      work.progress.advance(int64_t(end), int64_t(outcome.pairs.size()), "pairs");
    }
    return outcome;
  }

private:
  const float *cleanImage(const AttackPair &pair) const { return test.images.data() + pair.image * pixels; }

  Row row(const AttackPair &pair, const float *image) const {
    Row row;
    row.pixels = image;
    row.image = pair.image;
    row.label = pair.label;
    row.goal = pair.goal;
    row.target = job.goal.toward ? pair.goal : noTarget;
    return row;
  }

  void attackBatch(AttackOutcome &outcome, size_t begin, size_t end) const {
    std::vector<Row> rows;
    for (size_t i = begin; i < end; ++i)
      rows.push_back(row(outcome.pairs[i], cleanImage(outcome.pairs[i])));
    fillBatch(attack, rows);
    attack.run();
    std::vector<const float *> finished;
    for (size_t i = begin; i < end; ++i) {
      AttackPair &pair = outcome.pairs[i];
      finished.push_back(attack.buffer<float>("adversarial") + int64_t(i - begin) * pixels);
      pair.distance = float(checkExample(job, spec, pair, cleanImage(pair), finished.back(), pixels));
    }
    std::vector<float> success =
        successOf({outcome.pairs.begin() + long(begin), outcome.pairs.begin() + long(end)}, finished);
    for (size_t i = begin; i < end; ++i)
      outcome.pairs[i].success = success[i - begin];
  }

  /// For each pair the fraction of draws or paths under which the model falls for `images[i]` (S2.3).
  std::vector<float> successOf(const std::vector<AttackPair> &pairs,
                               const std::vector<const float *> &images) const {
    std::vector<Row> rows;
    for (size_t i = 0; i < pairs.size(); ++i)
      rows.push_back(row(pairs[i], images[i]));
    std::vector<int32_t> answers = judge.answers(rows);
    const size_t members = size_t(judge.members());
    std::vector<float> success(pairs.size(), 0);
    for (size_t i = 0; i < answers.size(); ++i) {
      const AttackPair &pair = pairs[i / members];
      bool fooled = job.goal.toward ? answers[i] == pair.goal : answers[i] != pair.label;
      success[i / members] += fooled ? 1.0f : 0.0f;
    }
    for (float &fraction : success)
      fraction /= float(members);
    return success;
  }

  /// Success of the clean images, judged like finished examples (S2.4).
  const std::vector<float> &judgeClean(const AttackOutcome &outcome, CleanSuccess &cleanSuccess) const {
    auto [found, isNew] = cleanSuccess.try_emplace(cleanKey());
    if (isNew) {
      std::vector<const float *> images;
      for (const AttackPair &pair : outcome.pairs)
        images.push_back(cleanImage(pair));
      found->second = successOf(outcome.pairs, images);
    }
    return found->second;
  }

  /// Everything that clean success depends on within one run of a plan.
  std::string cleanKey() const {
    std::ostringstream key;
    key.precision(17);
    key << job.dataset << ' ' << job.weights << ' ' << job.seed << ' ' << job.attackSeed << ' '
        << judge.exact() << ' ' << judge.members() << ' ' << job.images << ' '
        << job.correctOnly << ' ' << job.goal.toward << ' ' << int(job.goal.choice) << ' ' << job.goal.klass
        << ' ' << job.predict.function;
    if (job.correctOnly) // the baseline chooses the images
      key << " baseline " << baselineAccuracyJobs(work.plan, job.id).at(0);
    for (auto &[name, value] : job.predict.scalars)
      key << ' ' << name << '=' << value;
    return key.str();
  }

  const Workplace &work;
  const Job &job;
  const DatasetSpec &spec;
  const Split &test;
  int64_t pixels;
  BoundCall attack;
  Judge judge;
};

} // namespace

AttackOutcome runAttack(const Workplace &work, const Job &job, const Dataset &dataset, Buffers &attacked,
                        Buffers &judged, const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess) {
  return AttackRun(work, job, dataset, attacked, judged).run(baseline, cleanSuccess);
}

} // namespace switchyard::rt
