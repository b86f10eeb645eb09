// The report of a run: results.csv, results.json, pairs.csv, images.csv, plots (data and SVG), and the
// tables as text.
#ifndef SWITCHYARD_RUNTIME_REPORT_REPORT_H
#define SWITCHYARD_RUNTIME_REPORT_REPORT_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/report/TextTable.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace switchyard::rt {

struct Report {
  std::vector<Table> tables; // in the order of the program
  std::string complaints;    // of tables and plots that cannot be made, a line each
};

/// Writes the files into `outDirectory` (made if need be). Jobs without an outcome show as "not finished".
/// Throws std::runtime_error where a file cannot be written. Without `pairs` pairs.csv is left out.
Report writeFiles(const Plan &plan, const Outcomes &outcomes, const std::string &outDirectory,
                  bool pairs = true);

/// Prints the tables, with colour if `out` is std::cout on a terminal. Throws the complaints at last.
void printReport(const Report &report, std::ostream &out);

/// Both.
void writeReport(const Plan &plan, const Outcomes &outcomes, const std::string &outDirectory,
                 std::ostream &tables);

} // namespace switchyard::rt

#endif
