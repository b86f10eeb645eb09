// The trainings behind a defense are those that the plan says its weights come from.
#include "runtime/report/TrainingCurves.h"

#include "runtime/contract/Curves.h"
#include "runtime/contract/ShowRules.h"
#include "runtime/report/Csv.h"
#include "runtime/report/Results.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace switchyard::rt {
namespace {

/// What is kept of each epoch under the curve's name.
const std::vector<double> &valuesOf(const TrainOutcome &outcome, const CurveKind &curve) {
  return curve.ofHeldOut ? outcome.validation : outcome.epochLoss;
}

/// All trainings of a defense, of one run after the other.
std::vector<int64_t> trainingsOf(const Plan &plan, const DefenseEntry &defense) {
  std::vector<int64_t> all;
  for (int64_t accuracy : defense.accuracies)
    for (int64_t id : rt::trainingsOf(plan, plan.jobs.at(size_t(accuracy)).as<AccuracyJob>().model.weights))
      if (std::find(all.begin(), all.end(), id) == all.end())
        all.push_back(id);
  return all;
}

PlotPoint noPoint(const std::string &reason) {
  PlotPoint point;
  point.x = std::nan("");
  point.score.note = reason;
  return point;
}

PlotPoint pointOf(size_t epoch, const std::vector<double> &values) {
  PlotPoint point;
  point.x = double(epoch + 1);
  point.text = std::to_string(epoch + 1);
  point.score.defined = true;
  point.score.value = std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
  point.score.low = values.size() == 1 ? std::nan("") : *std::min_element(values.begin(), values.end());
  point.score.high = values.size() == 1 ? std::nan("") : *std::max_element(values.begin(), values.end());
  point.score.pairs = int64_t(values.size());
  return point;
}

/// The mean of the trainings at each epoch that any of them reached.
std::vector<PlotPoint> pointsOf(const Plan &plan, const Outcomes &outcomes, const DefenseEntry &defense,
                                const CurveKind &curve) {
  const std::vector<int64_t> trainings = trainingsOf(plan, defense);
  if (trainings.empty())
    return {noPoint("nothing is trained")};
  std::vector<std::vector<double>> epochs;
  for (int64_t id : trainings) {
    auto outcome = outcomes.trainings.find(id);
    if (outcome == outcomes.trainings.end())
      return {noPoint(outcomes.reasonOf(id))};
    const std::vector<double> &values = valuesOf(outcome->second, curve);
    epochs.resize(std::max(epochs.size(), values.size()));
    for (size_t epoch = 0; epoch < values.size(); ++epoch)
      epochs[epoch].push_back(values[epoch]);
  }
  if (epochs.empty())
    return {noPoint("its trainings hold no images out")};
  std::vector<PlotPoint> points;
  for (size_t epoch = 0; epoch < epochs.size(); ++epoch)
    points.push_back(pointOf(epoch, epochs[epoch]));
  return points;
}

/// How many trainings stand behind the curves, and that not all went as far.
std::vector<std::string> captionsOf(const Plot &plot) {
  int64_t fewest = 0, most = 0;
  bool shorter = false;
  for (const Plot::Page &page : plot.pages)
    for (const PlotSeries &series : page.series) {
      if (series.drawn() == 0)
        continue;
      const int64_t first = series.points.front().score.pairs;
      fewest = fewest == 0 ? first : std::min(fewest, first);
      most = std::max(most, first);
      shorter |= series.points.back().score.pairs < first;
    }
  if (most <= 1)
    return {};
  std::vector<std::string> captions = {
      "means of " + (fewest == most ? "" : std::to_string(fewest) + " to ") + std::to_string(most) +
      " trainings, channels and repetitions; bars: from the lowest to the highest"};
  if (shorter)
    captions.push_back("not all trainings went on to the last epoch: means are of those that did");
  return captions;
}

const DefenseEntry *defenseAt(const Experiment &experiment, const Grid &grid, const Choice &page,
                              const Choice &by) {
  Choice choice = page;
  choice.insert(choice.end(), by.begin(), by.end());
  const std::vector<Point> points = select(grid.defenses, choice);
  return points.empty() ? nullptr : &experiment.defenses.at(size_t(points.front().defense));
}

} // namespace

std::vector<Plot> trainingCurves(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                                 const Show &show) {
  const Grid grid = gridOf(experiment);
  if (std::string problem = curvesProblem(grid, show); !problem.empty())
    throw std::runtime_error(problem);
  std::vector<Plot> plots;
  for (const std::string &name : show.curves) {
    const CurveKind &curve = *findCurve(name);
    Plot plot;
    plot.experiment = experiment.name;
    plot.name = experiment.name + "-" + name + "-against-" + epochAxis;
    plot.x.name = epochAxis;
    plot.measure.name = name;
    plot.title = curve.words;
    plot.words = name + inWords(curve.unit);
    plot.unit = curve.unit;
    plot.isShare = curve.isShare;
    plot.againstAxis = plot.alongEpochs = true;
    plot.logX = show.logX;
    plot.logY = show.logY;
    plot.panels = show.panels;
    for (const Choice &page : choices(grid, show.forEach)) {
      plot.pages.push_back({page, {}});
      for (const Choice &by : choices(grid, show.by))
        if (const DefenseEntry *defense = defenseAt(experiment, grid, page, by))
          plot.pages.back().series.push_back({by, pointsOf(plan, outcomes, *defense, curve)});
        else
          plot.pages.back().series.push_back({by, {}}); // these values meet elsewhere
    }
    plot.captions = captionsOf(plot);
    plots.push_back(std::move(plot));
  }
  return plots;
}

/// Of a mean behind the axes.
static std::vector<std::string> fieldsOf(const CurveKind &curve, const PlotPoint &point) {
  const Score &score = point.score;
  if (!score.defined)
    return {"", "", curve.name, "", "", "", "", "", point.reason().text()};
  return {"",
          point.text,
          curve.name,
          numberText(score.value),
          numberText(score.low),
          numberText(score.high),
          std::to_string(score.pairs),
          "",
          ""};
}

std::string trainingCurvesCsv(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                              const Show &show, const Plot &plot) {
  const Grid grid = gridOf(experiment);
  const CurveKind &curve = *findCurve(plot.measure.name);
  std::vector<std::string> head = show.forEach;
  head.insert(head.end(), show.by.begin(), show.by.end());
  for (const char *name : {"training", "epoch", "curve", "value", "low", "high", "trainings", "job", "notes"})
    head.push_back(name);
  std::string csv = csvRecord(head);
  auto add = [&](const Choice &page, const Choice &by, const std::vector<std::string> &fields) {
    std::vector<std::string> record;
    for (const Choice *choice : {&page, &by})
      for (const auto &[axis, value] : *choice)
        record.push_back(axisText(value));
    record.insert(record.end(), fields.begin(), fields.end());
    csv += csvRecord(record);
  };
  for (const Plot::Page &page : plot.pages)
    for (const PlotSeries &series : page.series) {
      for (const PlotPoint &point : series.points)
        add(page.forEach, series.by, fieldsOf(curve, point));
      const DefenseEntry *defense = defenseAt(experiment, grid, page.forEach, series.by);
      for (int64_t id : defense ? trainingsOf(plan, *defense) : std::vector<int64_t>()) {
        auto outcome = outcomes.trainings.find(id);
        if (outcome == outcomes.trainings.end())
          continue; // the mean's row says why
        const std::vector<double> &values = valuesOf(outcome->second, curve);
        for (size_t epoch = 0; epoch < values.size(); ++epoch)
          add(page.forEach, series.by,
              {plan.jobs[size_t(id)].label, std::to_string(epoch + 1), curve.name, numberText(values[epoch]),
               "", "", "", outcomes.keyOf(id), ""});
      }
    }
  return csv;
}

} // namespace switchyard::rt
