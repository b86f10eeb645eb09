// Every defense under every attack with every estimator is a cell, also where the setting will mean nothing.
#include "compiler/semantics/ShowGrid.h"

#include "runtime/contract/ShowRules.h"

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

ShowGrid::ShowGrid(const resolved::Experiment &experiment) {
  if (experiment.baseline >= 0)
    cells.baseline = experiment.baseline;
  cells.judges = experiment.judge.verdicts;
  for (const resolved::Defense &one : experiment.defenses) {
    rt::DefenseEntry defense;
    defense.label = one.label;
    defense.family = one.family;
    defense.strength = one.strength;
    defense.axes = axesOf(one.axes);
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
  for (const resolved::Measure &one : experiment.measures)
    cells.measures.push_back({one.name, {}, argumentsOf(one)});
  grid = rt::gridOf(cells, experiment.network.classes);
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
