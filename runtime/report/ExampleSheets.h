// `show examples`: pictures of attacked images. On a sheet every row is a pair of image and goal: the clean
// image, and for each setting of `by` what the attack made of it and the difference, with what the model
// answers below.
#ifndef SWITCHYARD_RUNTIME_REPORT_EXAMPLESHEETS_H
#define SWITCHYARD_RUNTIME_REPORT_EXAMPLESHEETS_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"
#include "runtime/report/FileNames.h"

namespace switchyard::rt {

/// Writes the sheets of a show into the folder: NAME.png, such as "quickstart-examples-of-pgd.png", with the
/// values of `for each` behind the name, in several files where one would be too large; and NAME.csv, which
/// says what each tile of them is, and in which file. `names` are those of the folder. `note`
/// stands below each title. Throws std::runtime_error where S5.6 forbids the show, or a file cannot be
/// written.
void writeExampleSheets(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                        const Show &show, const std::string &folder, FileNames &names,
                        const std::string &note);

} // namespace switchyard::rt

#endif
