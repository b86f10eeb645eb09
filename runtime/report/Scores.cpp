// Each measure in a few lines on top of samples and estimates. The drop in accuracy is paired over all test
// images; a gain in defense rate lives on the attacked images, a part of them. DES pairs the two by image: an
// image that was not attacked adds to the error of the drop alone (S5.5).
#include "runtime/report/Scores.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>

namespace switchyard::rt {

bool isRatio(const std::string &measure) {
  return measure == "des";
}
bool isOfAttacks(const std::string &measure) {
  return measure != "accuracy" && measure != "accuracy_drop";
}

static Score dash(const std::string &reason) {
  Score score;
  score.note = reason;
  return score;
}

static Score scoreOf(const Estimate &estimate, Interval interval, const Sample &sample) {
  Score score;
  score.defined = true;
  score.value = estimate.value;
  score.low = interval.low;
  score.high = interval.high;
  score.images = estimate.images;
  score.pairs = estimate.pairs;
  score.draws = sample.draws;
  score.note = sample.note;
  return score;
}

static void refuseWorst(const Measure &measure) {
  for (const Aggregate &aggregate : measure.aggregates)
    if (aggregate.how == "worst")
      throw std::runtime_error("worst is taken per example of an attack, which " + measure.name + " is not");
}

Scorer::Scorer(const Experiment &experiment, const Outcomes &outcomes)
    : experiment(experiment), outcomes(outcomes), points(gridOf(experiment)) {}

Score Scorer::score(const Measure &measure, const Choice &choice) const {
  return evaluate(measure, select(isOfAttacks(measure.name) ? points.cells : points.defenses, choice));
}

Score Scorer::score(const std::string &measure, const Point &point) const {
  return evaluate({measure, {}}, {point});
}

Score Scorer::evaluate(const Measure &measure, const std::vector<Point> &points) const {
  for (const Aggregate &aggregate : measure.aggregates)
    if (aggregate.how != "mean" && aggregate.how != "worst")
      throw std::runtime_error("there is no aggregate " + aggregate.how + "; there are mean and worst");
  if (measure.name == "accuracy")
    return accuracy(measure, points);
  if (measure.name == "accuracy_drop")
    return accuracyDrop(measure, points);
  if (measure.name == "des")
    return des(measure.aggregates, points);
  if (measure.name == "attack_success_rate" || measure.name == "success_at_zero" ||
      measure.name == "defense_rate")
    return successRate(measure, points);
  throw std::runtime_error(
      "there is no measure " + measure.name +
      "; this runtime has accuracy, accuracy_drop, attack_success_rate, success_at_zero, "
      "defense_rate and des");
}

Score Scorer::accuracy(const Measure &measure, const std::vector<Point> &points) const {
  refuseWorst(measure);
  Sample sample = aggregate(points, measure.aggregates,
                            [&](const Point &point) { return correctSample(experiment, outcomes, point); });
  if (sample.state != Sample::State::Measured)
    return dash(sample.note);
  Estimate mean = clusteredMean(sample.values);
  return scoreOf(mean, wilsonInterval(mean), sample);
}

Score Scorer::accuracyDrop(const Measure &measure, const std::vector<Point> &points) const {
  refuseWorst(measure);
  if (experiment.baseline < 0)
    return dash("no defense `none` to compare with");
  auto correct = [&](const Point &point) { return correctSample(experiment, outcomes, point); };
  Sample base = correct(this->points.defenses.at(experiment.baseline));
  Sample sample = aggregate(points, measure.aggregates, correct);
  if (base.state != Sample::State::Measured || sample.state != Sample::State::Measured)
    return dash(base.state != Sample::State::Measured ? base.note : sample.note);
  Estimate drop = difference(clusteredMean(base.values), clusteredMean(sample.values));
  bool itself = std::all_of(points.begin(), points.end(),
                            [&](const Point &point) { return point.defense == experiment.baseline; });
  return scoreOf(drop, itself ? Interval{0, 0} : differenceInterval(drop), sample);
}

Score Scorer::successRate(const Measure &measure, const std::vector<Point> &points) const {
  Moment moment = measure.name == "success_at_zero" ? Moment::AtZero : Moment::Finished;
  Sample sample = aggregate(points, measure.aggregates,
                            [&](const Point &point) { return successSample(outcomes, point, moment); });
  if (sample.state != Sample::State::Measured)
    return dash(sample.note);
  Estimate mean = clusteredMean(sample.values);
  Interval interval = wilsonInterval(mean);
  if (measure.name == "defense_rate") {
    mean.value = 1 - mean.value;
    interval = {1 - interval.high, 1 - interval.low};
  }
  return scoreOf(mean, interval, sample);
}

/// What one value of DES is made of, or why there is none.
struct Scorer::DesPart {
  std::string missing;
  int64_t defense = -1;
  Estimate gain, drop;
  Sample sample; // counts and notes of the attack
};

/// The baseline under the same attack. A deterministic model answers alike under every estimator (S4.3), so
/// where the point's estimator means nothing to the baseline, any other stands for it.
Sample Scorer::baselineSuccess(const Point &point) const {
  const Cell *found = nullptr;
  for (const Cell &cell : experiment.cells) {
    bool sameAxes = std::equal(
        cell.axes.begin(), cell.axes.end(), point.cell->axes.begin(), point.cell->axes.end(),
        [](const auto &a, const auto &b) { return a.first == b.first && a.second.text == b.second.text; });
    if (cell.defense != experiment.baseline || cell.attack != point.cell->attack || !sameAxes)
      continue;
    bool exact = cell.gradients == point.cell->gradients;
    if (cell.job >= 0 && (!found || exact))
      found = &cell;
  }
  if (found)
    return successSample(outcomes, {experiment.baseline, found, {}}, Moment::Finished);
  Sample none;
  none.state = Sample::State::Meaningless;
  none.note = "the baseline was not attacked so";
  return none;
}

Scorer::DesPart Scorer::desPart(const std::vector<Aggregate> &aggregates,
                                const std::vector<Point> &points) const {
  DesPart part;
  part.missing = "not in the grid";
  if (points.empty())
    return part;
  part.defense = points.front().defense;
  for (const Point &point : points)
    if (point.defense != part.defense)
      throw std::runtime_error("des belongs to one defense; take a mean over defense, not a worst");
  part.missing = "the baseline itself";
  if (part.defense == experiment.baseline)
    return part;
  auto success = [&](const Point &point) { return successSample(outcomes, point, Moment::Finished); };
  auto baseline = [&](const Point &point) { return baselineSuccess(point); };
  auto correct = [&](int64_t defense) {
    return correctSample(experiment, outcomes, this->points.defenses.at(defense));
  };
  part.sample = aggregate(points, aggregates, success);
  Sample baseSuccess = aggregate(points, aggregates, baseline);
  Sample base = correct(experiment.baseline), defended = correct(part.defense);
  for (const Sample *sample : {&part.sample, &baseSuccess, &base, &defended})
    if (part.missing = sample->note; sample->state != Sample::State::Measured)
      return part;
  part.missing.clear();
  part.gain = difference(clusteredMean(baseSuccess.values), clusteredMean(part.sample.values));
  part.drop = difference(clusteredMean(base.values), clusteredMean(defended.values));
  return part;
}

void Scorer::collectDes(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                        std::vector<DesPart> &parts) const {
  if (aggregates.empty() || points.empty() ||
      std::all_of(aggregates.begin(), aggregates.end(),
                  [](const Aggregate &a) { return a.how == "worst"; })) {
    parts.push_back(desPart(aggregates, points));
    return;
  }
  if (aggregates.back().how == "worst")
    throw std::runtime_error(
        "a worst over a mean of des is not a value of any example; name the worst first");
  std::vector<Aggregate> inner(aggregates.begin(), aggregates.end() - 1);
  for (const std::vector<Point> &part : partition(points, aggregates.back().over))
    collectDes(inner, part, parts);
}

/// The slope of the least-squares line through the points (drop, gain); NaN where all drops are equal.
static double fittedSlope(const std::vector<std::pair<Estimate, Estimate>> &points) {
  double x = 0, y = 0, xx = 0, xy = 0, n = static_cast<double>(points.size());
  for (const auto &[gain, drop] : points) {
    x += drop.value / n;
    y += gain.value / n;
  }
  for (const auto &[gain, drop] : points) {
    xx += (drop.value - x) * (drop.value - x);
    xy += (drop.value - x) * (gain.value - y);
  }
  return xx > 0 ? xy / xx : std::nan("");
}

/// What stands beside every mean of DES (S5.5).
static std::string besideMean(const std::vector<std::pair<Estimate, Estimate>> &points, size_t undefined,
                              double offset) {
  double gain = 0, denominator = 0;
  for (const auto &[numerator, drop] : points) {
    gain += numerator.value;
    denominator += drop.value + offset;
  }
  std::ostringstream text;
  text.precision(3);
  text << "mean of " << points.size();
  if (undefined > 0)
    text << ", " << undefined << " undefined left out";
  text << "; pooled ratio " << gain / denominator;
  if (double slope = fittedSlope(points); !std::isnan(slope))
    text << ", slope of the linear fit " << slope;
  return text.str();
}

static Score scoreOf(const Ratio &ratio, const Estimate &gain, const Sample &attack) {
  Score score = scoreOf(gain, ratio.interval, attack);
  score.value = ratio.value;
  score.bounded = ratio.bounded;
  return score;
}

Score Scorer::des(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points) const {
  if (experiment.baseline < 0)
    return dash("no defense `none` to compare with");
  std::vector<DesPart> parts;
  collectDes(aggregates, points, parts);
  std::vector<std::pair<Estimate, Estimate>> defined;
  double offset = experiment.desOffset;
  bool offsetRules = false;
  for (const DesPart &part : parts) {
    if (!part.missing.empty())
      return dash(part.missing);
    if (!(part.drop.value + offset > 0))
      continue;
    defined.push_back({part.gain, part.drop});
    offsetRules = offsetRules || part.drop.value < offset;
  }
  if (defined.empty())
    return dash("undefined: the defense loses no accuracy");
  Ratio ratio = defined.size() == 1 ? fiellerRatio(defined[0].first, defined[0].second, offset)
                                    : meanRatio(defined, offset);
  Score score = scoreOf(ratio, defined.front().first, parts.front().sample);
  auto add = [&](const std::string &note) { score.note += (score.note.empty() ? "" : "; ") + note; };
  if (parts.size() > 1)
    add(besideMean(defined, parts.size() - defined.size(), offset));
  if (offsetRules)
    add("the offset is more than half of the denominator");
  return score;
}

} // namespace switchyard::rt
