// The program beside its results, with all that it uses, so that OUT alone is enough to run it again.
#ifndef SWITCHYARD_RUNTIME_REPORT_PROGRAM_H
#define SWITCHYARD_RUNTIME_REPORT_PROGRAM_H

#include "runtime/contract/Plan.h"

#include <set>
#include <string>

namespace switchyard::rt {

/// What writeProgram will write, by its place in the directory.
std::set<std::string> filesOfProgram(const Plan &plan);

/// Writes `program.swy`, every default filled in, and each used module where `use` looks for it from there;
/// the standard library as the folder `std`. Throws std::runtime_error where that cannot be, also where a
/// folder of these modules holds a file that would be read as a part of them.
void writeProgram(const Plan &plan, const std::string &directory);

} // namespace switchyard::rt

#endif
