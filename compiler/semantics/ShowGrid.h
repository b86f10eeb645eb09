// The grid of an experiment's results as the report will see it, to ask of it what may be shown (S5.6).
#ifndef SWITCHYARD_COMPILER_SEMANTICS_SHOWGRID_H
#define SWITCHYARD_COMPILER_SEMANTICS_SHOWGRID_H

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/Resolved.h"
#include "runtime/contract/Grid.h"

namespace switchyard {

class ShowGrid {
public:
  explicit ShowGrid(const std::vector<resolved::Experiment> &settings);
  ShowGrid(const ShowGrid &) = delete; // the grid refers to the cells

  /// Why the measure cannot be shown so, or empty.
  std::string problem(const resolved::Show &show, const resolved::Measure &measure) const;

private:
  void add(const resolved::Experiment &setting);

  rt::Experiment cells;
  rt::Grid grid;
};

} // namespace switchyard

#endif
