// What the body of a layer or an optimizer requires of its parameters (`require rate > 0`), asked where
// values are known.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_REQUIREMENTS_H
#define SWITCHYARD_COMPILER_SEMANTICS_REQUIREMENTS_H

#include "compiler/semantics/Evaluate.h"

namespace switchyard {

/// A parameter's value, and the argument that gave it.
struct GivenValue {
  std::string name;
  Value value;
  const ast::Argument *argument = nullptr; ///< null: the default
};

/// Sets numbers as compiled code reads them: 0.99999999999 is 1 there.
void setRounded(Scope &scope, const std::vector<GivenValue> &values);

/// Whether it holds for these; an error at the argument, or at the call, where it does not. `scope` has what
/// else the condition may name; `what` is called, as `layer \`cutout\``.
bool holds(Program &program, const ast::RequireStatement &required, Scope scope,
           const std::vector<GivenValue> &values, Location call, const std::string &what);

} // namespace switchyard

#endif
