// Each entry of a table and each point of a plot brings cells together: they must be told apart by the
// aggregates, be the same for all entries, and for a ratio belong to one defense.
#include "runtime/contract/ShowRules.h"

#include "runtime/contract/Measures.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace switchyard::rt {
namespace {

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// "des(worst over attack, mean over eps)"
std::string written(const Measure &measure) {
  std::vector<std::string> aggregates;
  for (const Aggregate &aggregate : measure.aggregates)
    aggregates.push_back(aggregate.how + " over " + joined(aggregate.over));
  return "`" + measure.name + (aggregates.empty() ? "" : "(" + joined(aggregates) + ")") + "`";
}

bool isOfDefenses(const Grid &grid, const std::string &axis) {
  return std::any_of(grid.defenses.begin(), grid.defenses.end(),
                     [&](const Point &point) { return point.coordinate(axis) != nullptr; });
}

/// A ratio has a numerator and a denominator of one defense; a mean of ratios is a number for itself, of
/// which no example is the worst (S5.5).
std::string ratioProblem(const Grid &grid, const Measure &measure) {
  bool meanBefore = false;
  for (const Aggregate &aggregate : measure.aggregates) {
    if (aggregate.how != "worst") {
      meanBefore = true;
      continue;
    }
    if (meanBefore)
      return written(measure) +
             " takes a worst over a mean, which is not a value of any example; name the worst "
             "first";
    for (const std::string &axis : aggregate.over)
      if (isOfDefenses(grid, axis))
        return written(measure) + " belongs to one defense each, of which there is no worst; make `" + axis +
               "` a row or column";
  }
  return "";
}

std::string togetherProblem(const Grid &grid, const Measure &measure) {
  for (const Aggregate &aggregate : measure.aggregates)
    for (const std::string &axis : aggregate.over)
      if (!mayBeAggregated(axis) || valuesOfMeasures(grid, axis))
        return written(measure) + " would bring together " +
               (axis == datasetAxis ? "images of different data sets" : "answers to different questions") +
               "; make `" + axis + "` a row or column";
  return "";
}

/// Axes of the examples: a value that is of no class in particular is over the images of all, and an answer
/// belongs to what is a share of answers.
std::string axesOfExamplesProblem(const Show &show, const Measure &measure, const MeasureKind &kind) {
  std::set<std::string> named(show.by.begin(), show.by.end());
  named.insert(show.forEach.begin(), show.forEach.end());
  named.insert(show.against);
  for (const Aggregate &aggregate : measure.aggregates)
    for (const std::string &axis : aggregate.over)
      if (isOfExamples(axis))
        return written(measure) + " is over all images where `class` is no row and no column; leave `" +
               aggregate.how + " over " + axis + "` out";
  if (kind.ofAnswers && !named.count(answerAxis))
    return written(measure) + " is of one class among the answers; make `answer` a row or column";
  if (!kind.ofAnswers && named.count(answerAxis))
    return written(measure) +
           " does not vary with `answer`, which belongs to `answer_share` and `confusion`; leave it "
           "out, or show these in a table of their own";
  if (kind.ofWholeSet && named.count(classAxis))
    return written(measure) + " is of the whole test set and of no class; leave `class` out";
  return "";
}

/// Of a measure that has several values by itself one is named, or all are rows.
std::string measuresProblem(const Grid &grid, const Show &show, const Measure &measure) {
  for (const auto &[axis, values] : grid.ofMeasures) {
    const bool named = std::find(show.by.begin(), show.by.end(), axis) != show.by.end() ||
                       std::find(show.forEach.begin(), show.forEach.end(), axis) != show.forEach.end() ||
                       show.against == axis;
    if (!named && values.size() > 1 && variesAlong(grid, measure, axis))
      return written(measure) + " varies with `" + axis + "` (" + values[0].text + ", " + values[1].text +
             (values.size() > 2 ? ", ..." : "") + "): make it a row or column, or say one: `" + measure.name +
             "(" + values[1].text + ")`";
  }
  return "";
}

std::vector<std::string> withoutExamples(const std::vector<std::string> &axes) {
  std::vector<std::string> others;
  std::copy_if(axes.begin(), axes.end(), std::back_inserter(others),
               [](const std::string &axis) { return !isOfExamples(axis); });
  return others;
}

class EntryRules {
public:
  EntryRules(const Grid &grid, const Measure &measure) : grid(grid), measure(measure) {}

  /// Looks at the next entry; those seen before must have brought the same together.
  std::string add(const Choice &choice) {
    std::vector<Point> points = select(pointsOf(grid, *findMeasure(measure.name)), choice);
    if (points.empty())
      return "";
    for (const std::string &problem : {leftOver(points), otherExamples(points), withBaseline(points)})
      if (!problem.empty())
        return problem;
    return measure.aggregates.empty() ? "" : unequal(choice, points);
  }

private:
  std::vector<std::string> aggregated() const {
    std::vector<std::string> axes;
    for (const Aggregate &aggregate : measure.aggregates)
      axes.insert(axes.end(), aggregate.over.begin(), aggregate.over.end());
    return axes;
  }

  /// An axis that neither a row, a column nor an aggregate tells apart.
  std::string leftOver(const std::vector<Point> &points) const {
    for (const std::vector<Point> &part : partition(points, aggregated()))
      for (const auto &[axis, value] : part.front().coordinates)
        if (std::vector<AxisValue> values = axisValues(part, axis); values.size() > 1)
          return written(measure) + " varies with `" + axis + "` (" + values[0].text + ", " + values[1].text +
                 (values.size() > 2 ? ", ..." : "") + "), which is no row, no column and not aggregated";
    return "";
  }

  /// Distances are of the examples that succeed, which differ from setting to setting: no value of any
  /// example would come of them.
  std::string otherExamples(const std::vector<Point> &points) const {
    if (!findMeasure(measure.name)->ofDistances || partition(points, aggregated()).size() < 2)
      return "";
    return written(measure) +
           " would bring together other examples at each setting: a distance is of those " +
           "that succeed; make `" + aggregated().front() + "` a row or column";
  }

  /// The baseline has no ratio to itself.
  std::string withBaseline(const std::vector<Point> &points) const {
    auto isBaseline = [&](const Point &point) { return grid.isBaseline(point); };
    if (!findMeasure(measure.name)->isRatio || std::none_of(points.begin(), points.end(), isBaseline) ||
        std::all_of(points.begin(), points.end(), isBaseline))
      return "";
    return written(measure) + " would bring together `" +
           std::find_if(points.begin(), points.end(), isBaseline)->coordinate("defense")->text +
           "`, which has none, with the defenses that are compared with it; make `defense` a row or column, "
           "or " +
           "take the mean over the strengths of a family";
  }

  /// Strengths belong to a family, so they are compared within it; and what stands beside an axis is no value
  /// on it, so it is compared with what stands there, too.
  std::string unequal(const Choice &choice, const std::vector<Point> &points) {
    std::vector<std::string> axes = aggregated();
    std::vector<std::string> cells;
    for (const std::vector<Point> &part : partition(points, axes)) {
      std::vector<std::string> values;
      for (const std::string &axis : axes)
        if (const AxisValue *value = part.front().coordinate(axis); value && !value->text.empty())
          values.push_back(value->text);
      cells.push_back(values.empty() ? withoutValue : joined(values));
    }
    std::string name;
    for (const auto &[axis, value] : choice)
      name += (name.empty() ? "" : ", ") + value.text;
    std::string among;
    for (const auto &[axis, value] : choice)
      among += isWithoutValue(value) ? axis + "; " : "";
    bool strengths = std::find(axes.begin(), axes.end(), "strength") != axes.end();
    const AxisValue *family = points.front().place("family");
    Entry entry{name, {cells.begin(), cells.end()}, joined(cells)};
    auto [first, isNew] = seen.insert({among + (strengths && family ? family->text : ""), entry});
    if (isNew || first->second.cells == entry.cells)
      return "";
    return written(measure) + " would bring together different settings: \"" + first->second.name +
           "\" has " + joined(axes) + " " + first->second.words + ", \"" + name + "\" has " + entry.words +
           "; give all the same, or make `" + axes.front() + "` a row or column";
  }

  struct Entry {
    std::string name;
    std::set<std::string> cells;
    std::string words;
  };

  const Grid &grid;
  const Measure &measure;
  std::map<std::string, Entry> seen; // the first of those that are compared
};

} // namespace

std::string showProblem(const Grid &grid, const Show &show, const Measure &measure) {
  const MeasureKind &kind = *findMeasure(measure.name);
  for (const std::string &problem :
       {axesOfExamplesProblem(show, measure, kind), togetherProblem(grid, measure),
        measuresProblem(grid, show, measure), kind.isRatio ? ratioProblem(grid, measure) : ""})
    if (!problem.empty())
      return problem;
  std::vector<std::string> axes = withoutExamples(show.by);
  bool against = std::find(grid.axes.begin(), grid.axes.end(), show.against) != grid.axes.end();
  if (against && !isOfExamples(show.against))
    axes.push_back(show.against);
  if (show.kind == "scatter") // each is a point
    axes.push_back("defense");
  for (const Choice &page : choices(grid, withoutExamples(show.forEach))) {
    EntryRules rules(grid, measure);
    for (Choice entry : choices(grid, axes)) {
      entry.insert(entry.begin(), page.begin(), page.end());
      if (std::string problem = rules.add(entry); !problem.empty())
        return problem;
    }
  }
  return "";
}

std::vector<Point> pointsOfExamples(const Grid &grid, const Show &show) {
  std::vector<Point> shown;
  std::copy_if(grid.unjudged.begin(), grid.unjudged.end(), std::back_inserter(shown),
               [&](const Point &point) { return showsExamples(show, *point.cell); });
  return shown;
}

/// The first axis along which the points differ, with some of its values; empty where they do not.
static std::string whereTheyDiffer(const std::vector<Point> &points) {
  std::vector<std::pair<std::string, AxisValue>> places = points.front().coordinates;
  places.insert(places.end(), points.front().beside.begin(), points.front().beside.end());
  for (const auto &[axis, value] : places)
    if (std::vector<AxisValue> values = axisValues(points, axis); values.size() > 1)
      return "`" + axis + "` (" + values[0].text + ", " + values[1].text +
             (values.size() > 2 ? ", ..." : "") + ")";
  return "";
}

/// Why points are not told apart by these axes: each is to stand for itself. `what` varies.
static std::string notToldApart(const Grid &grid, const std::vector<Point> &all,
                                const std::vector<std::string> &axes, const std::string &what) {
  for (const Choice &choice : choices(grid, axes)) {
    const std::vector<Point> points = select(all, choice);
    if (std::string differ = points.size() > 1 ? whereTheyDiffer(points) : ""; !differ.empty())
      return what + " vary with " + differ + ", which is not named; add it behind `by` or `for each`";
  }
  return "";
}

static std::vector<std::string> namedAxes(const Show &show) {
  std::vector<std::string> axes = show.by;
  axes.insert(axes.end(), show.forEach.begin(), show.forEach.end());
  return axes;
}

std::string examplesProblem(const Grid &grid, const Show &show) {
  const std::vector<std::string> axes = namedAxes(show);
  for (const std::string &axis : axes)
    if (axis == "judge")
      return "examples do not vary with `judge`: what each of the judges says stands below them; leave it "
             "out";
    else if (isOfExamples(axis))
      return "examples are of the first images, whatever their class; leave `" + axis + "` out";
  const std::vector<Point> points = pointsOfExamples(grid, show);
  if (axisValues(points, datasetAxis).size() > 1 &&
      std::find(show.forEach.begin(), show.forEach.end(), datasetAxis) == show.forEach.end())
    return "the images of a sheet are of one data set: write `for each dataset`";
  return notToldApart(grid, points, axes, "examples");
}

std::string curvesProblem(const Grid &grid, const Show &show) {
  const std::vector<std::string> axes = namedAxes(show);
  for (const std::string &axis : axes)
    if (std::none_of(grid.defenses.begin(), grid.defenses.end(),
                     [&](const Point &point) { return point.coordinate(axis) != nullptr; }))
      return "trainings do not vary with `" + axis + "`; leave it out";
  return notToldApart(grid, grid.defenses, axes, "trainings");
}

} // namespace switchyard::rt
