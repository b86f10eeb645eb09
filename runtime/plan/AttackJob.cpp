// Attack jobs: pairs in batches through the compiled attack, each finished example checked against the threat
// model, packed for the store and judged. On a device the pairs of several jobs, of a sweep over eps say,
// share batches, and a pair may take several rows, one for each of its restarts.
#include "runtime/plan/AttackJob.h"
#include "runtime/plan/PackedExamples.h"
#include "runtime/plan/Restarts.h"
#include "runtime/plan/Summary.h"
#include "runtime/plan/Tallies.h"
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <chrono>

namespace switchyard::rt {

namespace {

/// One example to make: which job's, and which of its pairs.
struct Example {
  size_t job, pair;
};

class AttackRun {
public:
  AttackRun(const Workplace &work, const std::vector<const Job *> &jobs, const AttackTask &task)
      : work(work), jobs(jobs), shared(jobs.front()->as<AttackJob>()),
        spec(work.plan.datasets[size_t(jobs.front()->dataset)]),
        judge(work, *jobs.front(), task.dataset, task.judged),
        attack(work.bind(shared.attack, task.attacked)) {
    attack.set<int64_t>(Role::Stream, int64_t(philoxStream(shared.seed, purposeAttack)));
  }

  void run(const AccuracyOutcome *baseline, CleanSuccess &cleanSuccess, const AttackListener &listener) {
    outcomes.assign(jobs.size(), judge.begin(baseline, cleanSuccess));
    failures.assign(jobs.size(), "");
    packers.resize(jobs.size());
    const size_t pairs = outcomes.front().pairs.size(), all = jobs.size() * pairs;
    auto began = std::chrono::steady_clock::now();
    size_t told = 0;
    attackAll([&](size_t end) {
      work.progress.advance(int64_t(end), int64_t(all), "pairs");
      for (; told < end / pairs; ++told) {
        outcomes[told].seconds = secondsSince(began) / double(told + 1);
        const std::string packed = packers[told] ? packers[told]->finish() : "";
        packers[told].reset();
        if (failures[told].empty())
          listener.finished(told, outcomes[told], packed);
      }
    });
    for (size_t i = 0; i < jobs.size(); ++i)
      if (!failures[i].empty())
        listener.failed(i, failures[i]);
  }

  AttackOutcome again(const AttackOutcome &first, std::vector<float> &finished) {
    outcomes = {first};
    failures = {""};
    floats = &finished;
    attackAll([](size_t) {});
    if (!failures.front().empty())
      throw std::runtime_error(failures.front());
    return outcomes.front();
  }

private:
  /// All examples of all jobs, batch by batch; `done` hears behind each how many there are.
  template <typename Done> void attackAll(Done done) {
    const size_t pairs = outcomes.front().pairs.size(), all = jobs.size() * pairs;
    rowsEach = restartsTogether(attack.restarts(), int64_t(all), attack.batch());
    attack.setRestarts(rowsEach);
    const size_t perBatch = size_t(attack.batch() / rowsEach);
    for (size_t begin = 0; begin < all && !allFailed(); begin += perBatch) {
      const size_t end = std::min(all, begin + perBatch);
      std::vector<Example> examples;
      for (size_t i = begin; i < end; ++i)
        examples.push_back({i / pairs, i % pairs});
      attackBatch(examples);
      done(end);
    }
  }

  static double secondsSince(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  bool allFailed() const {
    return std::none_of(failures.begin(), failures.end(), [](const std::string &one) { return one.empty(); });
  }

  const AttackJob &attackOf(size_t job) const { return jobs[job]->as<AttackJob>(); }
  AttackPair &pairOf(const Example &example) { return outcomes[example.job].pairs[example.pair]; }

  void attackBatch(const std::vector<Example> &examples) {
    std::vector<Row> rows;
    for (const Example &example : examples) {
      const AttackPair &pair = pairOf(example);
      rows.insert(rows.end(), size_t(rowsEach), judge.row(pair, judge.cleanImage(pair)));
    }
    fillBatch(attack, rows);
    attack.setRowScalars([&](const std::string &scalar, int64_t row) {
      const Example &its = examples[size_t(row) % rows.size() / size_t(rowsEach)];
      return attackOf(its.job).attack.scalars.at(scalar);
    });
    attack.run();
    const float *made = attack.buffer<float>(Role::Adversarial);
    std::vector<const float *> finished;
    for (size_t i = 0; i < examples.size(); ++i) {
      finished.push_back(made + int64_t(i) * rowsEach * judge.pixels()); // all of an example's rows have it
      keepOutcome(examples[i], int64_t(i) * rowsEach, finished.back());
    }
    if (!allFailed())
      judgeBatch(examples, finished);
  }

  void judgeBatch(const std::vector<Example> &examples, const std::vector<const float *> &finished) {
    std::vector<AttackPair> pairs;
    for (const Example &example : examples)
      pairs.push_back(pairOf(example));
    const Judged judged = judge.of(pairs, finished);
    const size_t classes = size_t(spec.classes);
    for (size_t i = 0; i < examples.size(); ++i) {
      pairOf(examples[i]).success = judged.success[i];
      if (!judged.sameDraw.empty())
        outcomes[examples[i].job].sameDraw[examples[i].pair] = judged.sameDraw[i];
      std::copy_n(judged.answers.begin() + long(i * classes), classes,
                  outcomes[examples[i].job].answers.begin() + long(examples[i].pair * classes));
    }
  }

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

  /// For the store, or for who asked for them again; an attack's pairs come in their order.
  void keepExample(const Example &example, const float *clean, const float *made) {
    if (floats)
      return void(floats->insert(floats->end(), made, made + judge.pixels()));
    if (!work.keepsExamples || attackOf(example.job).examples.empty())
      return;
    std::unique_ptr<ExamplePacker> &packer = packers[example.job];
    if (!packer)
      packer = std::make_unique<ExamplePacker>(
          judge.pixels(),
          PixelBounds{float(attackOf(example.job).threat.radius), float(spec.low), float(spec.high)});
    packer->add(clean, made);
  }

  /// What the attack made of an example in this row. The first example outside the threat model, or with a
  /// gradient that is not finite, fails its job, and no other.
  void keepOutcome(const Example &example, int64_t row, const float *made) {
    AttackPair &pair = pairOf(example);
    const float *clean = judge.cleanImage(pair);
    try {
      keepTallies(example, row);
      pair.unmoved = std::equal(made, made + judge.pixels(), clean);
      pair.distance = float(checkExample(attackOf(example.job), spec, pair, clean, made, judge.pixels()));
      keepExample(example, clean, made);
    } catch (const std::exception &error) {
      if (failures[example.job].empty())
        failures[example.job] = error.what();
    }
  }

  const Workplace &work;
  const std::vector<const Job *> &jobs;
  const AttackJob &shared; // the first job's: what they share is asked there
  const DatasetSpec &spec;
  PairJudge judge;
  int64_t rowsEach = 1; // of an example in a batch
  BoundCall attack;
  std::vector<AttackOutcome> outcomes;                 // of each job
  std::vector<std::string> failures;                   // of each job; empty: none
  std::vector<std::unique_ptr<ExamplePacker>> packers; // of each job that has begun and not ended
  std::vector<float> *floats = nullptr;                // where examples go that are made again
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
                CleanSuccess &cleanSuccess, const AttackListener &listener) {
  AttackRun(work, jobs, task).run(task.baseline, cleanSuccess, listener);
}

AttackOutcome attackAgain(const Workplace &work, const Job &job, const AttackTask &task,
                          const AttackOutcome &first, std::vector<float> &finished) {
  const std::vector<const Job *> alone{&job};
  return AttackRun(work, alone, task).again(first, finished);
}

} // namespace switchyard::rt
