// Coordinates are compared by their text, which is exact ("16/255").
#include "runtime/contract/Grid.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace switchyard::rt {

const AxisValue *Point::coordinate(const std::string &axis) const {
  for (const auto &[name, value] : coordinates)
    if (name == axis)
      return &value;
  return nullptr;
}

const AxisValue *Point::place(const std::string &axis) const {
  if (const AxisValue *value = coordinate(axis); value && !value->text.empty())
    return value;
  for (const auto &[name, value] : beside)
    if (name == axis)
      return &value;
  return nullptr;
}

static void addOnce(std::vector<AxisValue> &values, const AxisValue &value) {
  if (std::none_of(values.begin(), values.end(),
                   [&](const AxisValue &known) { return known.text == value.text; }))
    values.push_back(value);
}

constexpr double none = std::numeric_limits<double>::quiet_NaN(); // of texts

static bool attackHasAxis(const Experiment &experiment, const std::string &axis) {
  for (const Cell &cell : experiment.cells)
    for (const Axes *axes : {&cell.axes, &cell.gradientsAxes})
      for (const auto &[name, value] : *axes)
        if (name == axis)
          return true;
  return false;
}

using Coordinates = std::vector<std::pair<std::string, AxisValue>>;

static void addOnce(std::vector<std::string> &names, const std::string &name) {
  if (std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(name);
}

static Coordinates settingCoordinates(const Setting &setting) {
  if (!setting.isNamed())
    return {};
  Coordinates result = {{datasetAxis, {none, setting.dataName}},
                        {networkAxis, {none, setting.network}},
                        {trainingAxis, {none, setting.training}}};
  result.insert(result.end(), setting.axes.begin(), setting.axes.end());
  return result;
}

static Coordinates defenseCoordinates(const Experiment &experiment, const DefenseEntry &defense) {
  Coordinates result = settingCoordinates(experiment.settings.at(size_t(defense.setting)));
  result.push_back({"defense", {none, defense.label}});
  result.push_back({"family", {none, defense.family}});
  if (!defense.strength.empty())
    result.push_back({"strength", {none, defense.strength}});
  for (const auto &[name, value] : defense.axes)
    result.push_back({attackHasAxis(experiment, name) ? "defense." + name : name, value});
  return result;
}

/// Without a verdict: a point that has no judge.
static Point pointOf(const Grid &grid, const Cell &cell, const Verdict *verdict) {
  Point point = grid.defenses.at(size_t(cell.defense));
  point.cell = &cell;
  point.coordinates.push_back({"attack", {none, cell.attack}});
  point.coordinates.push_back({"gradients", {none, cell.gradients}});
  if (verdict) {
    point.verdict = *verdict;
    point.coordinates.push_back({"judge", {none, verdictText(*verdict)}});
  }
  for (const Axes *axes : {&cell.axes, &cell.gradientsAxes})
    point.coordinates.insert(point.coordinates.end(), axes->begin(), axes->end());
  return point;
}

static std::vector<AxisValue> classValues(int64_t classes) {
  std::vector<AxisValue> values;
  for (int64_t klass = 0; klass < classes; ++klass)
    values.push_back({static_cast<double>(klass), std::to_string(klass)});
  return values;
}

const std::vector<Point> &pointsOf(const Grid &grid, const MeasureKind &measure) {
  return !measure.ofAttacks ? grid.defenses : measure.ofAnswers ? grid.unjudged : grid.cells;
}

/// A defense in no family is one of its own; on another axis all that lack it stand together.
void placeBeside(std::vector<Point> &points, const std::vector<std::string> &axes) {
  for (const std::string &axis : axes)
    if (std::any_of(points.begin(), points.end(), [&](const Point &point) { return point.place(axis); }))
      for (Point &point : points)
        if (!point.place(axis))
          point.beside.push_back(
              {axis, {none, axis == "family" ? point.coordinate("defense")->text : withoutValue}});
}

static bool hasAxis(const MeasureKind &measure, const std::string &axis) {
  return std::any_of(measure.arguments.begin(), measure.arguments.end(), [&](const MeasureArgument &one) {
    return one.role == MeasureArgument::Role::Axis && one.name == axis;
  });
}

const std::vector<AxisValue> *valuesOfMeasures(const Grid &grid, const std::string &axis) {
  for (const auto &[name, values] : grid.ofMeasures)
    if (name == axis)
      return &values;
  return nullptr;
}

static AxisValue valueOf(const Measure &measure, const MeasureArgument &argument) {
  auto given = measure.arguments.find(argument.name);
  const double value = given == measure.arguments.end() ? std::stod(argument.byDefault) : given->second;
  char text[32];
  return {value, {text, std::to_chars(text, text + sizeof text, value).ptr}};
}

/// An argument is an axis where no setting has one of its name.
static void addAxesOfMeasures(const Experiment &experiment, Grid &grid) {
  const std::vector<std::string> taken = grid.axes;
  for (const Measure &measure : experiment.measures)
    for (const MeasureArgument &argument : findMeasure(measure.name)->arguments) {
      if (argument.role != MeasureArgument::Role::Axis ||
          std::find(taken.begin(), taken.end(), argument.name) != taken.end())
        continue;
      if (!valuesOfMeasures(grid, argument.name)) {
        grid.axes.push_back(argument.name);
        grid.ofMeasures.push_back({argument.name, {}});
      }
      for (auto &[name, values] : grid.ofMeasures)
        if (name == argument.name)
          addOnce(values, valueOf(measure, argument));
    }
}

Grid gridOf(const Experiment &experiment, int64_t classes) {
  Grid grid;
  grid.classes = classes;
  for (size_t i = 0; i < experiment.defenses.size(); ++i) {
    grid.baselines.push_back(experiment.settingOf(int64_t(i)).baseline);
    grid.defenses.push_back(
        {static_cast<int64_t>(i), nullptr, defenseCoordinates(experiment, experiment.defenses[i])});
  }
  const std::vector<Verdict> judges =
      experiment.judges.empty() ? std::vector<Verdict>{{}} : experiment.judges;
  for (const Cell &cell : experiment.cells) {
    for (const Verdict &verdict : judges)
      grid.cells.push_back(pointOf(grid, cell, &verdict));
    grid.unjudged.push_back(pointOf(grid, cell, nullptr));
  }
  grid.axes = {"defense", "family", "strength", "attack", "gradients", "judge"};
  if (classes > 0)
    grid.axes.insert(grid.axes.end(), {classAxis, answerAxis});
  for (const std::vector<Point> *points : {&grid.defenses, &grid.cells})
    for (const Point &point : *points)
      for (const auto &[name, value] : point.coordinates)
        addOnce(grid.axes, name);
  addAxesOfMeasures(experiment, grid);
  for (std::vector<Point> *points : {&grid.defenses, &grid.cells, &grid.unjudged})
    placeBeside(*points, grid.axes);
  return grid;
}

Measure measureAt(Measure measure, const Choice &choice) {
  for (const auto &[axis, value] : choice)
    if (hasAxis(*findMeasure(measure.name), axis))
      measure.arguments.insert({axis, value.value}); // unless it says one itself
  return measure;
}

bool variesAlong(const Grid &grid, const Measure &measure, const std::string &axis) {
  return valuesOfMeasures(grid, axis) && hasAxis(*findMeasure(measure.name), axis) &&
         !measure.arguments.count(axis);
}

bool mayBeAggregated(const std::string &axis) {
  return axis != "judge" && axis != datasetAxis && !isOfExamples(axis);
}

std::vector<AxisValue> axisValues(const std::vector<Point> &points, const std::string &axis) {
  std::vector<AxisValue> values;
  for (const Point &point : points) {
    const AxisValue *value = point.place(axis);
    if (value &&
        std::none_of(values.begin(), values.end(), [&](const AxisValue &v) { return v.text == value->text; }))
      values.push_back(*value);
  }
  return values;
}

std::vector<Point> select(const std::vector<Point> &points, const Choice &choice) {
  Choice asked; // on axes that some point has
  for (const auto &one : choice)
    if (std::any_of(points.begin(), points.end(),
                    [&](const Point &point) { return point.place(one.first) != nullptr; }))
      asked.push_back(one);
  std::vector<Point> chosen;
  std::copy_if(points.begin(), points.end(), std::back_inserter(chosen), [&](const Point &point) {
    return std::all_of(asked.begin(), asked.end(), [&](const auto &one) {
      const AxisValue *value = point.place(one.first);
      return value && value->text == one.second.text;
    });
  });
  return chosen;
}

/// The values of any axis.
static std::vector<AxisValue> valuesOn(const Grid &grid, const std::vector<Point> &points,
                                       const std::string &axis) {
  if (isOfExamples(axis))
    return classValues(grid.classes);
  const std::vector<AxisValue> *ofMeasures = valuesOfMeasures(grid, axis);
  return ofMeasures ? *ofMeasures : axisValues(points, axis);
}

std::vector<Choice> choices(const Grid &grid, const std::vector<std::string> &axes) {
  std::vector<Point> all = grid.defenses;
  all.insert(all.end(), grid.cells.begin(), grid.cells.end());
  std::vector<Choice> result = {{}};
  for (const std::string &axis : axes) {
    std::vector<Choice> longer;
    for (const Choice &choice : result)
      for (const AxisValue &value : valuesOn(grid, all, axis)) {
        longer.push_back(choice);
        longer.back().push_back({axis, value});
      }
    result = std::move(longer);
  }
  const std::vector<Point> &settings = grid.cells.empty() ? grid.defenses : grid.cells; // with all axes
  auto nowhere = [&](const Choice &choice) { return select(settings, choice).empty(); };
  result.erase(std::remove_if(result.begin(), result.end(), nowhere), result.end());
  return result;
}

std::vector<std::vector<Point>> partition(const std::vector<Point> &points,
                                          const std::vector<std::string> &axes) {
  std::vector<std::vector<std::string>> keys;
  std::vector<std::vector<Point>> parts;
  for (const Point &point : points) {
    std::vector<std::string> key;
    for (const std::string &axis : axes)
      key.push_back(point.coordinate(axis) ? point.coordinate(axis)->text : "");
    size_t at = std::find(keys.begin(), keys.end(), key) - keys.begin();
    if (at == keys.size()) {
      keys.push_back(key);
      parts.emplace_back();
    }
    parts[at].push_back(point);
  }
  return parts;
}

} // namespace switchyard::rt
