// Collects the rows of all experiments.
#include "runtime/report/Results.h"

#include "runtime/report/Comparison.h"
#include "runtime/report/Csv.h"
#include "runtime/report/Table.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace switchyard::rt {

static void addOnce(std::vector<std::string> &names, const std::string &name) {
  if (std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(name);
}

static std::string asWritten(const Measure &measure) {
  return measure.name + argumentsInWords(measure);
}

/// Adds a measure without its aggregates.
static void addOnce(std::vector<Measure> &measures, Measure measure) {
  measure.aggregates.clear();
  if (std::none_of(measures.begin(), measures.end(),
                   [&](const Measure &known) { return asWritten(known) == asWritten(measure); }))
    measures.push_back(std::move(measure));
}

std::vector<Measure> measuresOf(const Experiment &experiment, const std::vector<Show> &shows) {
  const Grid grid = gridOf(experiment);
  auto isMeasured = [&](const Measure &measure) { // at each value of an axis of its own
    return std::any_of(grid.ofMeasures.begin(), grid.ofMeasures.end(),
                       [&](const auto &axis) { return variesAlong(grid, measure, axis.first); });
  };
  std::vector<Measure> measures = experiment.measures;
  for (const Show &show : shows) {
    for (const Measure &measure : show.measures)
      if (!isMeasured(measure))
        addOnce(measures, measure);
    if (findMeasure(show.against))
      addOnce(measures, {show.against, {}, show.againstArguments});
  }
  for (size_t i = 0; i < measures.size(); ++i)
    for (const std::string &other : kindOf(measures[i]).beside)
      if (experiment.settings.front().baseline || !kindOf({other, {}}).needsBaseline)
        addOnce(measures, {other, {}});
  return measures;
}

std::string inOneText(const std::vector<std::string> &notes) {
  std::string text;
  for (const std::string &note : notes)
    text += (text.empty() ? "" : "; ") + note;
  return text;
}

/// As tables call it, else as it is declared.
static std::string nameOfData(const Plan &plan, const Setting &setting) {
  return setting.isNamed() ? setting.dataName : plan.datasets.at(size_t(setting.dataset)).name;
}

/// All jobs of an experiment have one precision.
static Precision precisionOf(const Plan &plan, const Experiment &experiment) {
  return experiment.defenses.empty()
             ? Precision::Float32
             : plan.jobs.at(size_t(experiment.defenses.front().accuracies.front())).precision;
}

/// The experiment's rows.
class RowWriter {
public:
  RowWriter(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes,
            std::vector<ResultRow> &rows)
      : plan(plan), experiment(experiment), outcomes(outcomes), shows(showsOf(plan, experiment)),
        scorer(plan, experiment, outcomes), rows(rows) {}

  void write() {
    std::vector<Measure> measures = measuresOf(experiment, shows);
    const Grid &grid = scorer.grid();
    for (const std::vector<Point> *points : {&grid.defenses, &grid.cells, &grid.unjudged})
      for (const Point &point : *points)
        for (const Measure &measure : measures)
          if (&pointsOf(grid, kindOf(measure)) == points)
            writeSlices(measure, point);
    for (const auto &comparison : experiment.comparisons)
      for (const ComparedPoints &both : comparedPoints(scorer.grid(), comparison)) {
        ResultRow row =
            rowOf(both.first, both.first.cell ? "attack_success_difference" : "accuracy_difference");
        row.comparedWith = experiment.defenses[both.second.defense].label;
        writeRuns(row, both.first, /*certified=*/false,
                  [&](const Scorer &one) { return one.difference(both.first, both.second); });
      }
  }

private:
  /// The measure over all examples, and where a show tells classes apart, of each; of answers of each answer.
  void writeSlices(const Measure &measure, const Point &point) {
    const Setting &setting = experiment.settingOf(point.defense);
    const int64_t classes = plan.datasets.at(size_t(setting.dataset)).classes;
    std::vector<Slice> slices{{}};
    for (int64_t klass = 0; klass < classes && isShownByClass(measure); ++klass)
      slices.push_back({klass, {}});
    for (Slice slice : slices)
      for (int64_t answer = 0; answer < (kindOf(measure).ofAnswers ? classes : 1); ++answer) {
        if (kindOf(measure).ofAnswers)
          slice.answer = answer;
        ResultRow row = rowOf(point, asWritten(measure));
        placeMeasure(row, measure);
        for (const auto &[axis, value] : {std::pair(classAxis, slice.klass), {answerAxis, slice.answer}})
          if (value)
            row.axes.push_back({axis, {double(*value), std::to_string(*value)}});
        writeRuns(row, point, kindOf(measure).ofCertificates, [&](const Scorer &one) {
          return slice.isWhole() ? one.score(measure, point) : one.ofSlice(slice).score(measure, point);
        });
      }
  }

  /// The measure's own axes; what they say is no part of its name.
  void placeMeasure(ResultRow &row, Measure measure) const {
    for (const auto &[axis, values] : scorer.grid().ofMeasures)
      for (const AxisValue &value : values)
        if (auto given = measure.arguments.find(axis);
            given != measure.arguments.end() && given->second == value.value) {
          row.axes.push_back({axis, value});
          measure.arguments.erase(given);
        }
    row.measure = asWritten(measure);
  }

  bool isShownByClass(const Measure &measure) const {
    return std::any_of(shows.begin(), shows.end(), [&](const Show &show) {
      std::set<std::string> axes(show.by.begin(), show.by.end());
      axes.insert(show.forEach.begin(), show.forEach.end());
      axes.insert(show.against);
      auto isIt = [&](const Measure &one) { return one.name == measure.name; };
      return axes.count(classAxis) &&
             (std::any_of(show.measures.begin(), show.measures.end(), isIt) || show.against == measure.name);
    });
  }

  /// The row over all runs, then one for each.
  void writeRuns(ResultRow row, const Point &point, bool certified,
                 const std::function<Score(const Scorer &)> &scoreOf) {
    auto scoreBy = [&](const Scorer &one) {
      Score score = scoreOf(one);
      if (score.defined && row.comparedWith.empty() && isOfOwnImages(point))
        score.note += std::string(score.note.empty() ? "" : "; ") +
                      "of the images that the defense classifies correctly itself";
      return score;
    };
    row.score = scoreBy(scorer);
    size_t runs = scorer.runs().size();
    if (runs == 1 && row.comparedWith.empty())
      setJob(row, point, 0, certified);
    rows.push_back(row);
    for (size_t i = 0; i < runs && runs > 1; ++i) {
      Run run = scorer.runs()[i];
      if (!point.cell && run.attack > 0)
        continue; // accuracies know no attack run
      row.score = scoreBy(scorer.ofRun(i));
      row.trainingRun = run.training + 1;
      row.attackRun = point.cell ? run.attack + 1 : 0;
      if (row.comparedWith.empty())
        setJob(row, point, i, certified);
      rows.push_back(row);
    }
  }

  bool isOfOwnImages(const Point &point) const {
    return point.cell && point.cell->meansSomething() &&
           plan.jobs.at(size_t(point.cell->jobs.front())).as<AttackJob>().pairs.ownCorrect;
  }

  ResultRow rowOf(const Point &point, const std::string &measure) const {
    const DefenseEntry &defense = experiment.defenses[point.defense];
    ResultRow row;
    row.experiment = experiment.name;
    row.dataset = nameOfData(plan, experiment.settingOf(point.defense));
    row.defense = defense.label;
    row.family = defense.family;
    row.measure = measure;
    row.seed = plan.seed;
    row.precision = precisionOf(plan, experiment);
    if (point.cell) {
      row.attack = point.cell->attack;
      row.gradients = point.cell->gradients;
      if (point.cell->meansSomething()) {
        const AttackJob &attack = plan.jobs.at(size_t(point.cell->jobs.front())).as<AttackJob>();
        row.judge = judgeInFiles(point.verdict, attack);
        row.passes = attack.passes;
      }
    }
    for (const auto &axis : axesInFiles(point))
      if (axis.first != datasetAxis) // has its column
        row.axes.push_back(axis);
    return row;
  }

  void setJob(ResultRow &row, const Point &point, size_t run, bool certified) const {
    const DefenseEntry &defense = experiment.defenses[size_t(point.defense)];
    const std::vector<int64_t> &ofDefense = certified ? defense.certificates : defense.accuracies;
    if (point.cell ? !point.cell->meansSomething() : ofDefense.empty())
      return;
    int64_t job = point.cell ? point.cell->jobs.at(run) : ofDefense.at(size_t(scorer.runs()[run].training));
    row.job = outcomes.keyOf(job);
    row.seed = plan.jobs.at(job).seed;
  }

  const Plan &plan;
  const Experiment &experiment;
  const Outcomes &outcomes;
  const std::vector<Show> shows; // those across experiments, too
  Scorer scorer;
  std::vector<ResultRow> &rows;
};

std::vector<ResultRow> resultsOf(const Plan &plan, const Outcomes &outcomes) {
  std::vector<ResultRow> rows;
  for (const Experiment &experiment : plan.experiments) {
    size_t first = rows.size();
    RowWriter(plan, experiment, outcomes, rows).write();
    for (size_t i = first; i < rows.size(); ++i)
      if (std::string note = inOneText(notesOf(plan, outcomes, experiment, rows[i].dataset)); !note.empty())
        rows[i].score.note += (rows[i].score.note.empty() ? "" : "; ") + note;
  }
  return rows;
}

std::vector<std::string> notesOf(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                                 const std::string &dataset) {
  std::vector<std::string> notes;
  for (const Setting &setting : experiment.settings) {
    const std::string name = nameOfData(plan, setting);
    auto read = outcomes.datasets.find(setting.dataset);
    if (read != outcomes.datasets.end() && !read->second.note.empty() && (dataset.empty() || dataset == name))
      addOnce(notes, "data set " + name + ": " + read->second.note);
  }
  Precision precision = precisionOf(plan, experiment);
  if (precision == Precision::Tf32)
    notes.push_back("precision tf32: a GPU may round the factors of products to 10 bits");
  if (precision == Precision::ExactOrder)
    notes.push_back("precision exact_order: the order of summation does not depend on threads or batches");
  return notes;
}

std::string noteOf(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment) {
  return inOneText(notesOf(plan, outcomes, experiment));
}

Choice axesInFiles(const Point &point) {
  static const std::set<std::string> others = {"defense", "family", "attack", "gradients", "judge"};
  Choice axes;
  for (const auto &axis : point.coordinates)
    if (!others.count(axis.first))
      axes.push_back(axis);
  return axes;
}

std::string intervalOver(const Score &score) {
  return score.defined && !std::isnan(score.low) ? inWords(score.covers) : "";
}

std::string axisText(const AxisValue &value) {
  return std::isnan(value.value) ? value.text : numberText(value.value);
}

/// The row's fields, in the order of the columns.
static std::vector<std::string> fieldsOf(const ResultRow &row, const std::vector<std::string> &axes) {
  const Score &score = row.score;
  auto number = [&](double value) { return score.defined ? numberText(value) : ""; };
  auto count = [&](int64_t value) { return score.defined ? std::to_string(value) : ""; };
  auto run = [](int64_t number) { return number > 0 ? std::to_string(number) : ""; };
  auto axis = [&](const std::string &name) {
    auto found =
        std::find_if(row.axes.begin(), row.axes.end(), [&](const auto &a) { return a.first == name; });
    return found == row.axes.end() ? "" : axisText(found->second);
  };
  std::vector<std::string> fields;
#define COLUMN(NAME, FIELD) fields.push_back(FIELD);
#define AXES                                                                                                 \
  for (const std::string &name : axes)                                                                       \
    fields.push_back(axis(name));
#include "runtime/contract/columns.def"
  return fields;
}

std::string resultsCsv(const std::vector<ResultRow> &rows) {
  std::vector<std::string> axes, head;
  for (const ResultRow &row : rows)
    for (const auto &[name, value] : row.axes)
      addOnce(axes, name);
#define COLUMN(NAME, FIELD) head.push_back(#NAME);
#define AXES head.insert(head.end(), axes.begin(), axes.end());
#include "runtime/contract/columns.def"
  std::string csv = csvRecord(head);
  for (const ResultRow &row : rows)
    csv += csvRecord(fieldsOf(row, axes));
  return csv;
}

} // namespace switchyard::rt
