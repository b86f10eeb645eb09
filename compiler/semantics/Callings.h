// Calls of attacks and losses that are handed on as arguments: closed where they are written, resolved
// elsewhere.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CALLINGS_H
#define SWITCHYARD_COMPILER_SEMANTICS_CALLINGS_H

#include "compiler/semantics/Evaluate.h"

namespace switchyard {

/// The call with the values that names in it have in `scope`; calls among them keep their own homes.
Calling closedCall(Program &program, const ast::CallExpr &call, const Scope &scope);

/// An attack that was handed on, with how it estimates its gradients said anew.
Calling sampledCall(Program &program, const Calling &handed, const ast::CallExpr &estimator,
                    const Scope &scope);

/// What a parameter of type attack or loss stands for, if `e` is the name of one; else null.
const Calling *handedOn(const ast::Expr &e, const Scope &scope);

/// Where a closed call is resolved.
Scope scopeOf(Program &program, const Calling &handed);

} // namespace switchyard

#endif
