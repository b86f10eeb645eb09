// An experiment's grid as points with coordinates: one point for each defense (accuracy) and one for each
// cell and judge (attacks). Tables and files choose points by axis names: defense, family, strength, attack,
// gradients, judge, where an experiment has several settings dataset, network and training, and the
// program's own, such as eps. Two more axes tell no points apart, but the examples
// that stand behind one: class, the label of their image, and answer, a class that the model answers. And an
// argument of which a measure has several values is an axis of that measure: the radius of certificates.
// A point that lacks an axis which others have stands beside their values (S5.6), so that nothing is left
// out.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_GRID_H
#define SWITCHYARD_RUNTIME_CONTRACT_GRID_H

#include "runtime/contract/Measures.h"
#include "runtime/contract/Plan.h"

#include <string>
#include <utility>
#include <vector>

namespace switchyard::rt {

struct Point {
  int64_t defense = 0;
  const Cell *cell = nullptr;                                 // none for a point of accuracy
  std::vector<std::pair<std::string, AxisValue>> coordinates; // in the order of the columns
  Verdict verdict = {};                                       // of a cell
  /// Where it stands on the axes that it has no coordinate on and others of its kind have.
  std::vector<std::pair<std::string, AxisValue>> beside = {};

  /// Null where the point has no such axis: an accuracy has no eps.
  const AxisValue *coordinate(const std::string &axis) const;
  /// The coordinate, or where the point stands beside the others'; null where none of its kind has the axis.
  const AxisValue *place(const std::string &axis) const;
};

struct Grid {
  std::vector<Point> defenses, cells;
  std::vector<Point> unjudged;                   // cells without a judge, for what all judges have in common
  std::vector<std::string> axes;                 // every axis name, the built-in ones first
  std::vector<std::optional<int64_t>> baselines; // of each defense that which it is compared with
  int64_t classes = 0;                           // of the data set with most
  std::vector<std::pair<std::string, std::vector<AxisValue>>> ofMeasures; // axes, with their values

  std::optional<int64_t> baselineOf(const Point &point) const { return baselines.at(size_t(point.defense)); }
  bool isBaseline(const Point &point) const { return baselineOf(point) == point.defense; }
};

constexpr char classAxis[] = "class", answerAxis[] = "answer";
constexpr char experimentAxis[] = "experiment"; // of what is shown of several
constexpr char datasetAxis[] = "dataset", networkAxis[] = "network", trainingAxis[] = "training";
inline bool isOfExamples(const std::string &axis) {
  return axis == classAxis || axis == answerAxis;
}

/// What stands on an axis for the settings without a value of it.
constexpr char withoutValue[] = "-";
inline bool isWithoutValue(const AxisValue &value) {
  return value.text == withoutValue;
}

/// An axis of a defense that an attack also has gets the name "defense.AXIS". Without `classes` there are no
/// axes of examples.
Grid gridOf(const Experiment &experiment, int64_t classes = 0);

/// Gives points that lack one of the axes a place beside the others' values.
void placeBeside(std::vector<Point> &points, const std::vector<std::string> &axes);

/// Values chosen on some axes.
using Choice = std::vector<std::pair<std::string, AxisValue>>;

/// The measure with the values that the choice has on its own axes, where it says none itself.
Measure measureAt(Measure measure, const Choice &choice);
/// The values of such an axis; null where it is none.
const std::vector<AxisValue> *valuesOfMeasures(const Grid &grid, const std::string &axis);
/// Whether that is an axis of the measure's own, and it says no value itself.
bool variesAlong(const Grid &grid, const Measure &measure, const std::string &axis);

/// The points at which a measure has values.
const std::vector<Point> &pointsOf(const Grid &grid, const MeasureKind &measure);

/// Whether values along the axis say the same of an example: those of judges are answers to different
/// questions, of which there is no mean and no worst; those of classes and data sets are of different
/// examples.
bool mayBeAggregated(const std::string &axis);

/// The places that `points` take on the axis, in the program's order.
std::vector<AxisValue> axisValues(const std::vector<Point> &points, const std::string &axis);

/// The points that agree with the choice. An axis that none of the points has is passed over, so that an
/// accuracy stands in every column of eps; a point that lacks an axis others have is chosen by its place
/// beside.
std::vector<Point> select(const std::vector<Point> &points, const Choice &choice);

/// Every combination of the values that the axes take together somewhere in the grid, in the program's order.
std::vector<Choice> choices(const Grid &grid, const std::vector<std::string> &axes);

/// The points in groups that agree on the axes, in the order of their first.
std::vector<std::vector<Point>> partition(const std::vector<Point> &points,
                                          const std::vector<std::string> &axes);

} // namespace switchyard::rt

#endif
