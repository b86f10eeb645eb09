// Starts each kind of job, and sees that a failure stays with the job that has it.
#include "runtime/plan/Runner.h"
#include "runtime/contract/CheckPlan.h"
#include "runtime/kernels/Versions.h"
#include "runtime/plan/Accuracy.h"
#include "runtime/plan/Entries.h"
#include "runtime/plan/PackedExamples.h"
#include "runtime/plan/Summary.h"
#include "runtime/plan/Train.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>

namespace switchyard::rt {

static Dataset checked(Dataset loaded, const DatasetSpec &spec) {
  if (loaded.shape != spec.input || loaded.classes != spec.classes)
    throw std::runtime_error("data set \"" + spec.name + "\" has images of " + shapeText(loaded.shape) +
                             " and " + std::to_string(loaded.classes) + " classes, the program says " +
                             shapeText(spec.input) + " and " + std::to_string(spec.classes));
  return loaded;
}

const Dataset &Runner::dataset(int64_t index) {
  if (auto found = datasets.find(index); found != datasets.end())
    return found->second;
  if (auto found = unreadable.find(index); found != unreadable.end())
    throw std::runtime_error(found->second);
  const DatasetSpec &spec = work.plan.datasets[size_t(index)];
  try {
    Dataset loaded = checked(load(spec), spec);
    if (auto before = known.find(index); before != known.end() && before->second.digest != loaded.digest)
      throw std::runtime_error("data set \"" + spec.name +
                               "\" has changed since this run began; run it again");
    return datasets[index] = std::move(loaded);
  } catch (const std::exception &error) {
    datasets.erase(index);
    unreadable[index] = error.what();
    throw;
  }
}

JobResult Runner::read(const Job &job, const StoreEntry &entry) {
  if (auto *training = std::get_if<TrainJob>(&job.work))
    return readTrain(entry, *training, work.plan.functions[size_t(training->step.function)].gradients.size(),
                     models.trained(job.id));
  if (job.is<AccuracyJob>()) {
    AccuracyOutcome outcome = readAccuracy(entry);
    if (outcome.labels.empty() && needsAnswers(work.plan, job.id))
      throw std::runtime_error("store entry " + entry.key + ": an earlier version kept no answers");
    return outcome;
  }
  AttackOutcome outcome = readAttack(entry);
  if (outcome.answers.empty() && needsAnswers(work.plan, job.id))
    throw std::runtime_error("store entry " + entry.key + ": an earlier version kept no answers");
  return outcome;
}

bool Runner::joins(const std::vector<const Job *> &chosen, const Job &job) const {
  const Job &first = *chosen.front();
  if (first.is<TrainJob>())
    return job.is<TrainJob>() && chosen.size() < lanes.count();
  return work.device && first.is<AttackJob>() && job.is<AttackJob>() && runTogether(work.plan, first, job);
}

void Runner::run(const std::vector<const Job *> &jobs, const std::vector<JobKeys> &keys,
                 const AccuracyOutcome *baseline, const JobListener &listener) {
  std::set<int64_t> ended;
  JobListener counting{[&](const Job &job, const JobResult &result, JobEntries entries) {
                         ended.insert(job.id);
                         listener.finished(job, result, std::move(entries));
                       },
                       [&](const Job &job, const std::string &message) {
                         ended.insert(job.id);
                         listener.failed(job, message);
                       }};
  forgetChosen(work.context); // by the jobs before
  try {
    if (jobs.front()->is<TrainJob>())
      trainAll(jobs, keys, counting);
    else if (jobs.front()->is<AccuracyJob>())
      measure(*jobs.front(), keys.front().result, counting);
    else
      attackAll(jobs, keys, baseline, counting);
  } catch (const StoreError &) {
    throw;
  } catch (const std::exception &error) { // of what they share
    for (const Job *job : jobs)
      if (!ended.count(job->id))
        listener.failed(*job, error.what());
  }
}

void Runner::trainAll(const std::vector<const Job *> &jobs, const std::vector<JobKeys> &keys,
                      const JobListener &listener) {
  std::vector<TrainTask> tasks;
  for (const Job *job : jobs) {
    const Workplace &lane = lanes.lane(tasks.size());
    forgetChosen(lane.context);
    setPrecision(lane.context, job->precision);
    tasks.push_back({lane, *job, dataset(job->dataset), keys[tasks.size()].result,
                     models.weights(job->as<TrainJob>().frozen), models.trained(job->id)});
  }
  std::vector<Trained> trained = train(tasks);
  for (size_t i = 0; i < tasks.size(); ++i) {
    const TrainTask &task = tasks[i];
    if (!trained[i].failure.empty()) {
      listener.failed(task.job, trained[i].failure);
      continue;
    }
    StoreEntry entry = trainEntry(task.key, task.job, trained[i].outcome, task.parameters);
    listener.finished(task.job, trained[i].outcome, {signedEntry(std::move(entry), task.work.context)});
    work.store.remove(checkpointKey(task.key)); // only now that the whole is written
  }
}

void Runner::measure(const Job &job, const std::string &key, const JobListener &listener) {
  setPrecision(work.context, job.precision);
  auto begin = std::chrono::steady_clock::now();
  AccuracyOutcome outcome =
      measureAccuracy(work, job, dataset(job.dataset), models.weights(job.as<AccuracyJob>().model.weights));
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  listener.finished(job, outcome, {signedEntry(accuracyEntry(key, job, outcome), work.context)});
}

std::optional<Examples> Runner::keptExamples(const std::string &key) const {
  std::string problem;
  try {
    if (std::optional<StoreEntry> entry = work.store.read(key, problem))
      return readExamples(*entry);
  } catch (const std::exception &error) { // whole, but no examples
    problem = error.what();
  }
  if (!problem.empty())
    work.progress.warn(problem + "; attacking again");
  return std::nullopt;
}

/// The job's outcome where the store has what its attack makes: all is done then but to judge it.
std::optional<AttackOutcome> Runner::judgeKept(const Job &job, const std::string &key,
                                               const AccuracyOutcome *baseline) {
  std::optional<Examples> examples = key.empty() ? std::nullopt : keptExamples(key);
  if (!examples)
    return std::nullopt;
  auto begin = std::chrono::steady_clock::now();
  PairJudge judge(work, job, dataset(job.dataset), models.weights(job.as<AttackJob>().model.weights));
  try {
    AttackOutcome outcome = judge.judgeAll(*examples, baseline, cleanSuccess);
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    work.progress.onlyJudged();
    return outcome;
  } catch (const DamagedExamples &error) {
    work.progress.warn("store entry " + work.store.pathOf(key) + ": " + error.what() + "; attacking again");
    return std::nullopt;
  }
}

void Runner::attackAll(const std::vector<const Job *> &jobs, const std::vector<JobKeys> &keys,
                       const AccuracyOutcome *baseline, const JobListener &listener) {
  const Job &first = *jobs.front();
  setPrecision(work.context, first.precision);
  std::vector<const Job *> open;
  std::vector<JobKeys> openKeys;
  for (size_t i = 0; i < jobs.size(); ++i)
    if (auto outcome = judgeKept(*jobs[i], keys[i].examples, baseline)) {
      StoreEntry entry = attackEntry(keys[i].result, *jobs[i], *outcome);
      listener.finished(*jobs[i], *outcome, {signedEntry(std::move(entry), work.context)});
    } else {
      open.push_back(jobs[i]);
      openKeys.push_back(keys[i]);
    }
  if (open.empty())
    return;
  const AttackJob &attack = first.as<AttackJob>();
  AttackTask task{dataset(first.dataset), models.weights(attack.source), models.weights(attack.model.weights),
                  baseline};
  const std::vector<int64_t> &shape = task.dataset.shape;
  const int64_t pixels = std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
  auto finished = [&](size_t i, const AttackOutcome &outcome, const std::string &packed) {
    JobEntries entries{signedEntry(attackEntry(openKeys[i].result, *open[i], outcome), work.context)};
    if (!packed.empty())
      entries.examples =
          signedEntry(examplesEntry(openKeys[i].examples, *open[i], outcome, pixels, packed), work.context);
    listener.finished(*open[i], outcome, std::move(entries));
  };
  auto failed = [&](size_t job, const std::string &message) { listener.failed(*open[job], message); };
  runAttacks(work, open, task, cleanSuccess, {finished, failed});
}

static bool isSamePair(const AttackPair &a, const AttackPair &b) {
  return a.image == b.image && a.goal == b.goal;
}

ShownExamples Runner::keptToShow(const Examples &kept, const Dataset &dataset, const AttackOutcome &outcome,
                                 size_t pairs) const {
  ShownExamples shown;
  shown.pixels = kept.pixels;
  shown.finished.resize(pairs * size_t(kept.pixels));
  ExampleUnpacker unpacker(kept.packed, kept.pixels);
  for (size_t i = 0; i < pairs; ++i) {
    const AttackPair &pair = outcome.pairs.at(i);
    if (i >= kept.pairs.size() || !isSamePair(kept.pairs[i], pair))
      throw DamagedExamples("it has examples of other images or goals");
    const float *image = dataset.test.images.data() + pair.image * kept.pixels;
    shown.clean.insert(shown.clean.end(), image, image + kept.pixels);
    unpacker.next(image, shown.finished.data() + i * size_t(kept.pixels));
    shown.others.push_back(kept.pairs[i].distance != pair.distance);
  }
  return shown;
}

/// As many of an outcome's pairs, without what became of their gradients.
static AttackOutcome firstOf(const AttackOutcome &outcome, size_t pairs) {
  AttackOutcome first = outcome;
  first.pairs.resize(pairs);
  first.answers.resize(pairs * outcome.classes());
  first.gradients.assign(pairs, {});
  return first;
}

/// The same draws give the same examples, but for rounding on another device or by another version: which of
/// them are others than those that were judged is told by what was kept of these.
ShownExamples Runner::madeToShow(const Job &job, const Dataset &dataset, const AttackOutcome &outcome,
                                 size_t pairs) {
  const AttackJob &attack = job.as<AttackJob>();
  work.progress.say("attacks " + std::to_string(pairs) + (pairs == 1 ? " pair" : " pairs") +
                    " again to show examples that the store has not: " + jobTitle(job));
  setPrecision(work.context, job.precision);
  ShownExamples shown;
  AttackTask task{dataset, models.weights(attack.source), models.weights(attack.model.weights), nullptr};
  const AttackOutcome again = attackAgain(work, job, task, firstOf(outcome, pairs), shown.finished);
  shown.pixels = int64_t(shown.finished.size() / pairs);
  for (size_t i = 0; i < pairs; ++i) {
    const AttackPair &before = outcome.pairs[i], &now = again.pairs[i];
    const float *image = dataset.test.images.data() + before.image * shown.pixels;
    shown.clean.insert(shown.clean.end(), image, image + shown.pixels);
    shown.others.push_back(before.distance != now.distance || before.success != now.success);
  }
  return shown;
}

ShownExamples Runner::show(const Job &job, const std::string &key, const AttackOutcome &outcome,
                           size_t pairs) {
  ShownExamples shown;
  try {
    const Dataset &its = dataset(job.dataset);
    if (std::optional<Examples> kept = key.empty() ? std::nullopt : keptExamples(key))
      try {
        return keptToShow(*kept, its, outcome, pairs);
      } catch (const DamagedExamples &error) {
        work.progress.warn("store entry " + work.store.pathOf(key) + ": " + error.what() +
                           "; attacking again");
      }
    return madeToShow(job, its, outcome, pairs);
  } catch (const std::exception &error) {
    shown.problem = error.what();
  }
  return shown;
}

/// Says in an entry what made it (S6.2).
StoreEntry Runner::signedEntry(StoreEntry entry, swy_context *context) const {
  entry.madeWith = libraryVersions();
  entry.madeWith["compiler"] = work.plan.compiler;
  entry.madeWith["cpu"] = work.plan.cpu;
  entry.madeWith["device"] = work.device ? work.device->name() : "cpu";
  for (const ChosenImplementation &chosen : chosenImplementations(context))
    entry.algorithms[chosen.call] = chosen.implementation;
  return entry;
}

} // namespace switchyard::rt
