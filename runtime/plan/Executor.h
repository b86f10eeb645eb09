// Executes a plan: its jobs in order, each taken from the store where it was finished before.
#ifndef SWITCHYARD_RUNTIME_PLAN_EXECUTOR_H
#define SWITCHYARD_RUNTIME_PLAN_EXECUTOR_H

#include "runtime/data/Dataset.h"
#include "runtime/plan/AttackJob.h"
#include "runtime/plan/Lanes.h"
#include "runtime/plan/Models.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

#include <functional>

namespace switchyard::rt {

using DatasetLoader = std::function<Dataset(const DatasetSpec &)>;

class Executor {
public:
  /// `load` brings the data sets of the plan into memory, each once. On a GPU up to `together` trainings run
  /// side by side where none needs another's result.
  Executor(const Workplace &work, DatasetLoader load, size_t together = 1)
      : work(work), load(std::move(load)), lanes(work, together), models(work.plan) {}

  /// Runs all jobs; throws std::runtime_error, naming the job, at the first failure. What is finished by then
  /// is in the store.
  Outcomes run();

  /// The name of a job's work in the store: hash of the job, its data and all it builds on (S6.1).
  const std::string &key(int64_t job) const { return keys.at(job); }

private:
  void warnOfPrecision() const;
  const Dataset &dataset(int64_t index);
  std::vector<int64_t> upstream(const Job &job) const;
  std::string makeKey(const Job &job);
  const AccuracyOutcome *baseline(const Job &job) const;
  void readOutcome(const StoreEntry &entry, const Job &job);
  bool takeFromStore(const Job &job);
  bool joins(const Job &job) const;
  void trainWaiting();
  void measure(const Job &job);
  void attack(const Job &first);

  const Workplace &work;
  DatasetLoader load;
  Lanes lanes;                      // before the models, whose buffers its devices bring home
  std::vector<const Job *> waiting; // trainings that will run side by side
  Outcomes outcomes;
  std::map<int64_t, Dataset> datasets;
  std::map<int64_t, std::string> keys;
  Models models;
  CleanSuccess cleanSuccess;
};

} // namespace switchyard::rt

#endif
