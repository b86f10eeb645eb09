// Executes a plan: asks the schedule what can be done, the ledger what is done or being done already, and has
// the runner do the rest.
#ifndef SWITCHYARD_RUNTIME_PLAN_EXECUTOR_H
#define SWITCHYARD_RUNTIME_PLAN_EXECUTOR_H

#include "runtime/plan/Ledger.h"
#include "runtime/plan/Runner.h"
#include "runtime/plan/Schedule.h"

namespace switchyard::rt {

class Executor {
public:
  /// `data` brings the data sets of the plan into memory, each once and only where there is work on it. On a
  /// GPU up to `together` trainings run side by side where none needs another's result. `lease`: see Claims.
  Executor(const Workplace &work, DataSource data, size_t together = 1,
           std::chrono::milliseconds lease = std::chrono::seconds(60))
      : work(work), schedule(work.plan), ledger(work.store, lease), identify(std::move(data.identify)),
        runner(work, std::move(data.load), outcomes.datasets, together) {}

  /// Runs all jobs. A job that fails takes those along that build on it, and no others; the outcomes say so.
  /// Work that another process on this store does is waited for. Throws StoreError where the store cannot be
  /// written; what is finished by then is in it.
  Outcomes run();

  /// The name of a job's work in the store: hash of the job, its data and all it builds on (S6.1). Empty for
  /// a job that never became ready.
  std::string key(int64_t job) const {
    auto found = keys.find(job);
    return found == keys.end() ? "" : found->second;
  }

private:
  void warnOfPrecision() const;
  const DatasetOutcome &dataset(int64_t index);
  std::string makeKey(const Job &job);
  std::string makeExamplesKey(const Job &job);
  const AccuracyOutcome *baseline(const Job &job) const;
  void keep(const Job &job, const JobResult &result);
  void record(const JobResult &result, const JobEntries &entries);
  void sayWhatExamplesTake() const;
  void fail(const Job &job, const std::string &message, const std::string &where);
  bool settled(const Job &job);
  bool combined(const Job &job);
  bool takeFromStore(const Job &job, bool warns);
  bool claimed(const Job &job);
  void showExamples();
  bool doSomething();
  std::vector<const Job *> companions(const Job &first);
  void runTogether(const std::vector<const Job *> &jobs);
  void waitForOthers();

  const Workplace &work;
  Schedule schedule;
  Ledger ledger;
  std::function<std::string(const DatasetSpec &)> identify; // may be none
  Outcomes outcomes;                                        // before the runner, which knows the data sets
  Runner runner;
  std::map<int64_t, std::string> keys;
  std::set<int64_t> done; // jobs that this process has run
  struct {
    int64_t attacks = 0;
    double packed = 0, floats = 0; // bytes
  } examples;                      // that the store has from this run
  std::string waitingFor;          // said last
  int64_t waits = 0;               // since something was done
};

} // namespace switchyard::rt

#endif
