// What was measured on each image or (image, goal) pair, at one point of the grid or aggregated over several.
// Aggregates are taken here, pair by pair, before any mean: `worst` is per example (S5.6). The largest of
// several success probabilities, each known from a few draws only, tends to lie above the true one: a worst
// is cautious.
#ifndef SWITCHYARD_RUNTIME_REPORT_SAMPLE_H
#define SWITCHYARD_RUNTIME_REPORT_SAMPLE_H

#include "runtime/contract/Grid.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/report/Judged.h"
#include "runtime/report/Statistics.h"

#include <algorithm>
#include <functional>

namespace switchyard::rt {

/// One of the runs that `repeat training` and `repeat attack` make (S5.3), counted from 0.
struct Run {
  int64_t training = 0, attack = 0;
};

/// The least and the largest of the counts of all that entered a value; 0 where nothing has such a count.
struct CountRange {
  int64_t low = 0, high = 0;

  CountRange() = default;
  CountRange(int64_t count) : low(count), high(count) {}
  void add(CountRange other) {
    if (other.high == 0)
      return;
    low = high == 0 ? other.low : std::min(low, other.low);
    high = std::max(high, other.high);
  }
};

struct Sample {
  enum class State { Measured, Meaningless, Unfinished };
  State state = State::Measured;
  std::string note;                // why there is nothing, or what was left out
  std::string failed = {};         // the attack that failed itself, where this is why
  std::vector<Observation> values; // sorted by image, then goal
  CountRange draws = 1, paths = 0; // no draws where every value is exact over paths
};

/// Which of a point's examples a value is of: those of one class, and of which answers.
struct Slice {
  std::optional<int64_t> klass = {}, answer = {};

  bool isWhole() const { return !klass && !answer; }
};

Sample correctSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                     int64_t training, const Slice &slice);

/// The share of the slice's answer among the answers to test images.
Sample confusionSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                       int64_t training, const Slice &slice);

Sample successSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point, Run run,
                     Moment moment, const Slice &slice);

/// The share of the slice's answer among the answers to finished examples.
Sample answerSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point, Run run,
                    const Slice &slice);

/// How far finished examples lie from their images, in the threat model's norm: of the pairs that succeed
/// (with a probability of at least 1/2).
Sample distanceSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point, Run run,
                      const Slice &slice);

/// Takes the aggregates, the first listed first, over the samples of the points. Points that no aggregate
/// brings together must be one. A meaningless setting is left out of a worst (its reason is kept in the note)
/// and takes the value of a mean away; unfinished work takes the value of both. Throws std::runtime_error
/// where an axis was left over or the samples to aggregate saw different pairs.
Sample aggregate(const std::vector<Point> &points, const std::vector<Aggregate> &aggregates,
                 const std::function<Sample(const Point &)> &sampleOf);

} // namespace switchyard::rt

#endif
