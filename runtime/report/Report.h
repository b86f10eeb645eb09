// The report of a run: results.csv, results.json, plots (data and SVG), and the tables as text.
#ifndef SWITCHYARD_RUNTIME_REPORT_REPORT_H
#define SWITCHYARD_RUNTIME_REPORT_REPORT_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

#include <iosfwd>
#include <map>
#include <string>

namespace switchyard::rt {

/// Writes the files into `outDirectory` (made if need be) and the tables of every `show table` to `tables`,
/// with colour if that is std::cout on a terminal. Jobs without an outcome show as "not finished". Throws
/// std::runtime_error where a file cannot be written, or, after all else is written, where a table or plot
/// cannot be made.
void writeReport(const Plan &plan, const Outcomes &outcomes, const std::string &outDirectory,
                 std::ostream &tables);

} // namespace switchyard::rt

#endif
