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

static std::map<std::string, double> argumentsOf(const resolved::Measure &measure) {
  std::map<std::string, double> arguments;
  for (const NamedValue &one : measure.arguments)
    arguments[one.name] = one.value.real();
  return arguments;
}

ShowGrid::ShowGrid(const std::vector<resolved::Experiment> &settings) {
  cells.settings.clear();
  cells.judges = settings.front().judge.verdicts;
  int64_t classes = 0;
  for (const resolved::Experiment &one : settings) {
    add(one);
    classes = std::max(classes, one.network.classes);
  }
  for (const resolved::Measure &one : settings.front().measures)
    cells.measures.push_back({one.name, {}, argumentsOf(one)});
  grid = rt::gridOf(cells, classes);
}

void ShowGrid::add(const resolved::Experiment &experiment) {
  rt::Setting setting;
  if (experiment.baseline >= 0)
    setting.baseline = static_cast<int64_t>(cells.defenses.size()) + experiment.baseline;
  if (experiment.setting) {
    setting.dataName = experiment.setting->dataset;
    setting.network = experiment.setting->network;
    setting.training = experiment.setting->training;
    setting.axes = axesOf(experiment.setting->axes);
  }
  cells.settings.push_back(std::move(setting));
  for (const resolved::Defense &one : experiment.defenses) {
    rt::DefenseEntry defense;
    defense.label = one.label;
    defense.family = one.family;
    defense.strength = one.strength;
    defense.axes = axesOf(one.axes);
    defense.setting = static_cast<int64_t>(cells.settings.size()) - 1;
    for (const resolved::Attack &attack : experiment.attacks)
      for (const resolved::Estimator &estimator : experiment.estimators) {
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
  rt::Show wanted;
  wanted.kind = show.kind;
  wanted.against = show.against;
  wanted.by = show.by;
  wanted.forEach = show.forEach;
  return rt::showProblem(grid, wanted,
                         {measure.name, aggregatesOf(measure.aggregates), argumentsOf(measure)});
}

} // namespace switchyard
