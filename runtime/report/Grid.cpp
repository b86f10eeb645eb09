// Coordinates are compared by their text, which is exact ("16/255").
#include "runtime/report/Grid.h"

#include <algorithm>

namespace switchyard::rt {

const AxisValue *Point::coordinate(const std::string &axis) const {
  for (const auto &[name, value] : coordinates)
    if (name == axis)
      return &value;
  return nullptr;
}

static bool attackHasAxis(const Experiment &experiment, const std::string &axis) {
  for (const Cell &cell : experiment.cells)
    for (const auto &[name, value] : cell.axes)
      if (name == axis)
        return true;
  return false;
}

static std::vector<std::pair<std::string, AxisValue>> defenseCoordinates(const Experiment &experiment,
                                                                         const DefenseEntry &defense) {
  std::vector<std::pair<std::string, AxisValue>> result = {{"defense", {0, defense.label}},
                                                           {"family", {0, defense.family}}};
  if (!defense.strength.empty())
    result.push_back({"strength", {0, defense.strength}});
  for (const auto &[name, value] : defense.axes)
    result.push_back({attackHasAxis(experiment, name) ? "defense." + name : name, value});
  return result;
}

Grid gridOf(const Experiment &experiment) {
  Grid grid;
  for (size_t i = 0; i < experiment.defenses.size(); ++i)
    grid.defenses.push_back(
        {static_cast<int64_t>(i), nullptr, defenseCoordinates(experiment, experiment.defenses[i])});
  for (const Cell &cell : experiment.cells) {
    Point point = grid.defenses.at(cell.defense);
    point.cell = &cell;
    point.coordinates.push_back({"attack", {0, cell.attack}});
    point.coordinates.push_back({"gradients", {0, cell.gradients}});
    for (const auto &axis : cell.axes)
      point.coordinates.push_back(axis);
    grid.cells.push_back(std::move(point));
  }
  grid.axes = {"defense", "family", "strength", "attack", "gradients"};
  for (const std::vector<Point> *points : {&grid.defenses, &grid.cells})
    for (const Point &point : *points)
      for (const auto &[name, value] : point.coordinates)
        if (std::find(grid.axes.begin(), grid.axes.end(), name) == grid.axes.end())
          grid.axes.push_back(name);
  return grid;
}

std::vector<AxisValue> axisValues(const std::vector<Point> &points, const std::string &axis) {
  std::vector<AxisValue> values;
  for (const Point &point : points) {
    const AxisValue *value = point.coordinate(axis);
    if (value && !value->text.empty() &&
        std::none_of(values.begin(), values.end(), [&](const AxisValue &v) { return v.text == value->text; }))
      values.push_back(*value);
  }
  return values;
}

std::vector<Point> select(const std::vector<Point> &points, const Choice &choice) {
  std::vector<Point> chosen = points;
  for (const auto &[axis, wanted] : choice) {
    auto has = [&](const Point &point) { return point.coordinate(axis) != nullptr; };
    if (std::none_of(points.begin(), points.end(), has))
      continue;
    auto differs = [&](const Point &point) {
      return !has(point) || point.coordinate(axis)->text != wanted.text;
    };
    chosen.erase(std::remove_if(chosen.begin(), chosen.end(), differs), chosen.end());
  }
  return chosen;
}

} // namespace switchyard::rt
