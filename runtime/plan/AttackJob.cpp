// Attack jobs: pairs in batches through the compiled attack, each finished example checked against the threat
// model and judged on draws that the attack never saw (S5.1). On a device the pairs of several jobs, of a
// sweep over eps say, share batches, and a pair may take several rows, one for each of its restarts.
#include "runtime/plan/AttackJob.h"
#include "runtime/plan/Goals.h"
#include "runtime/plan/Judge.h"
#include "runtime/plan/Restarts.h"
#include "runtime/plan/Summary.h"
#include "runtime/plan/Tallies.h"
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace switchyard::rt {

namespace {

/// One example to make: which job's, and which of its pairs.
struct Example {
  size_t job, pair;
};

class AttackRun {
public:
  AttackRun(const Workplace &work, const std::vector<const Job *> &jobs, const AttackTask &task)
      : work(work), jobs(jobs), job(*jobs.front()), shared(job.as<AttackJob>()),
        spec(work.plan.datasets[size_t(job.dataset)]), test(task.dataset.test),
        pixels(test.count ? int64_t(test.images.size()) / test.count : 0),
        attack(work.bind(shared.attack, task.attacked)),
        judge(work, shared.model, shared.judging.oneDraw ? 1 : shared.judging.draws, task.judged,
              philoxStream(shared.seed, purposeJudging)) {
    attack.set<int64_t>(Role::Stream, int64_t(philoxStream(shared.seed, purposeAttack)));
    if (work.device)
      work.device->keep(test.images.data(), test.images.size());
  }

  void run(const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess,
           const std::function<void(size_t, const AttackOutcome &)> &finished,
           const std::function<void(size_t, const std::string &)> &failed) {
    AttackOutcome outcome;
    outcome.draws = judge.exact() ? 0 : judge.members();
    outcome.paths = judge.exact() ? judge.members() : 0;
    outcome.pairs = enumeratePairs(job, test, spec.classes, baseline);
    const Judged &clean = judgeClean(outcome, cleanSuccess);
    for (size_t i = 0; i < outcome.pairs.size(); ++i)
      outcome.pairs[i].successAtZero = clean.success[i];
    outcome.answersAtZero = clean.answers;
    outcome.answers.resize(clean.answers.size());
    outcome.gradients.resize(outcome.pairs.size());
    outcomes.assign(jobs.size(), outcome);
    failures.assign(jobs.size(), "");
    const size_t pairs = outcome.pairs.size(), all = jobs.size() * pairs;
    rowsEach = restartsTogether(attack.restarts(), int64_t(all), attack.batch());
    attack.setRestarts(rowsEach);
    const size_t perBatch = size_t(attack.batch() / rowsEach);
    auto began = std::chrono::steady_clock::now();
    for (size_t begin = 0, told = 0; begin < all && !allFailed(); begin += perBatch) {
      size_t end = std::min(all, begin + perBatch);
      std::vector<Example> examples;
      for (size_t i = begin; i < end; ++i)
        examples.push_back({i / pairs, i % pairs});
      attackBatch(examples);
      work.progress.advance(int64_t(end), int64_t(all), "pairs");
      for (; told < end / pairs; ++told) {
        outcomes[told].seconds = secondsSince(began) / double(told + 1);
        if (failures[told].empty())
          finished(told, outcomes[told]);
      }
    }
    for (size_t i = 0; i < jobs.size(); ++i)
      if (!failures[i].empty())
        failed(i, failures[i]);
  }

private:
  static double secondsSince(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  const float *cleanImage(const AttackPair &pair) const { return test.images.data() + pair.image * pixels; }

  Row row(const AttackPair &pair, const float *image) const {
    Row row;
    row.pixels = image;
    row.image = pair.image;
    row.label = pair.label;
    row.goal = pair.goal;
    row.target = shared.pairs.goal.toward ? pair.goal : noTarget;
    return row;
  }

  bool allFailed() const {
    return std::none_of(failures.begin(), failures.end(), [](const std::string &one) { return one.empty(); });
  }

  AttackPair &pairOf(const Example &example) { return outcomes[example.job].pairs[example.pair]; }

  void attackBatch(const std::vector<Example> &examples) {
    std::vector<Row> rows;
    std::vector<AttackPair> pairs;
    for (const Example &example : examples) {
      pairs.push_back(pairOf(example));
      rows.insert(rows.end(), size_t(rowsEach), row(pairs.back(), cleanImage(pairs.back())));
    }
    fillBatch(attack, rows);
    attack.setRowScalars([&](const std::string &scalar, int64_t row) {
      const Example &its = examples[size_t(row) % rows.size() / size_t(rowsEach)];
      return jobs[its.job]->as<AttackJob>().attack.scalars.at(scalar);
    });
    attack.run();
    const float *made = attack.buffer<float>(Role::Adversarial);
    std::vector<const float *> finished;
    for (size_t i = 0; i < examples.size(); ++i) {
      finished.push_back(made + int64_t(i) * rowsEach * pixels); // all of an example's rows have it
      keepOutcome(examples[i], int64_t(i) * rowsEach, finished.back());
    }
    if (allFailed())
      return;
    Judged judged = judgeOf(pairs, finished);
    for (size_t i = 0; i < examples.size(); ++i) {
      pairOf(examples[i]).success = judged.success[i];
      std::copy_n(judged.answers.begin() + long(i * classes()), classes(),
                  outcomes[examples[i].job].answers.begin() + long(examples[i].pair * classes()));
    }
  }

  size_t classes() const { return size_t(spec.classes); }

  /// What became of the example's gradients; all its rows have it (S2.2).
  void keepTallies(const Example &example, int64_t row) {
    outcomes[example.job].gradients[example.pair] =
        talliesOf(attack.called(), attack.buffer<int32_t>(Role::GradientTally), row, [&] {
          const AttackPair &pair = pairOf(example);
          return "test image " + std::to_string(pair.image) +
                 (shared.pairs.goal.toward ? " toward class " : " away from class ") +
                 std::to_string(pair.goal);
        });
  }

  /// What the attack made of an example in this row. The first example outside the threat model, or with a
  /// gradient that is not finite, fails its job, and no other.
  void keepOutcome(const Example &example, int64_t row, const float *made) {
    AttackPair &pair = pairOf(example);
    try {
      keepTallies(example, row);
      pair.unmoved = std::equal(made, made + pixels, cleanImage(pair));
      pair.distance =
          float(checkExample(jobs[example.job]->as<AttackJob>(), spec, pair, cleanImage(pair), made, pixels));
    } catch (const std::exception &error) {
      if (failures[example.job].empty())
        failures[example.job] = error.what();
    }
  }

  /// For each pair the fraction of draws or paths under which the model falls for `images[i]` (S2.3), and
  /// that under which it answers each class.
  Judged judgeOf(const std::vector<AttackPair> &pairs, const std::vector<const float *> &images) const {
    std::vector<Row> rows;
    for (size_t i = 0; i < pairs.size(); ++i)
      rows.push_back(row(pairs[i], images[i]));
    std::vector<int32_t> answers = judge.answers(rows);
    const size_t members = size_t(judge.members());
    Judged judged;
    for (size_t i = 0; i < pairs.size(); ++i) {
      std::vector<bool> fooled(members);
      for (size_t member = 0; member < members; ++member) {
        int32_t answer = answers[i * members + member];
        fooled[member] = shared.pairs.goal.toward ? answer == pairs[i].goal : answer != pairs[i].label;
      }
      judged.success.push_back(judge.meanOf(fooled));
      std::vector<double> shares = judge.sharesOf(answers.data() + i * members, spec.classes);
      judged.answers.insert(judged.answers.end(), shares.begin(), shares.end());
    }
    return judged;
  }

  /// Success of the clean images, judged like finished examples (S2.4).
  const Judged &judgeClean(const AttackOutcome &outcome, CleanSuccess &cleanSuccess) const {
    auto [found, isNew] = cleanSuccess.try_emplace(cleanKey());
    if (isNew) {
      std::vector<const float *> images;
      for (const AttackPair &pair : outcome.pairs)
        images.push_back(cleanImage(pair));
      found->second = judgeOf(outcome.pairs, images);
    }
    return found->second;
  }

  /// Everything that clean success depends on within one run of a plan.
  std::string cleanKey() const { return pairsText(work.plan, job) + judgeText(work.plan, job); }

  const Workplace &work;
  const std::vector<const Job *> &jobs;
  const Job &job; // the first: what they share is asked there
  const AttackJob &shared;
  const DatasetSpec &spec;
  const Split &test;
  int64_t pixels;
  int64_t rowsEach = 1; // of an example in a batch
  BoundCall attack;
  Judge judge;
  std::vector<AttackOutcome> outcomes; // of each job
  std::vector<std::string> failures;   // of each job; empty: none
};

} // namespace

bool runTogether(const Plan &plan, const Job &first, const Job &second) {
  const AttackJob &one = first.as<AttackJob>(), &other = second.as<AttackJob>();
  const Function &function = plan.functions[size_t(one.attack.function)];
  if (one.attack.function != other.attack.function || !function.onDevice || one.source != other.source ||
      pairsText(plan, first) != pairsText(plan, second) || judgeText(plan, first) != judgeText(plan, second))
    return false;
  const auto &arguments = function.onDevice->arguments;
  return std::all_of(arguments.begin(), arguments.end(), [&](const Argument &argument) {
    return argument.role != Role::Scalar || !argument.shape.empty() ||
           one.attack.scalars.at(argument.name) == other.attack.scalars.at(argument.name);
  });
}

void runAttacks(const Workplace &work, const std::vector<const Job *> &jobs, const AttackTask &task,
                CleanSuccess &cleanSuccess,
                const std::function<void(size_t, const AttackOutcome &)> &finished,
                const std::function<void(size_t, const std::string &)> &failed) {
  AttackRun(work, jobs, task).run(task.baseline, cleanSuccess, finished, failed);
}

} // namespace switchyard::rt
