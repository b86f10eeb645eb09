// What could explain a measured value besides the defense: gradients that were zero, examples that came back
// as they went, models that answer at chance (S2.2, S5.10). A note is found at a cell and follows it into
// every row, table and plot that the cell enters.
#ifndef SWITCHYARD_RUNTIME_REPORT_NOTES_H
#define SWITCHYARD_RUNTIME_REPORT_NOTES_H

#include "runtime/contract/Grid.h"
#include "runtime/contract/Measures.h"
#include "runtime/report/Note.h"
#include "runtime/report/Sample.h"

#include <map>
#include <optional>
#include <set>

namespace switchyard::rt {

class CellNotes {
public:
  /// Keeps references to all three.
  CellNotes(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes);

  /// Of a measure at several points of the grid, in these runs together. A note that not all points have says
  /// whose it is; of several runs each says how many have it.
  std::vector<Note> of(const MeasureKind &measure, const std::vector<Point> &points,
                       const std::vector<Run> &runs) const;

private:
  std::vector<Note> ofRun(const MeasureKind &measure, const Point &point, Run run) const;
  std::vector<Note> ofRuns(const MeasureKind &measure, const Point &point,
                           const std::vector<Run> &runs) const;
  void addModel(const Point &point, Run run, std::vector<Note> &notes) const;
  void addChannels(const Job &job, const AccuracyOutcome &outcome, std::vector<Note> &notes) const;
  void addSource(const AttackJob &job, std::vector<Note> &notes) const;
  void addTrainings(const Job &accuracy, std::vector<Note> &notes) const;
  void addWork(int64_t id, const Point &point, std::vector<Note> &notes) const;
  void findUseful();
  bool isShownToWork(const Cell &cell, Run run) const;
  void addUseless(const Cell &cell, Run run, const AttackOutcome &outcome, std::vector<Note> &notes) const;
  Estimate guessing(const Job &job) const;
  std::optional<Note> answersAtChance(const Job &job, const AccuracyOutcome &outcome) const;

  const Plan &plan;
  const Experiment &experiment;
  const Outcomes &outcomes;
  std::set<std::string> norms;                 // of the distances of all attacks
  std::map<int64_t, Note> atChance;            // what is said of the model, by accuracy job, where it is so
  std::map<int64_t, std::vector<Note>> behind; // channels, by accuracy job
  /// Where an attack succeeds more often than clean images do.
  struct Success {
    int64_t defense = 0, training = 0;
    std::string gradients;
  };
  std::map<std::string, std::vector<Success>> useful; // by attack
};

/// All points that a measure at these points is computed from: drops and DES are against their
/// settings' baselines.
std::vector<Point> pointsBehind(const MeasureKind &measure, const std::vector<Point> &points,
                                const Grid &grid);

} // namespace switchyard::rt

#endif
