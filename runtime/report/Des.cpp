// DES: the gain in defense rate over the loss of accuracy. The drop in accuracy is paired over all test
// images; the gain lives on the attacked images, a part of them. DES pairs the two by image: an image that
// was not attacked adds to the error of the drop alone (S5.5). Over several runs gain and drop are means, and
// DES is their ratio, which has Fieller's set; a mean of ratios has none.
#include "runtime/report/Measured.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace switchyard::rt {

/// What one value of DES is made of, or why there is none.
struct Scorer::DesPart {
  Score missing; // a dash with its reason
  bool isMissing = true;
  int64_t defense = 0;
  Contrast gain, drop;
  Sample sample;     // counts and notes of the attack
  int64_t pairs = 0; // that were attacked in any run
};

/// Whether the examples are made on another model than the one that answers.
static bool isTransferred(const AttackJob &attack) {
  return attack.source != attack.model.weights;
}

/// The baseline under the same attack. A deterministic model answers alike under every estimator (S4.3), so
/// where the point's estimator means nothing to the baseline, any other on its own gradients stands for it.
Sample Scorer::baselineSample(const Point &point, Run run) const {
  const Cell *found = nullptr;
  for (const Cell &cell : experiment.cells) {
    if (cell.defense != points.baselineOf(point) || cell.attack != point.cell->attack ||
        !samePlace(cell.axes, point.cell->axes) || !cell.meansSomething())
      continue;
    bool exact =
        cell.gradients == point.cell->gradients && samePlace(cell.gradientsAxes, point.cell->gradientsAxes);
    if (exact || (!found && !isTransferred(plan.jobs.at(size_t(cell.jobs.front())).as<AttackJob>())))
      found = &cell;
  }
  if (found)
    return successSample(experiment, outcomes, {found->defense, found, {}, point.verdict}, run,
                         Moment::Finished, slice);
  Sample none;
  none.state = Sample::State::Meaningless;
  none.note = "the baseline was not attacked so";
  return none;
}

Scorer::DesPart Scorer::desPart(const std::vector<Aggregate> &aggregates,
                                const std::vector<Point> &points) const {
  DesPart part;
  part.missing = dash("not in the grid");
  if (points.empty())
    return part;
  part.defense = points.front().defense;
  for (const Point &point : points)
    if (point.defense != part.defense)
      throw std::runtime_error("des belongs to one defense; take a mean over defense, not a worst");
  part.missing = dash("the baseline itself");
  const std::optional<Point> none = baselineOf(points.front());
  if (!none || part.defense == none->defense)
    return part;
  Measured attacked = success(aggregates, points, Moment::Finished);
  Measured baseline = measured(aggregates, points, allRuns,
                               [&](const Point &point, Run run) { return baselineSample(point, run); });
  Measured base = correct({}, {*none});
  Measured defended = correct({}, {this->points.defenses.at(part.defense)});
  part.sample = attacked.sample;
  for (const Measured *one : {&attacked, &baseline, &base, &defended})
    if (part.missing = dash(one->sample); !one->defined())
      return part;
  part.isMissing = false;
  part.pairs = std::min(attacked.pairsOfAll(), baseline.pairsOfAll());
  int64_t model = models.at(size_t(part.defense)), without = models.at(size_t(none->defense));
  part.gain.add(without, 1, baseline.trainings);
  part.gain.add(model, -1, attacked.trainings);
  part.drop.add(without, 1, base.trainings);
  part.drop.add(model, -1, defended.trainings);
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

/// What stands beside every mean of DES (S5.5).
static std::string besideMean(const std::vector<std::pair<Contrast, Contrast>> &points, size_t undefined,
                              double offset) {
  double gain = 0, denominator = 0;
  std::vector<std::pair<double, double>> dropsAndGains;
  for (const auto &[numerator, drop] : points) {
    gain += numerator.value();
    denominator += drop.value() + offset;
    dropsAndGains.push_back({drop.value(), numerator.value()});
  }
  std::ostringstream text;
  text.precision(3);
  text << "mean of " << points.size();
  if (undefined > 0)
    text << ", " << undefined << " undefined left out";
  text << "; pooled ratio " << gain / denominator;
  if (double slope = fittedLine(dropsAndGains).slope; !std::isnan(slope))
    text << ", slope of the linear fit " << slope;
  return text.str();
}

static Score scoreOf(const Ratio &ratio, const Contrast &gain, const Sample &attack) {
  Score score = scoreOf(gain.mean(), ratio.interval, attack);
  score.value = ratio.value;
  score.bounded = ratio.bounded;
  return score;
}

Score Scorer::des(const Measure &measure, const std::vector<Point> &points) const {
  if (!points.empty() && !baselineOf(points.front()))
    return dash("no defense `none` to compare with");
  std::vector<DesPart> parts;
  collectDes(measure.aggregates, points, parts);
  std::vector<std::pair<Contrast, Contrast>> defined;
  std::vector<const DesPart *> entered;
  double offset = argument(measure, "offset");
  bool offsetRules = false;
  for (const DesPart &part : parts) {
    if (part.isMissing)
      return part.missing;
    if (!isAboveZero(part.drop.value(), offset))
      continue;
    defined.push_back({part.gain, part.drop});
    entered.push_back(&part);
    offsetRules = offsetRules || isAboveZero(-part.drop.value(), offset);
  }
  if (defined.empty())
    return dash("undefined: the defense loses no accuracy");
  Ratio ratio = defined.size() == 1 ? fiellerRatio(defined[0].first, defined[0].second, offset)
                                    : meanRatio(defined, offset);
  Score score = scoreOf(ratio, defined.front().first, parts.front().sample);
  for (const auto &[gain, drop] : defined)
    score.covers = std::max(score.covers, gain.covers());
  score.draws = score.paths = {};
  score.pairs = entered.front()->pairs;
  for (const DesPart *one : entered) {
    score.draws.add(one->sample.draws);
    score.paths.add(one->sample.paths);
  }
  auto add = [&](const std::string &note) { score.note += (score.note.empty() ? "" : "; ") + note; };
  if (parts.size() > 1)
    add(besideMean(defined, parts.size() - defined.size(), offset));
  if (offsetRules)
    add("the offset is more than half of the denominator");
  return score;
}

} // namespace switchyard::rt
