// What became of each attacked pair and of each test image, a row for each: pairs.csv and images.csv. Of a
// large plan these are millions of rows, which go to the file as they are made.
#ifndef SWITCHYARD_RUNTIME_REPORT_EXAMPLEFILES_H
#define SWITCHYARD_RUNTIME_REPORT_EXAMPLEFILES_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// Writes images.csv into the folder, and pairs.csv; without `pairs` there is none afterwards. Attacks and
/// accuracies without an outcome have no rows. Throws std::runtime_error where a file cannot be written.
void writeExampleFiles(const Plan &plan, const Outcomes &outcomes, const std::string &folder,
                       bool pairs = true);

} // namespace switchyard::rt

#endif
