// Recursion over the list of aggregates: the last one is the outermost.
#include "runtime/report/Sample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace switchyard::rt {

static Sample nothing(Sample::State state, const std::string &note) {
  Sample sample;
  sample.state = state;
  sample.note = note;
  return sample;
}

static Sample unfinished(const Outcomes &outcomes, int64_t job) {
  return nothing(Sample::State::Unfinished, outcomes.reasonOf(job));
}

static bool before(const Observation &a, const Observation &b) {
  return std::pair(a.image, a.goal) < std::pair(b.image, b.goal);
}

static double fractionOf(double value, const Sample &sample) {
  return fractionOf(value, std::max(sample.draws.high, sample.paths.high));
}

static bool isIn(const Slice &slice, int32_t label) {
  return !slice.klass || *slice.klass == label;
}

/// One value for each test image of the slice: `valueOf` is asked for all of them, in their order.
template <typename ValueOf>
static Sample imageSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                          int64_t training, const Slice &slice, ValueOf valueOf) {
  const int64_t job = experiment.defenses.at(size_t(point.defense)).accuracies.at(size_t(training));
  auto found = outcomes.accuracies.find(job);
  if (found == outcomes.accuracies.end())
    return unfinished(outcomes, job);
  const AccuracyOutcome &outcome = found->second;
  Sample sample;
  sample.paths = static_cast<int64_t>(outcome.pathAccuracy.size());
  sample.draws = static_cast<int64_t>(outcome.drawAccuracy.size());
  if (sample.paths.high == 0)
    sample.draws = std::max<int64_t>(1, sample.draws.high);
  if (!slice.isWhole() && outcome.labels.empty())
    return nothing(Sample::State::Meaningless, "an earlier version kept no labels and no answers");
  for (size_t i = 0; i < outcome.correct.size(); ++i) {
    const double value = valueOf(outcome, i);
    if (slice.isWhole() || isIn(slice, outcome.labels[i]))
      sample.values.push_back({static_cast<int32_t>(i), {}, fractionOf(value, sample)});
  }
  return sample.values.empty() ? nothing(Sample::State::Meaningless, "no test image is of this class")
                               : sample;
}

Sample correctSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                     int64_t training, const Slice &slice) {
  return imageSample(experiment, outcomes, point, training, slice,
                     [](const AccuracyOutcome &outcome, size_t image) { return outcome.correct[image]; });
}

Sample confusionSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                       int64_t training, const Slice &slice) {
  size_t at = 0; // of the image's shares, which stand one behind the other
  auto share = [&](const AccuracyOutcome &outcome, size_t image) {
    double found = 0;
    for (const size_t end = at + size_t(outcome.answers.counts.at(image)); at < end; ++at)
      if (outcome.answers.classes[at] == slice.answer)
        found = outcome.answers.shares[at];
    return found;
  };
  return imageSample(experiment, outcomes, point, training, slice, share);
}

/// One value for each attacked pair of the slice; pairs without one (NaN) are left out. `empty` is the reason
/// if all are.
template <typename ValueOf>
static Sample attackSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                           Run run, const Slice &slice, ValueOf valueOf, const char *empty) {
  if (!point.cell->meansSomething())
    return nothing(Sample::State::Meaningless, point.cell->reason);
  const int64_t job = point.cell->jobs.at(size_t(run.training * experiment.repeatAttack + run.attack));
  auto outcome = outcomes.attacks.find(job);
  if (outcome == outcomes.attacks.end()) {
    Sample none = unfinished(outcomes, job);
    auto failure = outcomes.failures.find(job);
    if (failure != outcomes.failures.end() && failure->second.job == job)
      none.failed = point.cell->attack;
    return none;
  }
  if (std::string why = whyNoVerdict(outcome->second, point.verdict); !why.empty())
    return nothing(Sample::State::Meaningless, why);
  Sample sample;
  const bool kept = point.verdict.kind == Verdict::Kind::SameDraw;
  sample.draws = kept ? 1 : outcome->second.draws;
  sample.paths = kept ? 0 : outcome->second.paths;
  bool any = false;
  for (size_t i = 0; i < outcome->second.pairs.size(); ++i) {
    const AttackPair &pair = outcome->second.pairs[i];
    if (!isIn(slice, pair.label))
      continue;
    any = true;
    if (double value = valueOf(job, i); !std::isnan(value))
      sample.values.push_back({pair.image, pair.goal, value});
  }
  std::sort(sample.values.begin(), sample.values.end(), before);
  if (!sample.values.empty())
    return sample;
  return nothing(Sample::State::Meaningless,
                 any || !slice.klass ? empty : "no image of this class was attacked");
}

Sample successSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point, Run run,
                     Moment moment, const Slice &slice) {
  auto success = [&](int64_t job, size_t pair) {
    return successBy(outcomes, job, point.verdict, pair, moment);
  };
  return attackSample(experiment, outcomes, point, run, slice, success, "no image was attacked");
}

Sample answerSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point, Run run,
                    const Slice &slice) {
  auto share = [&](int64_t job, size_t pair) {
    return shareOfAnswers(outcomes.attacks.at(job), pair, size_t(slice.answer.value()));
  };
  return attackSample(experiment, outcomes, point, run, slice, share, "an earlier version kept no answers");
}

Sample distanceSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point, Run run,
                      const Slice &slice) {
  auto distance = [&](int64_t job, size_t pair) {
    bool succeeds = successBy(outcomes, job, point.verdict, pair, Moment::Finished) >= 0.5;
    return succeeds ? static_cast<double>(outcomes.attacks.at(job).pairs[pair].distance) : std::nan("");
  };
  return attackSample(experiment, outcomes, point, run, slice, distance, "no example succeeds");
}

static std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// The complaint about points that neither a row, a column nor an aggregate tells apart.
[[noreturn]] static void leftOver(const std::vector<Point> &points) {
  for (const auto &[axis, value] : points.front().coordinates) {
    std::vector<AxisValue> values = axisValues(points, axis);
    if (values.size() > 1)
      throw std::runtime_error(
          axis + " takes " + std::to_string(values.size()) + " values (" + values[0].text + ", " +
          values[1].text + (values.size() > 2 ? ", ..." : "") +
          ") and nothing says how to bring them together; make it a row or column (by ... " + axis + ")" +
          (mayBeAggregated(axis) ? " or name an aggregate (mean over " + axis + ", worst over " + axis + ")"
                                 : ""));
  }
  throw std::runtime_error("the grid holds the setting \"" + points.front().coordinates.front().second.text +
                           "\" more than once");
}

static bool ofSamePairs(const Sample &a, const Sample &b) {
  auto same = [](const Observation &x, const Observation &y) {
    return x.image == y.image && x.goal == y.goal;
  };
  return std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), same);
}

static void combine(Sample &total, const Sample &part, const Aggregate &how, double weight) {
  for (size_t i = 0; i < total.values.size(); ++i) {
    double &value = total.values[i].value;
    value = how.how == "mean" ? value + weight * part.values[i].value : std::max(value, part.values[i].value);
  }
  total.draws.add(part.draws);
  total.paths.add(part.paths);
}

static Sample combineParts(const std::vector<Sample> &parts, const Aggregate &how) {
  bool mean = how.how == "mean";
  std::vector<std::string> leftOut;
  std::vector<const Sample *> measured;
  for (const Sample &part : parts) {
    if (part.state == Sample::State::Unfinished || (mean && part.state != Sample::State::Measured))
      return part;
    if (part.state == Sample::State::Measured)
      measured.push_back(&part);
    std::string note = part.note;
    if (part.state == Sample::State::Meaningless)
      note = "left out of the " + how.how + ": " + note;
    if (!note.empty() && std::find(leftOut.begin(), leftOut.end(), note) == leftOut.end())
      leftOut.push_back(note);
  }
  if (measured.empty())
    return parts.front();
  for (const Sample *one : measured)
    if (!ofSamePairs(*measured.front(), *one))
      return nothing(Sample::State::Meaningless, how.how + " over " + joined(how.over) +
                                                     ": the settings were measured on different images " +
                                                     "or goals, so that no value stands for an example");
  double weight = 1 / static_cast<double>(measured.size());
  Sample total = *measured.front();
  if (mean)
    for (Observation &o : total.values)
      o.value *= weight;
  for (size_t i = 1; i < measured.size(); ++i)
    combine(total, *measured[i], how, weight);
  total.note = joined(leftOut);
  return total;
}

Sample aggregate(const std::vector<Point> &points, const std::vector<Aggregate> &aggregates,
                 const std::function<Sample(const Point &)> &sampleOf) {
  if (points.empty())
    return nothing(Sample::State::Meaningless, "not in the grid");
  if (aggregates.empty()) {
    if (points.size() > 1)
      leftOver(points);
    return sampleOf(points.front());
  }
  const Aggregate &outer = aggregates.back();
  std::vector<Aggregate> inner(aggregates.begin(), aggregates.end() - 1);
  std::vector<Sample> parts;
  for (const std::vector<Point> &part : partition(points, outer.over))
    parts.push_back(aggregate(part, inner, sampleOf));
  return combineParts(parts, outer);
}

} // namespace switchyard::rt
