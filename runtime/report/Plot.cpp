// x is an axis of the grid, taken at each of its values, or a measure, which gives one point to each setting.
#include "runtime/report/Plot.h"

#include "runtime/report/Csv.h"
#include "runtime/report/PointNames.h"
#include "runtime/report/Results.h"
#include "runtime/report/Table.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace switchyard::rt {
namespace {

bool isAxis(const Grid &grid, const std::string &name) {
  return std::find(grid.axes.begin(), grid.axes.end(), name) != grid.axes.end();
}

/// Adds the point of two measures.
void addPoint(const Shown &shown, size_t measure, const Choice &choice, const std::string &defense,
              PlotSeries &series) {
  Score x = shown.scoreAgainst(choice), y = shown.score(measure, choice);
  series.points.push_back({x.defined ? x.value : std::nan(""), "", y, x, defense});
}

/// Every defense of the setting, at this setting of the attack.
void scatterPoints(const Shown &shown, size_t measure, const Choice &setting, PlotSeries &series) {
  for (const AxisValue &defense : shown.defensesAt(setting)) {
    Choice choice = setting;
    choice.push_back({"defense", defense});
    if (shown.isThere(measure, choice) && shown.isThereAgainst(choice))
      addPoint(shown, measure, choice, defense.text, series);
  }
}

/// The points along an axis, those of settings without a value on it or the others.
void axisPoints(const Shown &shown, size_t measure, const Plot &plot, const Choice &setting,
                PlotSeries &series) {
  double place = 0;
  for (const Choice &at : choices(shown.grid(), {plot.x.name})) {
    const AxisValue &value = at.front().second;
    Choice choice = setting;
    choice.push_back(at.front());
    const bool isLevel = plot.categories.empty() && isWithoutValue(value);
    if (isLevel == series.level && shown.isThere(measure, choice))
      series.points.push_back(
          {plot.categories.empty() ? value.value : place, value.text, shown.score(measure, choice)});
    ++place;
  }
}

PlotSeries seriesOf(const Shown &shown, size_t measure, const Plot &plot, const Choice &page,
                    const Choice &by, bool level = false) {
  PlotSeries series{by, {}, level};
  Choice choice = page;
  choice.insert(choice.end(), by.begin(), by.end());
  if (plot.scatter)
    scatterPoints(shown, measure, choice, series);
  else if (plot.againstAxis)
    axisPoints(shown, measure, plot, choice, series);
  else
    addPoint(shown, measure, choice, "", series);
  auto place = [](const PlotPoint &point) { return std::isnan(point.x) ? INFINITY : point.x; };
  std::stable_sort(series.points.begin(), series.points.end(),
                   [&](const PlotPoint &a, const PlotPoint &b) { return place(a) < place(b); });
  return series;
}

/// The curve of a setting, and the level of what stands at no place of the axis.
void addSeries(const Shown &shown, size_t measure, const Plot &plot, const Choice &by, Plot::Page &page) {
  Choice place = page.forEach;
  place.insert(place.end(), by.begin(), by.end());
  if (!shown.has(place))
    return;
  page.series.push_back(seriesOf(shown, measure, plot, page.forEach, by));
  if (!plot.againstAxis)
    return;
  PlotSeries level = seriesOf(shown, measure, plot, page.forEach, by, true);
  if (level.points.empty())
    return;
  if (page.series.back().points.empty())
    page.series.pop_back();
  else
    level.beside = "without " + plot.x.name;
  page.series.push_back(std::move(level));
}

/// The values of an axis that are not all numbers.
std::vector<std::string> categoriesOf(const Grid &grid, const std::string &axis) {
  std::vector<std::string> texts;
  bool numbers = true;
  for (const Choice &at : choices(grid, {axis})) {
    numbers = numbers && (std::isfinite(at.front().second.value) || isWithoutValue(at.front().second));
    texts.push_back(at.front().second.text);
  }
  return numbers ? std::vector<std::string>{} : texts;
}

} // namespace

std::vector<Plot> plotsOf(const Experiment &experiment, const Scorer &scorer, const Show &show) {
  return plotsOf(Shown(experiment, scorer, show));
}

std::vector<Plot> plotsOf(const Shown &shown) {
  const Show &show = shown.show();
  shown.check();
  if (!isAxis(shown.grid(), show.against) && !findMeasure(show.against))
    throw std::runtime_error("a plot against " + show.against + ": that is neither an axis nor a measure");
  std::vector<Plot> plots;
  for (size_t i = 0; i < show.measures.size(); ++i) {
    const Measure &measure = show.measures[i];
    Plot plot;
    plot.experiment = shown.name();
    plot.name = shown.name("-") + "-" + measure.name + "-against-" + show.against;
    plot.x = {show.against, show.againstAggregates, show.againstArguments};
    plot.measure = measure;
    const MeasureKind &kind = kindOf(measure);
    plot.title = inWords(measure);
    plot.words = kind.words + argumentsInWords(measure) + inWords(kind.unit);
    plot.unit = kind.unit;
    plot.isShare = kind.isShare;
    plot.logX = show.logX;
    plot.logY = show.logY;
    plot.panels = show.panels;
    plot.scatter = show.kind == "scatter";
    plot.fit = show.fit;
    plot.againstAxis = isAxis(shown.grid(), show.against);
    if (plot.againstAxis)
      plot.categories = categoriesOf(shown.grid(), show.against);
    for (const Choice &page : choices(shown.grid(), show.forEach)) {
      plot.pages.push_back({page, {}});
      for (const Choice &by : choices(shown.grid(), show.by))
        addSeries(shown, i, plot, by, plot.pages.back());
    }
    plot.captions = shown.differences();
    plots.push_back(std::move(plot));
  }
  return plots;
}

/// The names or the values of the axes that tell a series apart.
static std::vector<std::string> axesOf(const Plot &plot) {
  std::vector<std::string> names;
  if (!plot.pages.empty() && !plot.pages.front().series.empty())
    for (const Choice &choice : {plot.pages.front().forEach, plot.pages.front().series.front().by})
      for (const auto &[axis, value] : choice)
        names.push_back(axis);
  return names;
}

static std::vector<AxisValue> valuesOf(const Plot::Page &page, const PlotSeries &series) {
  std::vector<AxisValue> values;
  for (const Choice *choice : {&page.forEach, &series.by})
    for (const auto &[axis, value] : *choice)
      values.push_back(value);
  return values;
}

static void append(std::vector<std::string> &fields, const std::vector<std::string> &more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

std::vector<Note> PlotPoint::notes() const {
  std::vector<Note> all = score.notes;
  addNotes(all, xScore.notes);
  return all;
}

static std::string notesText(const PlotPoint &point) {
  if (!point.isDrawn())
    return point.reason().text();
  std::string text;
  for (const Note &note : point.notes())
    text += (text.empty() ? "" : "; ") + note.text();
  return text;
}

/// The fields of a measured value; empty where there is none.
static std::vector<std::string> numbersOf(const Score &score) {
  if (!score.defined)
    return {"", "", "", "", "", "", "", ""};
  return {numberText(score.value),          numberText(score.low),       numberText(score.high),
          std::to_string(score.images),     std::to_string(score.pairs), std::to_string(score.draws.low),
          std::to_string(score.paths.high), intervalOver(score)};
}

static std::vector<std::string> xOf(const Plot &plot, const PlotPoint &point) {
  std::vector<std::string> fields{plot.categories.empty() ? numberText(point.x) : point.text};
  const Score &x = point.xScore;
  if (plot.scatter)
    append(fields, x.defined
                       ? std::vector<std::string>{numberText(x.low), numberText(x.high), intervalOver(x)}
                       : std::vector<std::string>{"", "", ""});
  return fields;
}

std::string plotCsv(const Plot &plot) {
  std::vector<std::string> head = axesOf(plot);
  bool named = std::find(head.begin(), head.end(), "defense") != head.end();
  if (plot.scatter)
    append(head, named ? std::vector<std::string>{} : std::vector<std::string>{"defense"});
  append(head, {plot.x.name});
  if (plot.scatter)
    append(head, {"x_low", "x_high", "x_interval_over"});
  append(head,
         {"measure", "value", "low", "high", "images", "pairs", "draws", "paths", "interval_over", "notes"});
  std::string csv = csvRecord(head);
  for (const Plot::Page &page : plot.pages)
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points) {
        std::vector<std::string> fields;
        for (const AxisValue &value : valuesOf(page, series))
          fields.push_back(axisText(value));
        if (plot.scatter && !named)
          fields.push_back(point.defense);
        append(fields, xOf(plot, point));
        append(fields, {plot.measure.name});
        append(fields, numbersOf(point.score));
        append(fields, {notesText(point)});
        csv += csvRecord(fields);
      }
  return csv;
}

int64_t PlotSeries::drawn() const {
  return std::count_if(points.begin(), points.end(), [](const PlotPoint &point) { return point.isDrawn(); });
}

Line PlotSeries::fit() const {
  std::vector<std::pair<double, double>> places;
  for (const PlotPoint &point : points)
    if (point.isDrawn())
      places.push_back({point.x, point.score.value});
  return fittedLine(places);
}

std::string label(const Choice &choice) {
  std::string text;
  for (const auto &[axis, value] : choice)
    text += (text.empty() ? "" : ", ") + value.text;
  return text;
}

std::string PlotSeries::name() const {
  const std::string setting = label(by);
  return setting + (setting.empty() || beside.empty() ? "" : ", ") + beside;
}

std::vector<MissingPoints> missingOf(const std::vector<PlotSeries> &series) {
  std::vector<MissingPoints> missing;
  for (const PlotSeries &one : series)
    for (const PlotPoint &point : one.points) {
      if (point.isDrawn())
        continue;
      auto same = std::find_if(missing.begin(), missing.end(),
                               [&](const MissingPoints &known) { return known.reason.same(point.reason()); });
      if (same == missing.end())
        same = missing.insert(missing.end(), {point.reason(), {}});
      std::string name = one.name(), at = point.text.empty() ? point.defense : point.text;
      same->names.push_back(name + (name.empty() || at.empty() ? "" : ", ") + at);
    }
  for (MissingPoints &one : missing)
    one.reason.cells = int64_t(one.names.size());
  return missing;
}

/// What there is to know of the points behind a line, and of those that it lacks.
static std::vector<Note> notesOfFit(const PlotSeries &series, const std::vector<MissingPoints> &missing) {
  std::vector<Note> notes;
  for (const MissingPoints &one : missing)
    notes.push_back(one.reason.failure
                        ? one.reason
                        : Note("not among the points: " + listed(one.names) + ": " + one.reason.text()));
  for (const PlotPoint &point : series.points)
    if (point.isDrawn())
      addNotes(notes, point.notes());
  return notes;
}

static Score slopeOf(const Plot &plot, const PlotSeries &series) {
  const std::vector<MissingPoints> missing = missingOf({{{}, series.points}});
  Score slope;
  slope.value = series.fit().slope;
  slope.low = std::nan("");
  slope.defined = !std::isnan(slope.value);
  slope.notes = notesOfFit(series, missing);
  if (slope.defined)
    return slope;
  slope.note = series.drawn() < 2 && !missing.empty()
                   ? "no line: " + std::to_string(series.drawn()) + " of " +
                         std::to_string(series.points.size()) + " points have values"
                   : "no two points differ in " + kindOf(plot.x).words;
  return slope;
}

Table fitTable(const Plot &plot) {
  Table table;
  table.title =
      plot.experiment + ": " + inWords(plot.measure) + " against " + inWords(plot.x) + ", linear fit";
  table.rowAxes = axesOf(plot);
  table.columns = {{"slope"}, {"at " + kindOf(plot.x).words + " 0"}, {"points"}};
  for (const Plot::Page &page : plot.pages)
    for (const PlotSeries &series : page.series) {
      TableRow row;
      for (const AxisValue &value : valuesOf(page, series))
        row.labels.push_back(value.text);
      Score slope = slopeOf(plot, series), start;
      start.defined = slope.defined;
      start.value = series.fit().intercept;
      start.low = std::nan("");
      row.cells = {tableCell(slope, MeasureUnit::Number),
                   tableCell(start, kindOf(plot.measure).unit),
                   {std::to_string(series.drawn()), "", "", "", ""}};
      table.rows.push_back(row);
    }
  table.captions = {"least squares through the points of the scatter plot, each defense counting alike"};
  return table;
}

std::string fitCsv(const Plot &plot) {
  std::vector<std::string> head = axesOf(plot);
  append(head, {"x", "measure", "slope", "intercept", "points"});
  std::string csv = csvRecord(head);
  for (const Plot::Page &page : plot.pages)
    for (const PlotSeries &series : page.series) {
      Line line = series.fit();
      std::vector<std::string> fields;
      for (const AxisValue &value : valuesOf(page, series))
        fields.push_back(axisText(value));
      append(fields, {plot.x.name, plot.measure.name, numberText(line.slope), numberText(line.intercept),
                      std::to_string(series.drawn())});
      csv += csvRecord(fields);
    }
  return csv;
}

} // namespace switchyard::rt
