// See Callings.h. Numbers are written into the call; a call among its arguments is kept beside it, since
// names in that mean what they mean in its own module.

#include "compiler/semantics/Callings.h"
#include "compiler/syntax/Clone.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

/// What names stand for where a call is written.
struct Meanings {
  Substitution values, shown; ///< shown: calls, too
  std::vector<NamedValue> callings;
};

static Meanings meaningsIn(const Expr &e, const Scope &scope) {
  std::vector<const NameExpr *> names;
  collectNames(e, names);
  Meanings result;
  for (const NameExpr *one : names) {
    std::string name = joined(one->path, ".");
    const Value *value = scope.find(name);
    if (!value || value->empty() || value->objective())
      continue;
    if (const Calling *inner = value->calling()) {
      result.callings.push_back({name, *value});
      result.shown[name] = clone(*inner->call, {});
    } else {
      result.values[name] = literal(*value);
      result.shown[name] = literal(*value);
    }
  }
  return result;
}

/// As labels name it: by the parameters that differ from their defaults, however it is written; as written
/// where it does not fit, which is said where it is resolved.
static std::string labelOf(Program &program, const CallExpr &call, const Scope &scope,
                           const Meanings &names) {
  const Decl *decl = program.look(DeclKind::Attack, call.name(), scope.module);
  if (!decl)
    decl = program.look(DeclKind::Loss, call.name(), scope.module);
  auto *attack = as<AttackDecl>(decl);
  auto *loss = as<LossDecl>(decl);
  auto bound = !attack && !loss ? std::nullopt : program.diagnostics.quietly([&] {
    return bindArguments(program, call, attack ? attack->parameters : loss->parameters, scope,
                         program.home(*decl), "");
  });
  if (!bound)
    return format(*clone(call, names.shown));
  std::string behind = call.estimator ? " with " + format(*clone(*call.estimator, names.values)) : "";
  std::vector<std::string> parts;
  for (const NamedValue &one : *bound)
    if (one.written)
      parts.push_back(one.name + " = " + one.value.text());
  return call.name() + (parts.empty() ? "" : "(" + joined(parts, ", ") + ")") + behind;
}

Calling closedCall(Program &program, const CallExpr &call, const Scope &scope) {
  Meanings names = meaningsIn(call, scope);
  std::string label = labelOf(program, call, scope, names);
  program.checked.expressions.push_back(clone(call, names.values));
  return {as<CallExpr>(program.checked.expressions.back().get()), &scope.module,
          std::make_shared<std::vector<NamedValue>>(std::move(names.callings)), label};
}

Calling sampledCall(Program &program, const Calling &handed, const CallExpr &estimator, const Scope &scope) {
  ExprPtr call = clone(*handed.call, {}), how = clone(estimator, meaningsIn(estimator, scope).values);
  as<CallExpr>(call.get())->estimator.reset(as<CallExpr>(how.release()));
  Calling result = handed;
  Scope own = scopeOf(program, handed);
  result.text = labelOf(program, *as<CallExpr>(call.get()), own, meaningsIn(*call, own));
  result.call = as<CallExpr>(call.get());
  program.checked.expressions.push_back(std::move(call));
  return result;
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
