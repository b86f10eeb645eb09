// From jobs and what they build on to finished work: trains, measures, attacks. It knows neither the order of
// the plan nor who else works on it.
#ifndef SWITCHYARD_RUNTIME_PLAN_RUNNER_H
#define SWITCHYARD_RUNTIME_PLAN_RUNNER_H

#include "runtime/data/Dataset.h"
#include "runtime/plan/AttackJob.h"
#include "runtime/plan/Lanes.h"
#include "runtime/plan/Models.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/plan/Workplace.h"

#include <functional>

namespace switchyard::rt {

using DatasetLoader = std::function<Dataset(const DatasetSpec &)>;

/// How data sets are read, and how one is named without reading it (data/Identity.h); without that each is
/// read before anything is looked for in the store.
struct DataSource {
  DatasetLoader load;
  std::function<std::string(const DatasetSpec &)> identify = {};
};

/// The names in the store of a job's result and of the examples that its attack makes, which jobs may have in
/// common; empty where there are none to keep.
struct JobKeys {
  std::string result, examples;
};

/// What there is to write for a finished job.
struct JobEntries {
  StoreEntry result;
  std::optional<StoreEntry> examples = {};
};

/// Told of each job as soon as it ends; the entries are not written yet.
struct JobListener {
  std::function<void(const Job &, const JobResult &, JobEntries)> finished;
  std::function<void(const Job &, const std::string &message)> failed;
};

class Runner {
public:
  /// `load` brings the data sets of the plan into memory, each once; `known` is what the jobs' keys take them
  /// for. On a GPU up to `together` trainings run side by side.
  Runner(const Workplace &work, DatasetLoader load, const std::map<int64_t, DatasetOutcome> &known,
         size_t together)
      : work(work), load(std::move(load)), known(known), lanes(work, together), models(work.plan) {}

  /// Throws std::runtime_error, each time with the same words, where it cannot be read or is not what the
  /// plan says or what it was known for.
  const Dataset &dataset(int64_t index);

  /// Takes over work that was finished before. Throws std::runtime_error where the entry is not what the job
  /// needs.
  JobResult read(const Job &job, const StoreEntry &entry);

  /// Whether `job` can be run in one go with those chosen already.
  bool joins(const std::vector<const Job *> &chosen, const Job &job) const;

  /// Runs jobs that `joins` has put together and whose needs are done; `keys` are theirs, in the same order,
  /// and `baseline` the accuracy that chooses the images of attacks under `correct_only`. Throws StoreError
  /// where the store cannot be written; every other failure is the job's.
  void run(const std::vector<const Job *> &jobs, const std::vector<JobKeys> &keys,
           const AccuracyOutcome *baseline, const JobListener &listener);

  /// The examples of a finished attack's first pairs, for pictures: from the store, under `key`, else made
  /// again. They tell themselves what is wrong with them.
  ShownExamples show(const Job &job, const std::string &key, const AttackOutcome &outcome, size_t pairs);

private:
  ShownExamples keptToShow(const Examples &kept, const Dataset &dataset, const AttackOutcome &outcome,
                           size_t pairs) const;
  ShownExamples madeToShow(const Job &job, const Dataset &dataset, const AttackOutcome &outcome,
                           size_t pairs);
  void trainAll(const std::vector<const Job *> &jobs, const std::vector<JobKeys> &keys,
                const JobListener &listener);
  void measure(const Job &job, const std::string &key, const JobListener &listener);
  void attackAll(const std::vector<const Job *> &jobs, const std::vector<JobKeys> &keys,
                 const AccuracyOutcome *baseline, const JobListener &listener);
  std::optional<Examples> keptExamples(const std::string &key) const;
  std::optional<AttackOutcome> judgeKept(const Job &job, const std::string &key,
                                         const AccuracyOutcome *baseline);
  StoreEntry signedEntry(StoreEntry entry, swy_context *context) const;

  const Workplace &work;
  DatasetLoader load;
  const std::map<int64_t, DatasetOutcome> &known;
  Lanes lanes; // before the models, whose buffers its devices bring home
  std::map<int64_t, Dataset> datasets;
  std::map<int64_t, std::string> unreadable; // data sets, and why
  Models models;
  CleanSuccess cleanSuccess;
};

} // namespace switchyard::rt

#endif
