// Attacks at a point: aliases followed, arguments bound, the ball's radius held against the input's range.

#include "compiler/frontend/Expand.h"
#include "compiler/frontend/NotBuilt.h"
#include "compiler/frontend/Print.h"
#include "compiler/frontend/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

/// What in a body no experiment can use yet, with the place of its first use.
class MissingFeatures {
public:
  std::string message;
  Location where;

  void body(const Body &statements) {
    for (auto &one : statements) {
      if (auto *assign = as<AssignStatement>(one.get()))
        expr(*assign->value);
      if (auto *repeat = as<RepeatStatement>(one.get())) {
        expr(*repeat->count);
        body(repeat->body);
      }
      if (auto *condition = as<IfStatement>(one.get())) {
        expr(*condition->condition);
        body(condition->yes);
        body(condition->no);
      }
      if (auto *result = as<ReturnStatement>(one.get()))
        expr(*result->value);
    }
  }

private:
  void expr(const Expr &e) {
    if (auto *call = as<CallExpr>(&e)) {
      std::string name = call->meaning == Meaning::OptimizerStep ? "optimizer.step" : call->name();
      if (call->meaning == Meaning::Builtin || call->meaning == Meaning::OptimizerStep)
        note(notBuilt(Feature::Function, name), e.location);
      for (const Argument &one : call->arguments)
        expr(*one.value);
    }
    if (auto *unary = as<UnaryExpr>(&e))
      expr(*unary->operand);
    if (auto *binary = as<BinaryExpr>(&e)) {
      expr(*binary->left);
      expr(*binary->right);
    }
    if (auto *choice = as<ChoiceExpr>(&e)) {
      expr(*choice->condition);
      expr(*choice->yes);
      expr(*choice->no);
    }
    if (auto *gradient = as<GradientExpr>(&e))
      expr(*gradient->of);
    if (auto *index = as<IndexExpr>(&e))
      expr(*index->base);
  }

  void note(const std::string &missing, Location place) {
    if (!message.empty() || missing.empty())
      return;
    message = missing;
    where = place;
  }
};

bool attackIsBuilt(Program &program, const AttackDecl &decl, Location where) {
  MissingFeatures missing;
  if (decl.threat.kind == ThreatKind::Minimizes) {
    missing.message = notBuilt(Feature::Threat, "minimizes");
    missing.where = decl.threat.location;
  }
  missing.body(decl.body);
  if (missing.message.empty())
    return true;
  program.diagnostics.error(where, "attack `" + decl.name + "` cannot be used: " + missing.message)
      .note(missing.where, "used here");
  return false;
}

/// The ball in numbers, and the mistakes of units that numbers show.
bool makeThreat(Program &program, const resolved::Network &network, resolved::Attack &attack,
                Location where) {
  const Threat &written = attack.decl->threat;
  resolved::Threat &threat = attack.threat;
  threat.kind = written.kind;
  threat.norm = written.norm;
  threat.clipped = !written.unclipped;
  threat.radiusExpression = written.radius.get();
  if (written.kind != ThreatKind::Within)
    return true;
  Scope scope = topScope(program, program.home(*attack.decl));
  for (const NamedValue &one : attack.arguments)
    scope.set(one.name, one.value);
  auto radius = evaluate(program, *written.radius, scope);
  if (!radius || !radius->isNumber())
    return false;
  threat.radius = *radius;
  Number width = network.high - network.low;
  std::string name = format(*written.radius),
              value = name == radius->text() ? name : name + " = " + radius->text();
  if (radius->number() < Number(0)) {
    program.diagnostics.error(where, "the radius of a ball cannot be negative, got " + value);
    return false;
  }
  if (written.norm == "linf" && width < radius->number()) {
    auto &error = program.diagnostics.error(where, "`" + value + "` is wider than the input's range of " +
                                                       network.low.text() + " to " + network.high.text());
    if (radius->number().isInteger() && !(Number(255) < radius->number()) && width == Number(1))
      error.note("did you mean " + radius->text() + "/255?");
    return false;
  }
  return true;
}

/// Labels name what was given and is no axis.
std::string attackLabel(const Point &point, const AttackDecl &decl, const NamedValues &arguments) {
  std::vector<std::string> parts;
  size_t position = 0;
  std::map<std::string, const Expr *> given;
  for (const Argument &one : point.call->arguments)
    given[one.name.empty() ? decl.parameters[position++].name : one.name] = one.value.get();
  for (const NamedValue &one : arguments)
    if (given.count(one.name) && !mentionsAxis(*given[one.name], point.scope))
      parts.push_back(one.name + " = " + one.value.text());
  return point.call->name() + (parts.empty() ? "" : "(" + joined(parts, ", ") + ")");
}

void warnStep(Program &program, const resolved::Attack &attack, const NamedValues &given, Location where) {
  const Value *step = find(given, "step");
  bool written = false;
  for (const NamedValue &one : given)
    written |= one.name == "step" && one.written;
  for (const Diagnostic &one : program.diagnostics.all())
    if (one.severity == Severity::Warning && one.location == where)
      return; // said of another point of the axes
  if (step && written && step->isNumber() && attack.threat.norm == "linf" &&
      attack.threat.radius.isNumber() && attack.threat.radius.number() < step->number())
    program.diagnostics.warning(where, "step = " + step->text() + " is larger than the ball's radius of " +
                                           attack.threat.radius.text());
}

} // namespace

bool makeAttack(Program &program, const Point &point, const resolved::Network &network,
                resolved::Attack &result) {
  const CallExpr &call = *point.call;
  auto *decl = program.find<AttackDecl>(call.name(), point.scope.module, call.location);
  if (!decl)
    return false;
  auto arguments = bindArguments(program, call, decl->parameters, point.scope, program.home(*decl),
                                 "attack `" + call.name() + "`");
  if (!arguments)
    return false;
  result.name = call.name();
  result.label = attackLabel(point, *decl, *arguments);
  result.family = point.family;
  result.strength = point.strength;
  result.axes = point.axes;
  result.location = call.location;
  NamedValues given = *arguments;
  while (decl->alias) { // each alias binds the next attack's parameters in its own
    Scope scope = topScope(program, program.home(*decl));
    for (const NamedValue &one : *arguments)
      scope.set(one.name, one.value);
    const AttackDecl *next = decl->aliased;
    if (!next)
      return false; // reported with the declaration
    arguments = bindArguments(program, *decl->alias, next->parameters, scope, program.home(*next),
                              "attack `" + next->name + "`");
    if (!arguments)
      return false;
    decl = next;
  }
  result.decl = decl;
  result.arguments = std::move(*arguments);
  if (!attackIsBuilt(program, *decl, call.location) || !makeThreat(program, network, result, call.location))
    return false;
  warnStep(program, result, given, call.location);
  return true;
}

} // namespace switchyard
