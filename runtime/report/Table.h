// The tables of `show table`: rows and columns from axes, entries from scores (docs/artifact.md, `by`).
#ifndef SWITCHYARD_RUNTIME_REPORT_TABLE_H
#define SWITCHYARD_RUNTIME_REPORT_TABLE_H

#include "runtime/report/Scores.h"
#include "runtime/report/Shown.h"
#include "runtime/report/TextTable.h"

#include <set>

namespace switchyard::rt {

/// "defense rate, worst over attack, gradients"; "DES"; "DES(offset = 0.01)" where that is not the default.
std::string inWords(const Measure &measure);
/// Arguments that are not the defaults, as the language writes them: "(offset = 0.01)"; mostly empty. What
/// all measures of the experiment have in common stands below.
std::string argumentsInWords(const Measure &measure);

/// A score as tables print it, with its interval and its deviations between runs.
TableCell tableCell(const Score &score, MeasureUnit unit);

/// What stands in brackets and parentheses behind the values, whose intervals cover these.
std::vector<std::string> intervalCaptions(const Experiment &experiment, const std::set<Covers> &covers);

/// One table, or one for each combination of `for each` values. With one measure the first axis of `by` gives
/// rows and the rest columns; with several measures all axes give rows and the measures columns. Throws
/// std::runtime_error for an unknown axis and for entries that aggregate unequal sets of cells (S5.6).
std::vector<Table> tablesOf(const Shown &shown);
/// Of one experiment.
std::vector<Table> tablesOf(const Experiment &experiment, const Scorer &scorer, const Show &show);

} // namespace switchyard::rt

#endif
