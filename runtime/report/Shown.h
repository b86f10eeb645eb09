// What a table or plot is made of: the places of its axes, and what was measured there. A show stands in an
// experiment, or beside several, which are then one more axis, `experiment`. Every entry belongs to one of
// them, whose scorer knows its runs, judges and baseline: nothing is brought together across experiments.
#ifndef SWITCHYARD_RUNTIME_REPORT_SHOWN_H
#define SWITCHYARD_RUNTIME_REPORT_SHOWN_H

#include "runtime/report/Scores.h"

#include <set>

namespace switchyard::rt {

/// One experiment's share of a show.
struct ShownPart {
  const Experiment *experiment;
  const Scorer *scorer;
  Show show;                             // with measures as it has them, and those of the axes that it has
  std::vector<std::string> missing = {}; // of each measure why it means nothing here; empty where it does
};

class Shown {
public:
  /// Of one experiment. Keeps references to both.
  Shown(const Experiment &experiment, const Scorer &scorer, const Show &show);
  /// Of several, in the order of the program.
  Shown(std::vector<ShownPart> parts, const Show &show);

  const Show &show() const { return shown; }
  const std::vector<ShownPart> &parts() const { return all; }
  /// The experiment's name, or all of them.
  std::string name(const char *separator = ", ") const;
  /// The places that axes have in any part.
  const Grid &grid() const { return isJoint ? joint : all.front().scorer->grid(); }
  /// Whether any of several experiments has something there; of one what its grid says.
  bool has(const Choice &choice) const;
  /// The part that has what stands there.
  const ShownPart &partOf(const Choice &choice) const;

  /// The value of a measure of the show, by its number; a dash where its part has none.
  Score score(size_t measure, const Choice &choice) const;
  /// Of another measure with the aggregates of that one.
  Score scoreBelow(size_t measure, const std::string &other, const Choice &choice) const;
  /// Of the measure on the x axis.
  Score scoreAgainst(const Choice &choice) const;
  /// Whether the grid has anything there to measure.
  bool isThere(size_t measure, const Choice &choice) const;
  bool isThereAgainst(const Choice &choice) const;
  /// The defenses there, by their names.
  std::vector<AxisValue> defensesAt(const Choice &choice) const;

  /// Throws where an axis of the show is none of the grid's, and where S5.6 forbids it.
  void check() const;

  /// Lines below, which each part says for itself: those that all parts say stand once, others with the names
  /// of whose they are.
  using Lines = std::pair<const ShownPart *, std::vector<std::string>>;
  std::vector<std::string> together(const std::vector<Lines> &lines) const;
  /// Where experiments differ in what no axis of the show tells apart: judges, estimators, images, arguments
  /// of measures.
  std::vector<std::string> differences() const;

private:
  Score score(const ShownPart &part, const Measure &measure, const Choice &choice) const;
  bool isThere(const ShownPart &part, const Measure &measure, const Choice &choice) const;
  /// The choice on the axes that the part has; nothing where it has no such place.
  std::optional<Choice> ofPart(const ShownPart &part, const MeasureKind &kind, const Choice &choice) const;
  std::string differenceOn(const std::string &axis) const;
  std::string differenceOfImages() const;
  std::string differenceOfArguments(size_t measure) const;
  std::string inWords(const std::vector<std::pair<std::string, std::string>> &values) const;

  Show shown;
  std::vector<ShownPart> all;
  bool isJoint;
  Grid joint;                       // of several
  std::set<std::string> ofDefenses; // the axes of defenses in any part
};

} // namespace switchyard::rt

#endif
