// An attack job: pairs in batches through the compiled attack, each finished example checked against the
// threat model and judged on draws that the attack never saw (S5.1).
#include "runtime/plan/AttackJob.h"
#include "runtime/plan/CheckPlan.h"
#include "runtime/plan/Goals.h"
#include "runtime/plan/Predict.h"
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
        attack(work.bind(job.attack, attacked, noState)),
        model(work.bind(job.predict, judged, noState)) {
    attack.set<int64_t>("stream", int64_t(philoxStream(job.seed, purposeAttack)));
    model.set<int64_t>("stream", int64_t(philoxStream(job.seed, purposeJudging)));
  }

  AttackOutcome run(const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess) {
    AttackOutcome outcome;
    outcome.draws = job.random && !job.judgeOneDraw ? job.draws : 1;
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

  Row row(const AttackPair &pair, const float *image, int64_t draw) const {
    Row row;
    row.pixels = image;
    row.image = pair.image;
    row.label = pair.label;
    row.goal = pair.goal;
    row.target = job.goal.toward ? pair.goal : noTarget;
    row.draw = draw;
    return row;
  }

  void attackBatch(AttackOutcome &outcome, size_t begin, size_t end) const {
    std::vector<Row> rows;
    for (size_t i = begin; i < end; ++i)
      rows.push_back(row(outcome.pairs[i], cleanImage(outcome.pairs[i]), 0));
    fillBatch(attack, rows);
    attack.run();
    std::vector<const float *> finished;
    for (size_t i = begin; i < end; ++i) {
      AttackPair &pair = outcome.pairs[i];
      finished.push_back(attack.buffer<float>("adversarial") + int64_t(i - begin) * pixels);
      pair.distance = float(checkExample(job, spec, pair, cleanImage(pair), finished.back(), pixels));
    }
    std::vector<float> success = judge(
        {outcome.pairs.begin() + long(begin), outcome.pairs.begin() + long(end)}, finished, outcome.draws);
    for (size_t i = begin; i < end; ++i)
      outcome.pairs[i].success = success[i - begin];
  }

  /// For each pair the fraction of draws under which the model falls for `images[i]` (S2.3).
  std::vector<float> judge(const std::vector<AttackPair> &pairs, const std::vector<const float *> &images,
                           int64_t draws) const {
    std::vector<Row> rows;
    for (size_t i = 0; i < pairs.size(); ++i)
      for (int64_t draw = 0; draw < draws; ++draw)
        rows.push_back(row(pairs[i], images[i], draw));
    std::vector<int32_t> answers = predict(model, rows);
    std::vector<float> success(pairs.size(), 0);
    for (size_t i = 0; i < answers.size(); ++i) {
      const AttackPair &pair = pairs[i / size_t(draws)];
      bool fooled = job.goal.toward ? answers[i] == pair.goal : answers[i] != pair.label;
      success[i / size_t(draws)] += fooled ? 1.0f : 0.0f;
    }
    for (float &fraction : success)
      fraction /= float(draws);
    return success;
  }

  /// Success of the clean images, judged like finished examples (S2.4).
  const std::vector<float> &judgeClean(const AttackOutcome &outcome, CleanSuccess &cleanSuccess) const {
    auto [found, isNew] = cleanSuccess.try_emplace(cleanKey(outcome.draws));
    if (isNew) {
      std::vector<const float *> images;
      for (const AttackPair &pair : outcome.pairs)
        images.push_back(cleanImage(pair));
      found->second = judge(outcome.pairs, images, outcome.draws);
    }
    return found->second;
  }

  /// Everything that clean success depends on within one run of a plan.
  std::string cleanKey(int64_t draws) const {
    std::ostringstream key;
    key.precision(17);
    key << job.dataset << ' ' << job.weights << ' ' << job.seed << ' ' << draws << ' ' << job.images << ' '
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
  Buffers noState;
  BoundCall attack, model;
};

} // namespace

AttackOutcome runAttack(const Workplace &work, const Job &job, const Dataset &dataset, Buffers &attacked,
                        Buffers &judged, const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess) {
  return AttackRun(work, job, dataset, attacked, judged).run(baseline, cleanSuccess);
}

} // namespace switchyard::rt
