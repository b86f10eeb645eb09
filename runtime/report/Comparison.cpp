// Rows: accuracy and each attack. Columns: both defenses, which the title names, and their difference.
#include "runtime/report/Comparison.h"
#include "runtime/report/Table.h"

#include <algorithm>

namespace switchyard::rt {

/// The coordinates of a cell's attack: attack, gradients, judge and the attack's axes.
static Choice attackOf(const Point &point) {
  Choice choice;
  for (const char *axis : {"attack", "gradients", "judge"})
    choice.push_back({axis, *point.coordinate(axis)});
  choice.insert(choice.end(), point.cell->axes.begin(), point.cell->axes.end());
  return choice;
}

static bool sameAttack(const Point &a, const Point &b) {
  Choice first = attackOf(a), second = attackOf(b);
  return std::equal(
      first.begin(), first.end(), second.begin(), second.end(),
      [](const auto &x, const auto &y) { return x.first == y.first && x.second.text == y.second.text; });
}

std::vector<ComparedPoints> comparedPoints(const Grid &grid, std::pair<int64_t, int64_t> comparison) {
  std::vector<ComparedPoints> result = {
      {grid.defenses.at(size_t(comparison.first)), grid.defenses.at(size_t(comparison.second))}};
  for (const Point &first : grid.cells) {
    auto second = std::find_if(grid.cells.begin(), grid.cells.end(), [&](const Point &point) {
      return point.defense == comparison.second && sameAttack(point, first);
    });
    if (first.defense == comparison.first && second != grid.cells.end())
      result.push_back({first, *second});
  }
  return result;
}

/// The axes of attacks among the points; the judge is none where there is but one.
static Choice axesOf(const Experiment &experiment, const std::vector<ComparedPoints> &points) {
  Choice axes;
  auto counts = [&](const auto &axis) { return axis.first != "judge" || experiment.judges.size() > 1; };
  for (const ComparedPoints &one : points)
    if (one.first.cell)
      for (const auto &axis : attackOf(one.first))
        if (counts(axis) && std::none_of(axes.begin(), axes.end(),
                                         [&](const auto &known) { return known.first == axis.first; }))
          axes.push_back(axis);
  return axes;
}

/// What tells a defense's setting from the others, as titles have it.
static std::string settingInWords(const Grid &grid, const Point &defense) {
  std::string words;
  for (const auto &[axis, value] : defense.coordinates)
    if (axis == "defense")
      break; // those of settings stand before it
    else if (!value.text.empty() && select(grid.defenses, {{axis, value}}).size() < grid.defenses.size())
      words += ", " + axis + " " + value.text;
  return words;
}

Table comparisonTable(const Experiment &experiment, const Scorer &scorer,
                      std::pair<int64_t, int64_t> comparison) {
  std::vector<ComparedPoints> points = comparedPoints(scorer.grid(), comparison);
  Choice axes = axesOf(experiment, points);
  Table table;
  table.title = experiment.name + ": " + experiment.defenses.at(size_t(comparison.first)).label +
                " compared with " + experiment.defenses.at(size_t(comparison.second)).label + " (%)" +
                settingInWords(scorer.grid(), points.front().first);
  table.rowAxes = {"measure"};
  for (const auto &[axis, value] : axes)
    table.rowAxes.push_back(axis);
  table.columns = {{"first"}, {"second"}, {"difference"}};
  std::set<Covers> covers;
  for (const ComparedPoints &one : points) {
    TableRow row;
    row.labels = {one.first.cell ? "attack success" : "accuracy"};
    for (const auto &[axis, value] : axes) {
      const AxisValue *at = one.first.cell ? one.first.coordinate(axis) : nullptr;
      row.labels.push_back(at ? at->text : "");
    }
    for (const Point *point : {&one.first, &one.second}) {
      TableCell cell = tableCell(scorer.score(one.measure(), *point), kindOf(one.measure()).unit);
      row.cells.push_back(
          {cell.value, "", "", "", cell.note, "", "", cell.notes}); // intervals side by side would say less
    }
    Score difference = scorer.difference(one.first, one.second);
    if (difference.defined)
      covers.insert(difference.covers);
    row.cells.push_back(tableCell(difference, kindOf(one.measure()).unit));
    table.rows.push_back(row);
  }
  table.captions = {"difference: the first defense minus the second, in points, paired by image and goal"};
  for (const std::string &line : intervalCaptions(experiment, covers))
    table.captions.push_back(line);
  return table;
}

} // namespace switchyard::rt
