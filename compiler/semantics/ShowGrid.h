// The grid of an experiment's results as the report will see it, to ask of it what may be shown (S5.6).
#ifndef SWITCHYARD_COMPILER_SEMANTICS_SHOWGRID_H
#define SWITCHYARD_COMPILER_SEMANTICS_SHOWGRID_H

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/Resolved.h"
#include "runtime/contract/Grid.h"

namespace switchyard {

/// A show as the plan has it.
rt::Show contractShow(const resolved::Experiment &experiment, const resolved::Show &show);

/// One across experiments, by the first settings of all of the program's.
rt::JointShow contractShow(const std::vector<const resolved::Experiment *> &experiments,
                           const resolved::JointShow &joint);

class ShowGrid {
public:
  explicit ShowGrid(const std::vector<resolved::Experiment> &settings);
  ShowGrid(const ShowGrid &) = delete; // the grid refers to the cells

  /// Why the measure cannot be shown so, or empty.
  std::string problem(const resolved::Show &show, const resolved::Measure &measure) const;

  /// Why examples cannot be shown so, or empty.
  std::string examplesProblem(const resolved::Show &show) const;
  /// The axes on which examples have places.
  std::vector<std::string> axesOfExamples(const resolved::Show &show) const;
  /// Why curves of trainings cannot be shown so, or empty.
  std::string curvesProblem(const resolved::Show &show) const;
  /// The axes on which defenses, and their trainings, have places.
  std::vector<std::string> axesOfDefenses() const;
  /// Whether all values of an axis are numbers.
  bool isOfNumbers(const std::string &axis) const;
  /// How many settings `for each` has.
  size_t pages(const resolved::Show &show) const;

private:
  void add(const resolved::Experiment &setting);

  const resolved::Experiment &experiment; // the first setting; others have the same of all but the axes
  rt::Experiment cells;
  rt::Grid grid;
};

} // namespace switchyard

#endif
