// Counts for each job the needs that are not done yet.
#include "runtime/plan/Schedule.h"
#include "runtime/contract/CheckPlan.h"

#include <algorithm>
#include <stdexcept>

namespace switchyard::rt {

/// The models whose parameters a job takes.
static std::vector<int64_t> modelsOf(const TrainJob &job) {
  return job.frozen ? std::vector<int64_t>{*job.frozen} : std::vector<int64_t>();
}
static std::vector<int64_t> modelsOf(const AccuracyJob &job) {
  return {job.model.weights};
}
static std::vector<int64_t> modelsOf(const AttackJob &job) {
  return {job.model.weights, job.source};
}

std::vector<int64_t> neededBy(const Plan &plan, const Job &job) {
  std::vector<int64_t> jobs;
  for (int64_t model : std::visit([](const auto &its) { return modelsOf(its); }, job.work))
    for (int64_t training : trainingsOf(plan, model))
      jobs.push_back(training);
  if (auto *attack = std::get_if<AttackJob>(&job.work); attack && attack->pairs.correctOnly)
    for (int64_t accuracy : choosingAccuracyJobs(plan, job.id))
      jobs.push_back(accuracy);
  if (auto *set = std::get_if<AttackJob>(&job.work))
    for (const AttackPart &part : set->parts)
      jobs.push_back(part.job);
  return jobs;
}

Schedule::Schedule(const Plan &plan) : jobs(plan.jobs.size()) {
  for (const Job &job : plan.jobs) {
    State &state = jobs[size_t(job.id)];
    state.needs = rt::neededBy(plan, job);
    std::set<int64_t> each(state.needs.begin(), state.needs.end());
    state.missing = each.size();
    for (int64_t need : each)
      jobs.at(size_t(need)).neededBy.push_back(job.id);
    if (each.empty())
      readyJobs.insert(job.id);
  }
}

void Schedule::take(int64_t job) {
  if (readyJobs.erase(job) == 0)
    throw std::logic_error("job " + std::to_string(job) + " is not ready");
}

void Schedule::done(int64_t job) {
  take(job);
  for (int64_t other : jobs[size_t(job)].neededBy)
    if (--jobs[size_t(other)].missing == 0)
      readyJobs.insert(other);
}

std::vector<int64_t> Schedule::fail(int64_t job) {
  take(job);
  std::set<int64_t> fallen;
  std::vector<int64_t> open{job};
  while (!open.empty()) {
    const State &state = jobs[size_t(open.back())];
    open.pop_back();
    for (int64_t other : state.neededBy) {
      if (jobs[size_t(other)].failed)
        continue;
      jobs[size_t(other)].failed = true;
      fallen.insert(other);
      open.push_back(other);
    }
  }
  return {fallen.begin(), fallen.end()};
}

} // namespace switchyard::rt
