// Every defense under every attack with every estimator is a cell, also where the setting will mean nothing.
#include "compiler/semantics/ShowGrid.h"

#include "runtime/contract/ShowRules.h"

#include <algorithm>
#include <cmath>

namespace switchyard {

static rt::Axes axesOf(const resolved::Axes &axes) {
  rt::Axes list;
  for (const NamedValue &axis : axes)
    list.push_back(
        {axis.name, {axis.value.isNumber() ? axis.value.real() : std::nan(""), axis.value.text()}});
  return list;
}

static std::vector<rt::Aggregate> aggregatesOf(const std::vector<resolved::Aggregate> &aggregates) {
  std::vector<rt::Aggregate> list;
  for (const resolved::Aggregate &one : aggregates)
    list.push_back({one.how, one.over});
  return list;
}

static std::map<std::string, double> numbersOf(const NamedValues &values) {
  std::map<std::string, double> numbers;
  for (const NamedValue &one : values)
    numbers[one.name] = one.value.real();
  return numbers;
}

rt::Show contractShow(const resolved::Experiment &experiment, const resolved::Show &show) {
  rt::Show result;
  result.kind = show.kind;
  for (const resolved::Measure &one : show.measures)
    result.measures.push_back({one.name, aggregatesOf(one.aggregates), numbersOf(one.arguments)});
  result.against = show.against;
  result.againstAggregates = aggregatesOf(show.againstAggregates);
  result.againstArguments = numbersOf(show.againstArguments);
  result.by = show.by;
  result.forEach = show.forEach;
  result.fit = show.fit;
  for (int attack : show.attacks) {
    const resolved::Attack &one = experiment.attacks[static_cast<size_t>(attack)];
    result.attacks.push_back({one.label, axesOf(one.axes)});
  }
  result.images = show.images;
  result.curves = show.curves;
  result.logX = show.logX;
  result.logY = show.logY;
  result.panels = show.panels;
  return result;
}

rt::JointShow contractShow(const std::vector<const resolved::Experiment *> &experiments,
                           const resolved::JointShow &joint) {
  rt::JointShow result;
  result.show = contractShow(*experiments.at(joint.parts.front().experiment), joint.show);
  for (const resolved::ShowPart &part : joint.parts)
    result.parts.push_back({static_cast<int64_t>(part.experiment),
                            contractShow(*experiments.at(part.experiment), part.show), part.missing});
  return result;
}

ShowGrid::ShowGrid(const std::vector<resolved::Experiment> &settings) : experiment(settings.front()) {
  cells.settings.clear();
  cells.judges = settings.front().judge.verdicts;
  int64_t classes = 0;
  for (const resolved::Experiment &one : settings) {
    add(one);
    classes = std::max(classes, one.network.classes);
  }
  for (const resolved::Measure &one : settings.front().measures)
    cells.measures.push_back({one.name, {}, numbersOf(one.arguments)});
  grid = rt::gridOf(cells, classes);
}

void ShowGrid::add(const resolved::Experiment &its) {
  rt::Setting setting;
  if (its.baseline >= 0)
    setting.baseline = static_cast<int64_t>(cells.defenses.size()) + its.baseline;
  if (its.setting) {
    setting.dataName = its.setting->dataset;
    setting.network = its.setting->network;
    setting.training = its.setting->training;
    setting.axes = axesOf(its.setting->axes);
  }
  cells.settings.push_back(std::move(setting));
  for (const resolved::Defense &one : its.defenses) {
    rt::DefenseEntry defense;
    defense.label = one.label;
    defense.family = one.family;
    defense.strength = one.strength;
    defense.axes = axesOf(one.axes);
    defense.setting = static_cast<int64_t>(cells.settings.size()) - 1;
    for (const resolved::Attack &attack : its.attacks)
      for (const resolved::Estimator &estimator : its.estimators) {
        rt::Cell cell;
        cell.defense = static_cast<int64_t>(cells.defenses.size());
        cell.attack = attack.label;
        cell.gradients = estimator.label;
        cell.axes = axesOf(attack.axes);
        cell.gradientsAxes = axesOf(estimator.axes);
        cells.cells.push_back(std::move(cell));
      }
    cells.defenses.push_back(std::move(defense));
  }
}

std::string ShowGrid::problem(const resolved::Show &show, const resolved::Measure &measure) const {
  return rt::showProblem(grid, contractShow(experiment, show),
                         {measure.name, aggregatesOf(measure.aggregates), numbersOf(measure.arguments)});
}

std::string ShowGrid::examplesProblem(const resolved::Show &show) const {
  return rt::examplesProblem(grid, contractShow(experiment, show));
}

static std::vector<std::string> axesOf(const std::vector<rt::Point> &points) {
  std::vector<std::string> names;
  for (const rt::Point &point : points)
    for (const auto &[axis, value] : point.coordinates)
      if (!value.text.empty() && std::find(names.begin(), names.end(), axis) == names.end())
        names.push_back(axis);
  return names;
}

std::vector<std::string> ShowGrid::axesOfExamples(const resolved::Show &show) const {
  return axesOf(rt::pointsOfExamples(grid, contractShow(experiment, show)));
}

std::string ShowGrid::curvesProblem(const resolved::Show &show) const {
  return rt::curvesProblem(grid, contractShow(experiment, show));
}

std::vector<std::string> ShowGrid::axesOfDefenses() const {
  return axesOf(grid.defenses);
}

bool ShowGrid::isOfNumbers(const std::string &axis) const {
  const std::vector<rt::Choice> values = rt::choices(grid, {axis});
  return std::all_of(values.begin(), values.end(), [](const rt::Choice &one) {
    const rt::AxisValue &value = one.front().second;
    return std::isfinite(value.value) || rt::isWithoutValue(value);
  });
}

size_t ShowGrid::pages(const resolved::Show &show) const {
  return rt::choices(grid, show.forEach).size();
}

} // namespace switchyard
