// See Callings.h. Numbers are written into the call; a call among its arguments is kept beside it, since
// names in that mean what they mean in its own module.

#include "compiler/semantics/Callings.h"
#include "compiler/syntax/Clone.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

Calling closedCall(Program &program, const CallExpr &call, const Scope &scope) {
  std::vector<const NameExpr *> names;
  collectNames(call, names);
  Substitution values, shown;
  std::vector<NamedValue> callings;
  for (const NameExpr *one : names) {
    std::string name = joined(one->path, ".");
    const Value *value = scope.find(name);
    if (!value || value->empty() || value->objective())
      continue;
    if (const Calling *inner = value->calling()) {
      callings.push_back({name, *value});
      shown[name] = clone(*inner->call, {});
    } else {
      values[name] = literal(*value);
      shown[name] = literal(*value);
    }
  }
  program.checked.expressions.push_back(clone(call, values));
  return {as<CallExpr>(program.checked.expressions.back().get()), &scope.module,
          std::make_shared<std::vector<NamedValue>>(std::move(callings)), format(*clone(call, shown))};
}

const Calling *handedOn(const Expr &e, const Scope &scope) {
  auto *name = as<NameExpr>(&e);
  auto *call = as<CallExpr>(&e);
  const Value *value = name                              ? scope.find(joined(name->path, "."))
                       : call && call->arguments.empty() ? scope.find(call->name())
                                                         : nullptr;
  return value ? value->calling() : nullptr;
}

Scope scopeOf(Program &program, const Calling &handed) {
  Scope scope = topScope(program, *handed.home);
  for (const NamedValue &one : *handed.callings)
    scope.set(one.name, one.value);
  return scope;
}

} // namespace switchyard
