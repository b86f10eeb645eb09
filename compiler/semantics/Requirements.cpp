// See Requirements.h.

#include "compiler/semantics/Requirements.h"

#include "compiler/syntax/Print.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

void setRounded(Scope &scope, const std::vector<GivenValue> &values) {
  for (const GivenValue &one : values)
    if (one.value.isNumber())
      scope.set(one.name, Number::inexact(static_cast<float>(one.value.real())));
}

bool holds(Program &program, const RequireStatement &required, Scope scope,
           const std::vector<GivenValue> &values, Location call, const std::string &what) {
  setRounded(scope, values);
  auto truth = evaluateTruth(program, *required.condition, scope);
  if (!truth || *truth)
    return truth.has_value();
  std::vector<const NameExpr *> names;
  collectNames(*required.condition, names);
  Location where = call;
  std::string got;
  for (const GivenValue &one : values) {
    bool isNamed = std::any_of(names.begin(), names.end(),
                               [&](const NameExpr *name) { return name->path[0] == one.name; });
    if (!isNamed)
      continue;
    got += (got.empty() ? "" : ", ") + one.name + " = " + one.value.text();
    if (one.argument)
      where = one.argument->value->location;
  }
  program.diagnostics
      .error(Id::NotAsRequired, where, what + " requires `" + format(*required.condition) + "`, got " + got)
      .note(required.location, "required here");
  return false;
}

} // namespace switchyard
