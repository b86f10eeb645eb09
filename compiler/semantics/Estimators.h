// Estimators as they are written, by experiments and by what trains against attacks.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_ESTIMATORS_H
#define SWITCHYARD_COMPILER_SEMANTICS_ESTIMATORS_H

#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/Resolved.h"

namespace switchyard {

/// Whether there is one of that name; an error where there is none.
bool isEstimator(Program &program, const ast::CallExpr &call);

/// `one_draw`, `eot(n)`, ... (S4.1), with its arguments' values in `scope`; nothing with errors.
std::optional<resolved::Estimator> resolveEstimator(Program &program, const ast::CallExpr &call,
                                                    const Scope &scope);

} // namespace switchyard

#endif
