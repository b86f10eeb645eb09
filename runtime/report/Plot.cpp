// x is an axis of the grid, taken at each of its values, or a measure, which gives one point to each setting.
#include "runtime/report/Plot.h"

#include "runtime/report/File.h"
#include "runtime/report/Results.h"
#include "runtime/report/Table.h"

#include <algorithm>
#include <stdexcept>

namespace switchyard::rt {
namespace {

bool isAxis(const Grid &grid, const std::string &name) {
  return std::find(grid.axes.begin(), grid.axes.end(), name) != grid.axes.end();
}

bool isMeasure(const std::string &name) {
  return std::find(measureNames().begin(), measureNames().end(), name) != measureNames().end();
}

PlotSeries seriesOf(const Scorer &scorer, const Show &show, const Measure &measure, const Choice &page,
                    const Choice &by) {
  PlotSeries series{by, {}};
  Choice choice = page;
  choice.insert(choice.end(), by.begin(), by.end());
  if (!isAxis(scorer.grid(), show.against)) {
    Score x = scorer.score({show.against, {}}, choice), y = scorer.score(measure, choice);
    if (x.defined && y.defined)
      series.points.push_back({x.value, "", y});
    return series;
  }
  for (const Choice &at : choices(scorer.grid(), {show.against})) {
    Choice whole = choice;
    whole.push_back(at.front());
    Score y = scorer.score(measure, whole);
    if (y.defined)
      series.points.push_back({at.front().second.value, at.front().second.text, y});
  }
  std::stable_sort(series.points.begin(), series.points.end(),
                   [](const PlotPoint &a, const PlotPoint &b) { return a.x < b.x; });
  return series;
}

} // namespace

std::vector<Plot> plotsOf(const Experiment &experiment, const Scorer &scorer, const Show &show) {
  checkAxes(scorer.grid(), show);
  if (!isAxis(scorer.grid(), show.against) && !isMeasure(show.against))
    throw std::runtime_error("a plot against " + show.against + ": that is neither an axis nor a measure");
  std::vector<Plot> plots;
  for (const Measure &measure : show.measures) {
    Plot plot{experiment.name + "-" + measure.name + "-against-" + show.against, show.against, measure, {}};
    for (const Choice &page : choices(scorer.grid(), show.forEach)) {
      plot.pages.push_back({page, {}});
      for (const Choice &by : choices(scorer.grid(), show.by))
        plot.pages.back().series.push_back(seriesOf(scorer, show, measure, page, by));
    }
    plots.push_back(std::move(plot));
  }
  return plots;
}

std::string plotCsv(const Plot &plot) {
  std::vector<std::string> head;
  if (!plot.pages.empty() && !plot.pages.front().series.empty()) {
    for (const auto &[axis, value] : plot.pages.front().forEach)
      head.push_back(axis);
    for (const auto &[axis, value] : plot.pages.front().series.front().by)
      head.push_back(axis);
  }
  for (const std::string &name :
       {plot.x, std::string("measure"), std::string("value"), std::string("low"), std::string("high"),
        std::string("images"), std::string("pairs"), std::string("draws"), std::string("paths")})
    head.push_back(name);
  std::string csv = csvRecord(head);
  for (const Plot::Page &page : plot.pages)
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points) {
        std::vector<std::string> fields;
        for (const Choice *choice : {&page.forEach, &series.by})
          for (const auto &[axis, value] : *choice)
            fields.push_back(axisText(value));
        const Score &score = point.score;
        for (const std::string &field :
             {numberText(point.x), plot.measure.name, numberText(score.value), numberText(score.low),
              numberText(score.high), std::to_string(score.images), std::to_string(score.pairs),
              std::to_string(score.draws), std::to_string(score.paths)})
          fields.push_back(field);
        csv += csvRecord(fields);
      }
  return csv;
}

} // namespace switchyard::rt
