// Differences between models: drops of accuracy, and comparisons. What is paired is on the same images.
#include "runtime/report/Measured.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace switchyard::rt {

std::optional<int64_t> Scorer::modelOf(const std::vector<Point> &points) const {
  int64_t model = models.at(size_t(points.front().defense));
  for (const Point &point : points)
    if (models.at(size_t(point.defense)) != model)
      return std::nullopt;
  return model;
}

Contrast Scorer::contrast(const Measured &a, const std::vector<Point> &ofA, const Measured &b,
                          const std::vector<Point> &ofB) const {
  Contrast contrast;
  contrast.add(modelOf(ofA), 1, a.trainings);
  contrast.add(modelOf(ofB), -1, b.trainings);
  return contrast;
}

/// The weight of each point in the mean that the aggregates take.
static void addWeights(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                       double weight, std::map<int64_t, double> &ofDefenses) {
  if (aggregates.empty()) {
    for (const Point &point : points)
      ofDefenses[point.defense] += weight;
    return;
  }
  std::vector<Aggregate> inner(aggregates.begin(), aggregates.end() - 1);
  const std::vector<std::vector<Point>> parts = partition(points, aggregates.back().over);
  for (const std::vector<Point> &part : parts)
    addWeights(inner, part, weight / double(parts.size()), ofDefenses);
}

/// Points of defenses by setting, each part with its weight in the mean over all: settings have equal
/// defenses, so that the mean is one of means within each.
static std::vector<std::pair<double, std::vector<Point>>> bySetting(const Experiment &experiment,
                                                                    const std::vector<Aggregate> &aggregates,
                                                                    const std::vector<Point> &points) {
  std::map<int64_t, double> weights;
  addWeights(aggregates, points, 1, weights);
  std::map<int64_t, std::pair<double, std::vector<Point>>> parts;
  for (const Point &point : points) {
    auto &[weight, ofSetting] = parts[experiment.defenses.at(size_t(point.defense)).setting];
    weight += weights.at(point.defense);
    ofSetting.push_back(point);
  }
  if (parts.size() == 1)
    return {{1, points}};
  std::vector<std::pair<double, std::vector<Point>>> list;
  for (auto &[setting, part] : parts)
    list.push_back(std::move(part));
  return list;
}

std::optional<Point> Scorer::baselineOf(const Point &point) const {
  std::optional<int64_t> baseline = points.baselineOf(point);
  return baseline ? std::optional(points.defenses.at(size_t(*baseline))) : std::nullopt;
}

struct Scorer::Drop {
  Contrast contrast;
  Covers covers = Covers::Images; // of the drops that it is the mean of
  std::optional<Sample> missing;  // why there is none
};

/// Adds the drop of points of one setting.
void Scorer::addDrop(const Measure &measure, const std::vector<Point> &points, double weight,
                     Drop &drop) const {
  std::vector<Point> without = {*baselineOf(points.front())};
  Measured base = correct({}, without);
  Measured defended = correct(measure.aggregates, points);
  for (const Measured *one : {&base, &defended})
    if (!one->defined()) {
      drop.missing = one->sample;
      return;
    }
  Contrast own = contrast(base, without, defended, points);
  drop.covers = std::max(drop.covers, own.covers());
  drop.contrast.add(own, weight);
}

Score Scorer::accuracyDrop(const Measure &measure, const std::vector<Point> &points) const {
  if (!points.empty() && !baselineOf(points.front()))
    return dash("no defense `none` to compare with");
  Drop drop;
  for (const auto &[weight, ofSetting] : bySetting(experiment, measure.aggregates, points))
    if (!drop.missing)
      addDrop(measure, ofSetting, weight, drop);
  if (drop.missing)
    return dash(*drop.missing);
  Measured defended = correct(measure.aggregates, points);
  if (!defended.defined())
    return dash(defended.sample);
  bool itself = std::all_of(points.begin(), points.end(),
                            [&](const Point &point) { return this->points.isBaseline(point); });
  Score score = scoreOf(drop.contrast.mean(), itself ? Interval{0, 0} : differenceInterval(drop.contrast),
                        defended.sample);
  score.covers = drop.covers;
  return score;
}

/// Of a sample what the other one has, too: defenses may be attacked on images of their own.
static Sample inCommon(Sample sample, const Sample &other) {
  if (sample.state != Sample::State::Measured || other.state != Sample::State::Measured)
    return sample;
  auto before = [](const Observation &x, const Observation &y) {
    return std::pair(x.image, x.goal) < std::pair(y.image, y.goal);
  };
  std::vector<Observation> both;
  std::set_intersection(sample.values.begin(), sample.values.end(), other.values.begin(), other.values.end(),
                        std::back_inserter(both), before);
  if (both.size() == sample.values.size() && both.size() == other.values.size())
    return sample;
  sample.values = std::move(both);
  sample.note =
      sample.values.empty() ? "no image is attacked under both" : "over the images that both are attacked on";
  if (sample.values.empty())
    sample.state = Sample::State::Meaningless;
  return sample;
}

Score Scorer::difference(const Point &a, const Point &b) const {
  auto measuredAt = [&](const Point &point, const Point &other) {
    auto sampleAt = [&](const Point &at, Run run) {
      return successSample(experiment, outcomes, at, run, Moment::Finished, slice);
    };
    auto common = [&](const Point &at, Run run) { return inCommon(sampleAt(at, run), sampleAt(other, run)); };
    return point.cell ? measured({}, {point}, allRuns, common) : correct({}, {point});
  };
  Measured first = measuredAt(a, b), second = measuredAt(b, a);
  for (const Measured *one : {&first, &second})
    if (!one->defined())
      return dash(one->sample);
  Contrast contrast = this->contrast(first, {a}, second, {b});
  Score score = scoreOf(contrast.mean(), differenceInterval(contrast), first.sample);
  score.covers = contrast.covers();
  score.pairs = std::min(first.pairsOfAll(), second.pairsOfAll());
  score.draws = std::max(first.sample.draws.high, second.sample.draws.high);
  score.paths = std::max(first.sample.paths.high, second.sample.paths.high);
  addDeviations(score, a.cell != nullptr, [&](const Scorer &run) { return run.difference(a, b); });
  return withNotes(score, *findMeasure(a.cell ? "attack_success_rate" : "accuracy"), {a, b});
}

} // namespace switchyard::rt
