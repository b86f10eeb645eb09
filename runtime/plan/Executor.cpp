// Walks the job graph. A job's upstream jobs have smaller ids, so the order of the plan is an order of work.
#include "runtime/plan/Executor.h"
#include "runtime/contract/CheckPlan.h"
#include "runtime/data/Digest.h"
#include "runtime/kernels/Context.h"
#include "runtime/plan/Accuracy.h"
#include "runtime/plan/Entries.h"
#include "runtime/plan/Summary.h"
#include "runtime/plan/Train.h"

#include <algorithm>
#include <chrono>

namespace switchyard::rt {

/// Changes when the executor's own part of a result changes (shuffling, judging, padding).
static const char executorSemantics[] = "switchyard job 2";

const Dataset &Executor::dataset(int64_t index) {
  auto found = datasets.find(index);
  if (found != datasets.end())
    return found->second;
  const DatasetSpec &spec = work.plan.datasets[size_t(index)];
  Dataset loaded = load(spec);
  if (loaded.shape != spec.input || loaded.classes != spec.classes)
    throw std::runtime_error("data set \"" + spec.name + "\" has images of " + shapeText(loaded.shape) +
                             " and " + std::to_string(loaded.classes) + " classes, the program says " +
                             shapeText(spec.input) + " and " + std::to_string(spec.classes));
  outcomes.datasets[index] = {loaded.digest, loaded.note};
  if (!loaded.note.empty())
    work.progress.warn("data set " + spec.name + ": " + loaded.note);
  return datasets[index] = std::move(loaded);
}

/// The jobs whose results a job uses.
std::vector<int64_t> Executor::upstream(const Job &job) const {
  std::vector<int64_t> jobs;
  for (int64_t model : {job.frozen, job.weights, job.attackWeights})
    for (int64_t training : models.trainings(model))
      jobs.push_back(training);
  if (job.kind == Job::Kind::Attack && job.correctOnly)
    for (int64_t accuracy : baselineAccuracyJobs(work.plan, job.id))
      jobs.push_back(accuracy);
  return jobs;
}

std::string Executor::makeKey(const Job &job) {
  std::string text =
      std::string(executorSemantics) + "\n" + job.hash + "\n" + dataset(job.dataset).digest + "\n";
  for (int64_t id : upstream(job))
    text += keys.at(id) + "\n";
  return sha256Hex(text);
}

const AccuracyOutcome *Executor::baseline(const Job &job) const {
  if (!job.correctOnly)
    return nullptr;
  return &outcomes.accuracies.at(baselineAccuracyJobs(work.plan, job.id).at(0));
}

void Executor::readOutcome(const StoreEntry &entry, const Job &job) {
  if (job.kind == Job::Kind::Train)
    outcomes.trainings[job.id] = readTrain(entry, job, models.trained(job.id));
  else if (job.kind == Job::Kind::Accuracy)
    outcomes.accuracies[job.id] = readAccuracy(entry);
  else
    outcomes.attacks[job.id] = readAttack(entry);
}

bool Executor::takeFromStore(const Job &job) {
  std::string problem;
  std::optional<StoreEntry> entry = work.store.read(keys[job.id], problem);
  try {
    if (entry)
      readOutcome(*entry, job);
  } catch (const std::exception &error) { // whole, but not what this job needs
    problem = error.what();
  }
  if (!problem.empty())
    work.progress.warn(problem + "; doing its work again");
  if (!entry || !problem.empty())
    return false;
  work.progress.found(jobTitle(job), jobSummary(job, outcomes));
  return true;
}

static double secondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void Executor::measure(const Job &job) {
  work.progress.start(jobTitle(job));
  setPrecision(work.context, job.precision);
  auto begin = std::chrono::steady_clock::now();
  AccuracyOutcome &outcome = outcomes.accuracies[job.id] =
      measureAccuracy(work, job, dataset(job.dataset), models.weights(job.weights));
  outcome.seconds = secondsSince(begin);
  work.store.write(accuracyEntry(keys[job.id], job, outcome));
  work.progress.finish(jobSummary(job, outcomes));
}

/// Runs an attack, and on a device with it all others that can share its batches.
void Executor::attack(const Job &first) {
  std::vector<const Job *> together{&first};
  if (work.device)
    for (size_t id = size_t(first.id) + 1; id < work.plan.jobs.size(); ++id) {
      const Job &other = work.plan.jobs[id];
      if (other.kind != Job::Kind::Attack || outcomes.attacks.count(other.id) ||
          !runTogether(work.plan, first, other))
        continue;
      keys[other.id] = makeKey(other);
      if (!takeFromStore(other))
        together.push_back(&other);
    }
  std::string more =
      together.size() > 1 ? " and " + std::to_string(together.size() - 1) + " more together" : "";
  work.progress.start(jobTitle(first) + more, int64_t(together.size()));
  setPrecision(work.context, first.precision);
  auto finished = [&](const Job &job, AttackOutcome outcome) {
    outcomes.attacks[job.id] = std::move(outcome);
    work.store.write(attackEntry(keys[job.id], job, outcomes.attacks[job.id]));
    work.progress.finish((together.size() > 1 ? jobTitle(job) + ": " : "") + jobSummary(job, outcomes));
  };
  AttackTask task{dataset(first.dataset), models.weights(first.attackWeights), models.weights(first.weights),
                  baseline(first)};
  runAttacks(work, together, task, cleanSuccess, finished);
}

/// Whether a training can run side by side with those that wait.
bool Executor::joins(const Job &job) const {
  if (job.kind != Job::Kind::Train || waiting.size() >= lanes.count())
    return false;
  std::vector<int64_t> needed = upstream(job);
  return std::none_of(waiting.begin(), waiting.end(), [&](const Job *other) {
    return std::find(needed.begin(), needed.end(), other->id) != needed.end();
  });
}

void Executor::trainWaiting() {
  if (waiting.empty())
    return;
  std::string title = jobTitle(*waiting.front());
  if (waiting.size() > 1)
    title += " and " + std::to_string(waiting.size() - 1) + " more side by side";
  work.progress.start(title, int64_t(waiting.size()));
  std::vector<TrainTask> tasks;
  for (const Job *job : waiting) {
    const Workplace &lane = lanes.lane(tasks.size());
    setPrecision(lane.context, job->precision);
    tasks.push_back({lane, *job, dataset(job->dataset), keys[job->id], models.weights(job->frozen),
                     models.trained(job->id)});
  }
  std::vector<TrainOutcome> trained = train(tasks);
  for (size_t i = 0; i < tasks.size(); ++i) {
    const TrainTask &task = tasks[i];
    outcomes.trainings[task.job.id] = std::move(trained[i]);
    work.store.write(trainEntry(task.key, task.job, outcomes.trainings[task.job.id], task.parameters));
    work.store.remove(checkpointKey(task.key));
    work.progress.finish((tasks.size() > 1 ? jobTitle(task.job) + ": " : "") +
                         jobSummary(task.job, outcomes));
  }
  waiting.clear();
}

/// Where `tf32` was asked for and there is nothing that rounds.
void Executor::warnOfPrecision() const {
  auto wantsTf32 = [](const Job &job) { return job.precision == Precision::Tf32; };
  if (!work.device && std::any_of(work.plan.jobs.begin(), work.plan.jobs.end(), wantsTf32))
    work.progress.warn("precision tf32 rounds nothing here: the CPU computes in float32");
}

Outcomes Executor::run() {
  warnOfPrecision();
  for (const Job &job : work.plan.jobs) {
    keys[job.id] = makeKey(job);
    if (!joins(job))
      trainWaiting();
    if (outcomes.attacks.count(job.id) || takeFromStore(job))
      continue;
    if (job.kind == Job::Kind::Train) {
      waiting.push_back(&job);
      continue;
    }
    try {
      job.kind == Job::Kind::Accuracy ? measure(job) : attack(job);
    } catch (const std::exception &error) {
      throw std::runtime_error(jobTitle(job) + ": " + error.what());
    }
  }
  trainWaiting();
  return outcomes;
}

} // namespace switchyard::rt
