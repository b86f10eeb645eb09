// `show examples`: pictures of attacked images. On a sheet every row is a pair of image and goal: the clean
// image, and for each setting of `by` what the attack made of it and the difference, with what the model
// answers below.
#ifndef SWITCHYARD_RUNTIME_REPORT_EXAMPLESHEETS_H
#define SWITCHYARD_RUNTIME_REPORT_EXAMPLESHEETS_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// What the files of a show are called: "quickstart-examples-of-pgd".
std::string sheetName(const Experiment &experiment, const Show &show);

/// Writes the sheets of a show into the folder: NAME.png, with the values of `for each` behind the name, in
/// several files where one would be too large; and NAME.csv, which says what each tile of them is. `note`
/// stands below each title. Throws std::runtime_error where S5.6 forbids the show, or a file cannot be
/// written.
void writeExampleSheets(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                        const Show &show, const std::string &folder, const std::string &name,
                        const std::string &note);

} // namespace switchyard::rt

#endif
