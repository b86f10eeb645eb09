// Examples are looked up in what the executor collected; what is not there has a reason.
#include "runtime/report/ExamplePage.h"

#include "runtime/contract/ShowRules.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace switchyard::rt {

static uint8_t byteOf(double value) {
  return uint8_t(std::clamp(std::lround(value), 0L, 255L));
}

uint8_t byteOfPixel(float value, double low, double high) {
  return byteOf(255 * (double(value) - low) / (high - low));
}

uint8_t byteOfDifference(double difference, double factor, double low, double high) {
  return byteOf(128 + std::round(255 * factor * difference / (high - low)));
}

double factorFor(double largest, double low, double high) {
  if (!(largest > 0))
    return 1;
  const double most = 0.5 * (high - low) / largest, power = std::pow(10, std::floor(std::log10(most)));
  double factor = power;
  for (double more : {2.0, 5.0, 10.0})
    if (more * power <= most * (1 + 1e-6)) // as floats a radius is not quite what it is
      factor = more * power;
  return factor;
}

std::optional<size_t> ExampleSetting::find(const AttackPair &pair) const {
  for (size_t i = 0; shown && i < shown->count(); ++i)
    if (outcome->pairs[i].image == pair.image && outcome->pairs[i].goal == pair.goal)
      return i;
  return std::nullopt;
}

bool ExampleSetting::attacks(const AttackPair &pair) const {
  return outcome && std::any_of(outcome->pairs.begin(), outcome->pairs.end(), [&](const AttackPair &one) {
           return one.image == pair.image && one.goal == pair.goal;
         });
}

/// All settings of a page have the same data set (ShowRules).
static const DatasetSpec &datasetOf(const Plan &plan, const Experiment &experiment,
                                    const std::vector<Point> &points) {
  const int64_t defense = points.empty() ? 0 : points.front().defense;
  return plan.datasets.at(size_t(experiment.settingOf(defense).dataset));
}

ExamplePage::ExamplePage(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                         const Show &show, const Grid &grid, const Choice &page)
    : plan(plan), outcomes(outcomes), experiment(experiment),
      dataset(datasetOf(plan, experiment, select(pointsOfExamples(grid, show), page))) {
  const std::vector<Point> all = pointsOfExamples(grid, show);
  for (const Choice &by : choices(grid, show.by)) {
    Choice choice = page;
    choice.insert(choice.end(), by.begin(), by.end());
    for (const Point &point : select(all, choice))
      settings.push_back(settingOf(by, point));
  }
  collectRows(show.images);
  for (ExampleSetting &setting : settings)
    setting.factor = factorFor(largestDifference(setting), dataset.low, dataset.high);
}

Choice ExamplePage::common() const {
  Choice same;
  const ExampleSetting &first = settings.front();
  for (const auto &place : first.point.coordinates) {
    auto isThere = [&](const ExampleSetting &one) {
      const AxisValue *its = one.point.coordinate(place.first);
      return its && its->text == place.second.text;
    };
    auto isAxis = [&](const auto &one) { return one.first == place.first; };
    if (!place.second.text.empty() && std::all_of(settings.begin(), settings.end(), isThere) &&
        std::none_of(first.by.begin(), first.by.end(), isAxis))
      same.push_back(place);
  }
  return same;
}

ExampleSetting ExamplePage::settingOf(const Choice &by, const Point &point) const {
  ExampleSetting setting;
  setting.by = by;
  setting.point = point;
  if (!point.cell->meansSomething()) {
    setting.problem = point.cell->reason;
    return setting;
  }
  setting.job = point.cell->jobs.front();
  auto outcome = outcomes.attacks.find(setting.job);
  auto shown = outcomes.examples.find(setting.job);
  if (outcome == outcomes.attacks.end())
    setting.problem = outcomes.reasonOf(setting.job);
  else if (shown == outcomes.examples.end())
    setting.problem = "its examples were not collected";
  else if (!shown->second.problem.empty())
    setting.problem = shown->second.problem;
  if (!setting.problem.empty())
    return setting;
  setting.outcome = &outcome->second;
  setting.shown = &shown->second;
  return setting;
}

/// The pairs of any setting; settings that share an image's choice have the same, defenses that are attacked
/// on images of their own have others.
void ExamplePage::collectRows(int64_t images) {
  std::set<std::pair<int32_t, int32_t>> known;
  for (const ExampleSetting &setting : settings) {
    std::set<int32_t> own;
    for (size_t i = 0; setting.shown && i < setting.shown->count(); ++i) {
      const AttackPair &pair = setting.outcome->pairs[i];
      own.insert(pair.image);
      if (int64_t(own.size()) <= images && known.insert({pair.image, pair.goal}).second)
        rows.push_back({pair, setting.shown->cleanOf(i)});
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ExampleRow &a, const ExampleRow &b) {
    return std::tie(a.pair.image, a.pair.goal) < std::tie(b.pair.image, b.pair.goal);
  });
}

double ExamplePage::largestDifference(const ExampleSetting &setting) const {
  double largest = 0;
  for (const ExampleRow &row : rows)
    if (std::optional<size_t> at = setting.find(row.pair))
      for (int64_t i = 0; i < setting.shown->pixels; ++i)
        largest = std::max(largest, std::abs(double(setting.shown->finishedOf(*at)[i]) - row.clean[i]));
  return largest;
}

} // namespace switchyard::rt
