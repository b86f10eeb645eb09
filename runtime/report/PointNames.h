// Names for some of several points of the grid: no more of each than tells them from the others.
#ifndef SWITCHYARD_RUNTIME_REPORT_POINTNAMES_H
#define SWITCHYARD_RUNTIME_REPORT_POINTNAMES_H

#include "runtime/contract/Grid.h"

#include <string>
#include <vector>

namespace switchyard::rt {

/// "pgd", "gaussian, pgd and fgsm"; "none, pgd; sap, fgsm and 2 more of 9" where they are no product of
/// values of axes; empty where all are meant.
std::string namesOf(const std::vector<Point> &points, const std::vector<size_t> &chosen);

/// "a", "a and b", "a, b and 4 more"
std::string listed(const std::vector<std::string> &words);

} // namespace switchyard::rt

#endif
