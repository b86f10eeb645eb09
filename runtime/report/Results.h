// Every measured cell of a plan as one tidy row, and the two files that hold them.
#ifndef SWITCHYARD_RUNTIME_REPORT_RESULTS_H
#define SWITCHYARD_RUNTIME_REPORT_RESULTS_H

#include "runtime/report/Scores.h"

#include <map>

namespace switchyard::rt {

struct ResultRow {
  std::string experiment, dataset, defense, family, attack, gradients;
  std::string judge; // "expected", "all_paths" (exact), "one_draw"; empty for accuracies
  std::vector<std::pair<std::string, AxisValue>> axes; // such as eps; also class and answer
  std::optional<NetworkPasses> passes = {};            // of the attack, for a pair
  std::string measure;
  std::string comparedWith; // of a difference: the defense that is subtracted
  Score score;
  int64_t trainingRun = 0, attackRun = 0; // of one run, from 1; 0: over all
  int64_t seed = 0;
  Precision precision = Precision::Float32;
  std::string job; // hash in the plan of the job that measured it; empty where there is none or several
};

/// The measures that the experiment names, that these show of it, and what belongs beside them (S2.4).
std::vector<Measure> measuresOf(const Experiment &experiment, const std::vector<Show> &shows);

/// Rows in the program's order: for each defense its accuracies, then for each cell its scores, at last the
/// differences that are compared. Where trainings or attacks are repeated, the mean over the runs comes
/// first, then a row for each run.
std::vector<ResultRow> resultsOf(const Plan &plan, const Outcomes &outcomes);

/// results.csv: RFC 4180, a head line, one row for each measured cell; axes have a column each, empty where
/// they do not apply; value, low and high are fractions, empty where there is no value (`notes` says why).
std::string resultsCsv(const std::vector<ResultRow> &rows);

/// results.json: the same rows with what they came from: the program, its data by digest, its trainings.
std::string resultsJson(const Plan &plan, const Outcomes &outcomes, const std::vector<ResultRow> &rows);

/// Notes one after the other, for a field or a line.
std::string inOneText(const std::vector<std::string> &notes);

/// What readers of any of the experiment's results should know of its data, or of one data set by its name,
/// and of its arithmetic, in sentences; mostly none.
std::vector<std::string> notesOf(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                                 const std::string &dataset = "");
/// The same in one text.
std::string noteOf(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment);

/// A point's coordinates that no column of its own has in files.
Choice axesInFiles(const Point &point);

/// What a score's interval is over, as files show it; empty without one.
std::string intervalOver(const Score &score);

/// An axis value as files show it: the number, or the text of what is none.
std::string axisText(const AxisValue &value);

} // namespace switchyard::rt

#endif
