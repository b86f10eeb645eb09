// What Scores.cpp and Des.cpp share: what was measured in each run, and how it becomes a score.
#ifndef SWITCHYARD_RUNTIME_REPORT_MEASURED_H
#define SWITCHYARD_RUNTIME_REPORT_MEASURED_H

#include "runtime/report/Scores.h"

#include <set>

namespace switchyard::rt {

/// One estimate for each run, or the reason why there is none.
struct Scorer::Measured {
  Sample sample; // of the first run: counts and notes
  std::vector<Estimate> runs;
  std::vector<Estimate> trainings; // means over the attack runs on each training's model
  std::set<std::pair<int32_t, std::optional<int32_t>>>
      pairs; // (image, goal) of all runs where there are several

  bool defined() const { return sample.state == Sample::State::Measured; }
  /// How many pairs were met in any run; an estimate knows those of one alone.
  int64_t pairsOfAll() const {
    return runs.size() > 1 ? static_cast<int64_t>(pairs.size()) : runs.front().pairs;
  }
  Estimate mean() const {
    Estimate mean = meanOf(runs);
    mean.pairs = pairsOfAll();
    return mean;
  }
};

template <typename SampleOf>
Scorer::Measured Scorer::measured(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                                  const std::vector<Run> &runs, SampleOf sampleOf) const {
  Measured result;
  for (const Run &run : runs) {
    Sample sample = aggregate(points, aggregates, [&](const Point &point) { return sampleOf(point, run); });
    if (result.runs.empty() || sample.state != Sample::State::Measured)
      result.sample = sample;
    if (sample.state != Sample::State::Measured)
      break;
    result.runs.push_back(clusteredMean(sample.values));
    for (const Observation &value : runs.size() > 1 ? sample.values : std::vector<Observation>())
      result.pairs.insert({value.image, value.goal});
  }
  for (size_t first = 0, next; first < result.runs.size(); first = next) {
    for (next = first; next < result.runs.size() && runs[next].training == runs[first].training;)
      ++next;
    result.trainings.push_back(meanOf({result.runs.begin() + first, result.runs.begin() + next}));
  }
  return result;
}

/// No value, for this reason.
Score dash(const std::string &reason);
Score dash(const Sample &none);
Score scoreOf(const Estimate &estimate, Interval interval, const Sample &sample);

} // namespace switchyard::rt

#endif
