// Collects the rows of all experiments.
#include "runtime/report/Results.h"

#include "runtime/report/File.h"

#include <algorithm>

namespace switchyard::rt {

static void addOnce(std::vector<std::string> &names, const std::string &name) {
  if (std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(name);
}

std::vector<std::string> measuresOf(const Experiment &experiment) {
  std::vector<std::string> names = experiment.measures;
  for (const Show &show : experiment.shows)
    for (const Measure &measure : show.measures)
      addOnce(names, measure.name);
  auto has = [&](const char *name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  if (has("accuracy") && experiment.baseline >= 0)
    addOnce(names, "accuracy_drop");
  if (has("attack_success_rate") || has("defense_rate"))
    addOnce(names, "success_at_zero");
  return names;
}

static ResultRow rowOf(const Plan &plan, const Experiment &experiment, const Point &point) {
  const DefenseEntry &defense = experiment.defenses[point.defense];
  ResultRow row;
  row.experiment = experiment.name;
  row.dataset = plan.datasets.at(experiment.dataset).name;
  row.defense = defense.label;
  row.family = defense.family;
  int64_t job = point.cell ? point.cell->job : defense.accuracy;
  if (point.cell) {
    row.attack = point.cell->attack;
    row.gradients = point.cell->gradients;
  }
  row.seed = plan.seed;
  if (job >= 0) {
    row.job = plan.jobs.at(job).hash;
    row.seed = plan.jobs.at(job).seed;
    if (point.cell)
      row.judge = plan.jobs.at(job).judgeOneDraw ? "one_draw" : "expected";
  }
  for (const auto &axis : point.coordinates)
    if (axis.first != "defense" && axis.first != "family" && axis.first != "attack" &&
        axis.first != "gradients")
      row.axes.push_back(axis);
  return row;
}

std::vector<ResultRow> resultsOf(const Plan &plan, const Outcomes &outcomes) {
  std::vector<ResultRow> rows;
  for (const Experiment &experiment : plan.experiments) {
    Scorer scorer(experiment, outcomes);
    std::vector<std::string> measures = measuresOf(experiment);
    for (const std::vector<Point> *points : {&scorer.grid().defenses, &scorer.grid().cells})
      for (const Point &point : *points)
        for (const std::string &measure : measures)
          if (isOfAttacks(measure) == (point.cell != nullptr)) {
            rows.push_back(rowOf(plan, experiment, point));
            rows.back().measure = measure;
            rows.back().score = scorer.score(measure, point);
          }
  }
  return rows;
}

std::string axisText(const AxisValue &value) {
  bool number = !value.text.empty() && (value.text[0] == '-' || value.text[0] == '.' ||
                                        (value.text[0] >= '0' && value.text[0] <= '9'));
  return number ? numberText(value.value) : value.text;
}

std::string resultsCsv(const std::vector<ResultRow> &rows) {
  std::vector<std::string> axes;
  for (const ResultRow &row : rows)
    for (const auto &[name, value] : row.axes)
      addOnce(axes, name);
  std::vector<std::string> head = {"experiment", "dataset",   "defense", "family",
                                   "attack",     "gradients", "judge"};
  head.insert(head.end(), axes.begin(), axes.end());
  for (const char *name :
       {"measure", "value", "low", "high", "images", "pairs", "draws", "seed", "job", "note"})
    head.push_back(name);
  std::string csv = csvRecord(head);
  for (const ResultRow &row : rows) {
    std::vector<std::string> fields = {row.experiment, row.dataset,   row.defense, row.family,
                                       row.attack,     row.gradients, row.judge};
    for (const std::string &axis : axes) {
      auto found =
          std::find_if(row.axes.begin(), row.axes.end(), [&](const auto &a) { return a.first == axis; });
      fields.push_back(found == row.axes.end() ? "" : axisText(found->second));
    }
    const Score &score = row.score;
    auto number = [&](double value) { return score.defined ? numberText(value) : ""; };
    auto count = [&](int64_t value) { return score.defined ? std::to_string(value) : ""; };
    for (const std::string &field :
         {row.measure, number(score.value), number(score.low), number(score.high), count(score.images),
          count(score.pairs), count(score.draws), std::to_string(row.seed), row.job, score.note})
      fields.push_back(field);
    csv += csvRecord(fields);
  }
  return csv;
}

} // namespace switchyard::rt
