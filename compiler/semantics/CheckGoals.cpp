// Every objective that an attack descends must say what it means for the goal, and `largest(z, k)` needs k
// classes.

#include "compiler/semantics/CheckGoals.h"

#include "compiler/semantics/Catalog.h"
#include "compiler/syntax/Print.h"

#include <functional>

namespace switchyard {

using namespace ast;

namespace {

using CallVisitor = std::function<void(const CallExpr &)>;

void callsIn(const Expr &e, const CallVisitor &visit) {
  if (auto *call = as<CallExpr>(&e))
    visit(*call);
  for (const Expr *child : children(e))
    callsIn(*child, visit);
}

void callsIn(const Body &body, const CallVisitor &visit) {
  for (auto &one : body) {
    if (auto *assign = as<AssignStatement>(one.get()))
      callsIn(*assign->value, visit);
    if (auto *result = as<ReturnStatement>(one.get()))
      callsIn(*result->value, visit);
    if (auto *repeat = as<RepeatStatement>(one.get()))
      callsIn(repeat->body, visit);
    if (auto *condition = as<IfStatement>(one.get())) {
      callsIn(*condition->condition, visit);
      callsIn(condition->yes, visit);
      callsIn(condition->no, visit);
    }
  }
}

} // namespace

void GoalChecker::hasForm(Location goal, const ObjectiveDecl &objective, bool away) {
  if ((away ? objective.away() : objective.toward()) || !reported.insert({goal, objective.location}).second)
    return;
  diagnostics
      .error(goal, "objective `" + objective.name + "` does not say what to do " +
                       (away ? "`away from`" : "`toward`") + " a class")
      .note(objective.location, "declared here");
}

void GoalChecker::hasClasses(Location use, const CallExpr &largest, const resolved::Network &network) {
  auto *literal = largest.arguments.size() == 2 ? as<NumberExpr>(largest.arguments[1].value.get()) : nullptr;
  int64_t k = literal ? literal->value.asCount() : 1; // no number was reported already
  if (k <= network.classes || !reported.insert({use, largest.location}).second)
    return;
  diagnostics
      .error(use, "`" + format(largest) + "` needs " + std::to_string(k) + " classes, network `" +
                      network.name + "` has " + std::to_string(network.classes))
      .note(largest.location, "taken here");
}

void GoalChecker::check(Location goal, Location use, const resolved::Attack &attack,
                        const resolved::Network &network, bool away) {
  auto classes = [&](const CallExpr &call) {
    if (call.builtin && call.builtin->function == Function::Largest)
      hasClasses(use, call, network);
  };
  auto objective = [&](const ObjectiveDecl *decl) {
    if (!decl)
      return;
    hasForm(goal, *decl, away);
    if (const GoalCase *form = away ? decl->away() : decl->toward())
      callsIn(*form->value, classes);
  };
  for (const NamedValue &one : attack.arguments)
    objective(one.value.objective());
  callsIn(attack.decl->body, [&](const CallExpr &call) {
    objective(call.objective);
    classes(call);
  });
}

} // namespace switchyard
