// Words for jobs and their results.
#include "runtime/plan/Summary.h"

#include <cstdio>
#include <cstring>
#include <numeric>

namespace switchyard::rt {

std::string jobTitle(const Job &job) {
  const char *verb = job.is<TrainJob>() ? "train " : job.is<AccuracyJob>() ? "accuracy of " : "attack ";
  if (auto *accuracy = std::get_if<AccuracyJob>(&job.work); accuracy && accuracy->certificate)
    verb = "certify ";
  return verb + job.label;
}

static std::string trainSummary(const TrainOutcome &outcome) {
  char text[160];
  std::snprintf(text, sizeof text, "loss %.4g after %zu epoch%s", outcome.epochLoss.back(),
                outcome.epochLoss.size(), outcome.epochLoss.size() == 1 ? "" : "s");
  if (auto best = outcome.bestEpoch())
    std::snprintf(text + std::strlen(text), sizeof text - std::strlen(text),
                  ", %.4g %% held out at best (epoch %zu)", 100 * outcome.validation[size_t(*best)],
                  size_t(*best) + 1);
  return text;
}

static std::string accuracySummary(const AccuracyOutcome &outcome) {
  double mean =
      std::accumulate(outcome.correct.begin(), outcome.correct.end(), 0.0) / double(outcome.correct.size());
  char text[96];
  std::snprintf(text, sizeof text, "%.2f %% of %zu images", 100 * mean, outcome.correct.size());
  return text;
}

static std::string attackSummary(const AttackOutcome &outcome) {
  double success = 0, atZero = 0;
  for (const AttackPair &pair : outcome.pairs) {
    success += pair.success;
    atZero += pair.successAtZero;
  }
  double count = double(outcome.pairs.size());
  char text[128];
  std::snprintf(text, sizeof text, "success %.1f %% of %zu pairs (%.1f %% on clean images)",
                100 * success / count, outcome.pairs.size(), 100 * atZero / count);
  return text;
}

std::string jobSummary(const Job &job, const Outcomes &outcomes) {
  if (job.is<TrainJob>())
    return trainSummary(outcomes.trainings.at(job.id));
  if (job.is<AccuracyJob>())
    return accuracySummary(outcomes.accuracies.at(job.id));
  return attackSummary(outcomes.attacks.at(job.id));
}

std::string bytesText(double bytes) {
  if (bytes < 1000)
    return std::to_string(int64_t(bytes)) + " bytes";
  size_t unit = 0;
  const char *units[] = {"kB", "MB", "GB", "TB"};
  for (bytes /= 1000; bytes >= 999.5 && unit < 3; ++unit)
    bytes /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %s", bytes, units[unit]);
  return text;
}

} // namespace switchyard::rt
