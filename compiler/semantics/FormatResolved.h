// `print --resolved`.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_FORMATRESOLVED_H
#define SWITCHYARD_COMPILER_SEMANTICS_FORMATRESOLVED_H

#include "compiler/semantics/Check.h"

#include <string>

namespace switchyard {

/// The user's file with every default filled in and its comments where they were: checks, and prints back as
/// itself.
std::string formatResolved(const CheckedProgram &program, const Sources &sources);

} // namespace switchyard

#endif
