// Every objective that an attack descends must say what it means for the goal, and `largest(z, k)` needs k
// classes.

#include "compiler/semantics/CheckGoals.h"

#include "compiler/semantics/Catalog.h"
#include "compiler/syntax/Print.h"

#include <functional>

namespace switchyard {

using namespace ast;

namespace {

using Visitor = std::function<void(const Expr &)>;

void visitAll(const Expr &e, const Visitor &visit) {
  visit(e);
  for (const Expr *child : children(e))
    visitAll(*child, visit);
}

void visitAll(const Body &body, const Visitor &visit) {
  for (auto &one : body) {
    if (auto *assign = as<AssignStatement>(one.get()))
      visitAll(*assign->value, visit);
    if (auto *result = as<ReturnStatement>(one.get()))
      visitAll(*result->value, visit);
    if (auto *repeat = as<RepeatStatement>(one.get())) {
      if (repeat->except)
        visitAll(*repeat->except, visit);
      visitAll(repeat->body, visit);
    }
    if (auto *condition = as<IfStatement>(one.get())) {
      visitAll(*condition->condition, visit);
      visitAll(condition->yes, visit);
      visitAll(condition->no, visit);
    }
  }
}

} // namespace

void GoalChecker::hasForm(Location goal, const ObjectiveDecl &objective, bool away) {
  if ((away ? objective.away() : objective.toward()) || !reported.insert({goal, objective.location}).second)
    return;
  diagnostics
      .error(Id::ObjectiveForm, goal,
             "objective `" + objective.name + "` does not say what to do " +
                 (away ? "`away from`" : "`toward`") + " a class")
      .note(objective.location, "declared here");
}

void GoalChecker::hasClasses(Location use, const Expr &e, const resolved::Network &network) {
  auto *call = as<CallExpr>(&e);
  if (!call || !call->builtin || !call->builtin->writtenOut)
    return;
  const CallExpr &largest = *call;
  auto *literal = largest.arguments.size() == 2 ? as<NumberExpr>(largest.arguments[1].value.get()) : nullptr;
  int64_t k = literal ? literal->value.asCount() : 1; // no number was reported already
  if (k <= network.classes || !reported.insert({use, largest.location}).second)
    return;
  diagnostics
      .error(Id::LargestClasses, use,
             "`" + format(largest) + "` needs " + std::to_string(k) + " classes, network `" + network.name +
                 "` has " + std::to_string(network.classes))
      .note(largest.location, "taken here");
}

void GoalChecker::hasGradient(Location use, const GradientExpr &gradient, const resolved::Attack &attack,
                              bool away) {
  const ObjectiveDecl *objective = nullptr;
  const GoalCase *form = nullptr;
  for (const CallExpr *call : gradient.byObjectives) {
    const Value *given = call->objective ? nullptr : find(attack.arguments, call->path.back());
    objective = given ? given->objective() : call->objective;
    form = objective ? away ? objective->away() : objective->toward() : nullptr;
    if (!form || !form->constant) // no form was reported already
      return;
  }
  if (!form || !reported.insert({use, gradient.location}).second)
    return;
  diagnostics
      .error(Id::ConstantObjective, use,
             "`" + format(*form->value) + "` does not depend on `" + objective->logits + "`: objective `" +
                 objective->name + "` gives a gradient nothing to descend")
      .note(form->value->location, "the same for all logits")
      .note(gradient.location, "its gradient is taken here");
}

void GoalChecker::hasLabel(Location goal, const Expr &e, const resolved::Attack &attack, bool away) {
  auto *name = as<NameExpr>(&e);
  if (away || !name || name->meaning != Meaning::Label ||
      !reported.insert({goal, attack.decl->location}).second)
    return;
  diagnostics
      .error(Id::LabelToward, goal,
             "attack `" + attack.name + "` asks for the label, which `away from label` alone gives it")
      .note(e.location, "asked for here");
}

void GoalChecker::check(Location use, const resolved::Loss &loss, const resolved::Network &network) {
  auto classes = [&](const Expr &e) { hasClasses(use, e, network); };
  visitAll(loss.decl->body, [&](const Expr &e) {
    classes(e);
    if (auto *call = as<CallExpr>(&e); call && call->objective)
      visitAll(*call->objective->toward()->value, classes);
  });
  for (const resolved::TrainingAttack &one : loss.attacks)
    check(use, use, one.attack, network, true);
}

void GoalChecker::check(Location goal, Location use, const resolved::Attack &attack,
                        const resolved::Network &network, bool away) {
  if (!attack.parts.empty())
    return attack.forEachPart([&](const resolved::Attack &part) { check(goal, use, part, network, away); });
  auto classes = [&](const Expr &e) { hasClasses(use, e, network); };
  auto objective = [&](const ObjectiveDecl *decl) {
    if (!decl)
      return;
    hasForm(goal, *decl, away);
    if (const GoalCase *form = away ? decl->away() : decl->toward())
      visitAll(*form->value, classes);
  };
  for (const NamedValue &one : attack.arguments)
    objective(one.value.objective());
  visitAll(attack.decl->body, [&](const Expr &e) {
    if (auto *call = as<CallExpr>(&e))
      objective(call->objective);
    if (auto *gradient = as<GradientExpr>(&e))
      hasGradient(use, *gradient, attack, away);
    hasLabel(goal, e, attack, away);
    classes(e);
  });
}

} // namespace switchyard
