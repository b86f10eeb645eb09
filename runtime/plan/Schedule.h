// The order of a plan's work, and what a failure takes with it. No input and no output: who runs the jobs,
// and where, is asked elsewhere.
#ifndef SWITCHYARD_RUNTIME_PLAN_SCHEDULE_H
#define SWITCHYARD_RUNTIME_PLAN_SCHEDULE_H

#include "runtime/contract/Plan.h"

#include <set>

namespace switchyard::rt {

/// The jobs whose results a job uses: trainings of its models, then, where it attacks what a model
/// classifies correctly, that one's accuracy.
std::vector<int64_t> neededBy(const Plan &plan, const Job &job);

class Schedule {
public:
  explicit Schedule(const Plan &plan);

  const std::vector<int64_t> &needs(int64_t job) const { return jobs.at(size_t(job)).needs; }
  /// Jobs that are neither done nor failed and all of whose needs are done, in the order of the plan. None
  /// needs another of them.
  const std::set<int64_t> &ready() const { return readyJobs; }
  /// Whether nothing is left that could still be done.
  bool finished() const { return readyJobs.empty(); }

  /// Takes a ready job off; its result is there.
  void done(int64_t job);
  /// Takes a ready job off together with all that build on it; these are returned, in the order of the plan.
  std::vector<int64_t> fail(int64_t job);

private:
  struct State {
    std::vector<int64_t> needs, neededBy;
    size_t missing = 0; // needs that are not done
    bool failed = false;
  };

  void take(int64_t job);

  std::vector<State> jobs;
  std::set<int64_t> readyJobs;
};

} // namespace switchyard::rt

#endif
