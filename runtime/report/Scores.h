// Scores with their intervals and counts: accuracy, accuracy_drop, attack_success_rate, success_at_zero,
// defense_rate and des (S5). A score is asked for by measure, aggregates included, and by a choice of axis
// values.
#ifndef SWITCHYARD_RUNTIME_REPORT_SCORES_H
#define SWITCHYARD_RUNTIME_REPORT_SCORES_H

#include "runtime/report/Grid.h"
#include "runtime/report/Sample.h"

namespace switchyard::rt {

struct Score {
  bool defined = false; // else `note` says why there is no value
  bool bounded = true;  // of des; `low` and `high` are infinite where it is not
  double value = 0, low = 0, high = 0;
  int64_t images = 0, pairs = 0, draws = 0;
  std::string note; // the reason of a dash, or what to know of the value; may be empty
};

/// Whether the measure is a number around one (des) and not a fraction to be printed in percent.
bool isRatio(const std::string &measure);
/// Whether the measure belongs to attacks and not to a defense alone.
bool isOfAttacks(const std::string &measure);

class Scorer {
public:
  /// Keeps references to both.
  Scorer(const Experiment &experiment, const Outcomes &outcomes);

  /// Throws std::runtime_error, in the user's words, for an unknown measure, an axis that was left over, or
  /// an aggregate that cannot be taken.
  Score score(const Measure &measure, const Choice &choice) const;

  /// Of one point of the grid, without aggregates.
  Score score(const std::string &measure, const Point &point) const;

  const Grid &grid() const { return points; }

private:
  struct DesPart;

  Score evaluate(const Measure &measure, const std::vector<Point> &points) const;
  Score accuracy(const Measure &measure, const std::vector<Point> &points) const;
  Score accuracyDrop(const Measure &measure, const std::vector<Point> &points) const;
  Score successRate(const Measure &measure, const std::vector<Point> &points) const;
  Score des(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points) const;
  void collectDes(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                  std::vector<DesPart> &parts) const;
  DesPart desPart(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points) const;
  Sample baselineSuccess(const Point &point) const;

  const Experiment &experiment;
  const Outcomes &outcomes;
  Grid points;
};

} // namespace switchyard::rt

#endif
