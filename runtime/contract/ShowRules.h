// No silent averaging (S5.6): what a table or plot may leave unnamed and what it may bring together, decided
// on the grid alone. `switchyard check` asks before anything runs, the report before it computes.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_SHOWRULES_H
#define SWITCHYARD_RUNTIME_CONTRACT_SHOWRULES_H

#include "runtime/contract/Grid.h"

namespace switchyard::rt {

/// Why `measure` of `show` cannot be shown on this grid, in the words of the program, or empty.
std::string showProblem(const Grid &grid, const Show &show, const Measure &measure);

} // namespace switchyard::rt

#endif
