// Scores with their intervals, counts and deviations between runs (S5). A score is asked for by measure,
// aggregates included, and by a choice of axis values.
#ifndef SWITCHYARD_RUNTIME_REPORT_SCORES_H
#define SWITCHYARD_RUNTIME_REPORT_SCORES_H

#include "runtime/contract/Grid.h"
#include "runtime/contract/Measures.h"
#include "runtime/report/Contrast.h"
#include "runtime/report/Notes.h"
#include "runtime/report/Sample.h"

#include <limits>
#include <memory>

namespace switchyard::rt {

struct Score {
  bool defined = false;           // else `note` says why there is no value
  bool bounded = true;            // of des; `low` and `high` are infinite where it is not
  double value = 0;               // the mean over all runs
  double low = 0, high = 0;       // NaN for a deviation, which has no interval
  Covers covers = Covers::Images; // what the interval is over
  int64_t images = 0, pairs = 0;
  CountRange draws, paths; // no draws where all is exact over paths; files have the fewest and the most
  /// Standard deviations between the trainings' values, and between attack runs on one model; NaN for one
  /// run.
  double betweenTrainings = std::numeric_limits<double>::quiet_NaN();
  double betweenAttacks = std::numeric_limits<double>::quiet_NaN();
  std::string note;        // the reason of a dash, or what to know of the value; may be empty
  std::string failed = {}; // of a dash: the attack that failed itself, where this is the reason
  std::vector<Note> notes; // what else could explain it

  /// Why there is no value.
  Note reason() const;
  /// All of both, in words.
  std::vector<std::string> allNotes() const;
};

/// The row of a measure; throws std::runtime_error where there is none of that name.
const MeasureKind &kindOf(const Measure &measure);
/// An argument of a measure: as given, else its default.
double argument(const Measure &measure, const std::string &name);

class Scorer {
public:
  /// Of all runs together. Keeps references to all three; the experiment is one of the plan's.
  Scorer(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes);

  /// Throws std::runtime_error, in the user's words, for an unknown measure, an axis that was left over, or
  /// an aggregate that cannot be taken.
  Score score(const Measure &measure, const Choice &choice) const;

  /// Of one point of the grid, without aggregates.
  Score score(const Measure &measure, const Point &point) const;

  /// What was measured at `a` minus what was measured at `b`, paired by image and goal: the success of
  /// attacks where the points are cells, else accuracy (S5.3).
  Score difference(const Point &a, const Point &b) const;

  const Grid &grid() const { return points; }
  const Plan &wholePlan() const { return plan; }

  const std::vector<Run> &runs() const { return allRuns; }
  /// Where each defense is attacked on the images that it classifies correctly itself: that it is, and how
  /// many these are. Else empty.
  std::string ownImagesNote() const;
  /// Of a part of every point's examples alone.
  Scorer ofSlice(const Slice &slice) const;

  /// The scorer of one run; this one where there is only one.
  const Scorer &ofRun(size_t run) const { return single.empty() ? *this : single[run]; }

private:
  struct DesPart;
  struct Drop;
  struct Measured;

  Scorer(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes,
         std::shared_ptr<const Grid> grid, std::vector<Run> runs);
  /// Adds what has to be said of the cells that the score is computed from; of a dash nothing.
  Score withNotes(Score score, const MeasureKind &measure, const std::vector<Point> &points) const;
  void addDeviations(Score &score, bool ofAttacks, const std::function<Score(const Scorer &)> &scoreOf) const;
  /// The number in `models` of all the points' defenses; none where they differ.
  std::optional<int64_t> modelOf(const std::vector<Point> &points) const;
  Contrast contrast(const Measured &a, const std::vector<Point> &ofA, const Measured &b,
                    const std::vector<Point> &ofB) const;
  Measured success(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                   Moment moment) const;
  Measured correct(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points) const;
  template <typename SampleOf>
  Measured measured(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                    const std::vector<Run> &runs, SampleOf sampleOf) const;

  Score evaluate(const Measure &measure, const std::vector<Point> &points) const;
#define MEASURE(NAME, EVALUATOR, WORDS, TITLE, UNIT, TRAITS)                                                 \
  Score EVALUATOR(const Measure &measure, const std::vector<Point> &points) const;
#include "runtime/contract/measures.def"
  Score deviation(const Measure &measure, const std::vector<Point> &points, bool ofPaths) const;
  Sample deviationSample(bool ofPaths, const Point &point, int64_t training) const;
  Score successRate(const Measure &measure, const std::vector<Point> &points, Moment moment) const;
  void collectDes(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                  std::vector<DesPart> &parts) const;
  DesPart desPart(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points) const;
  Sample baselineSample(const Point &point, Run run) const;
  std::optional<Point> baselineOf(const Point &point) const;
  void addDrop(const Measure &measure, const std::vector<Point> &points, double weight, Drop &drop) const;

  const Plan &plan;
  const Experiment &experiment;
  const Outcomes &outcomes;
  std::shared_ptr<const Grid> grids; // one for all scorers of the experiment
  const Grid &points;
  Slice slice;
  /// Of each defense: the same number where they have all trainings in common, by what the plan says of their
  /// weights.
  std::vector<int64_t> models;
  std::shared_ptr<const CellNotes> notes;
  std::vector<Run> allRuns, trainings; // trainings: the first attack run of each
  std::vector<Scorer> single;          // of each run where there are several
};

} // namespace switchyard::rt

#endif
