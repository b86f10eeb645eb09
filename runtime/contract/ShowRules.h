// No silent averaging (S5.6): what a table or plot may leave unnamed and what it may bring together, decided
// on the grid alone. `switchyard check` asks before anything runs, the report before it computes.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_SHOWRULES_H
#define SWITCHYARD_RUNTIME_CONTRACT_SHOWRULES_H

#include "runtime/contract/Grid.h"

namespace switchyard::rt {

constexpr int64_t mostPanels = 16;       ///< of one plot
constexpr int64_t mostShownImages = 100; ///< of one attack, in pictures

/// Why `measure` of `show` cannot be shown on this grid, in the words of the program, or empty.
std::string showProblem(const Grid &grid, const Show &show, const Measure &measure);

/// The cells whose examples are shown, whatever judges them.
std::vector<Point> pointsOfExamples(const Grid &grid, const Show &show);
/// Why they cannot be shown so: each picture is of one cell. In the words of the program, or empty.
std::string examplesProblem(const Grid &grid, const Show &show);

/// Why curves of trainings cannot be shown so: each is of one defense.
std::string curvesProblem(const Grid &grid, const Show &show);

} // namespace switchyard::rt

#endif
