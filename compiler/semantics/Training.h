// The training of an experiment: an optimizer with its arguments, batch and epochs.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_TRAINING_H
#define SWITCHYARD_COMPILER_SEMANTICS_TRAINING_H

#include "compiler/semantics/Expand.h"

namespace switchyard {

/// What every training takes behind the parameters of its optimizer: names that none of these can have.
const std::vector<std::string> &trainingArguments();

/// What the point's call says; nothing with errors.
std::optional<resolved::Training> resolveTraining(Program &program, const Point &point);

} // namespace switchyard

#endif
