// `compare A with B`: what two defenses answer on the same images and under the same attacks, image by image
// (S5.3). A paired difference is known better than two values side by side.
#ifndef SWITCHYARD_RUNTIME_REPORT_COMPARISON_H
#define SWITCHYARD_RUNTIME_REPORT_COMPARISON_H

#include "runtime/report/Scores.h"
#include "runtime/report/TextTable.h"

namespace switchyard::rt {

/// What is compared: both points without a cell (accuracy), or two cells of the same attack, gradients and
/// axes.
struct ComparedPoints {
  Point first, second;
  Measure measure() const { return {first.cell ? "attack_success_rate" : "accuracy", {}}; }
};

/// Accuracy, then every cell that both defenses have, in the program's order.
std::vector<ComparedPoints> comparedPoints(const Grid &grid, std::pair<int64_t, int64_t> comparison);

Table comparisonTable(const Experiment &experiment, const Scorer &scorer,
                      std::pair<int64_t, int64_t> comparison);

} // namespace switchyard::rt

#endif
