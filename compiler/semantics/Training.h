// The training of an experiment: an optimizer with its arguments, batch and epochs.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_TRAINING_H
#define SWITCHYARD_COMPILER_SEMANTICS_TRAINING_H

#include "compiler/semantics/Program.h"

namespace switchyard {

/// What every training takes behind the parameters of its optimizer: names that none of these can have.
const std::vector<std::string> &trainingArguments();

/// What the call says; nothing with errors.
std::optional<resolved::Training> resolveTraining(Program &program, const ast::CallExpr &call);

} // namespace switchyard

#endif
