// Objectives, attacks and layers: that their declarations are whole, and what an attack that is another
// attack with fixed arguments calls. Their statements: CheckBody.cpp.

#include "compiler/semantics/CheckBody.h"
#include "compiler/semantics/Layers.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

/// What the checked body of a layer asks of its input, and whether it draws.
struct BodyUses {
  bool draws = false, learns = false;
  const CallExpr *image = nullptr;  ///< a function that has a meaning for images only
  const CallExpr *pixels = nullptr; ///< one that asks for more of them than channels
  std::vector<const CallExpr *> groups;

  explicit BodyUses(const Body &body) { statements(body); }

private:
  void statements(const Body &body) {
    for (auto &one : body) {
      if (auto *assign = as<AssignStatement>(one.get()))
        expression(*assign->value);
      else if (auto *result = as<ReturnStatement>(one.get()))
        expression(*result->value);
      else if (auto *repeat = as<RepeatStatement>(one.get()))
        statements(repeat->body);
      else if (auto *condition = as<IfStatement>(one.get())) {
        expression(*condition->condition);
        statements(condition->yes);
        statements(condition->no);
      }
    }
  }

  void expression(const Expr &e) {
    if (auto *call = as<CallExpr>(&e); call && call->builtin) {
      draws |= call->builtin->draws;
      learns |= call->builtin->keeps;
      if (call->builtin->ofGroups && call->bound.size() == call->builtin->parameters.size())
        groups.push_back(call);
      const std::string each = call->builtin->each.empty() ? "element" : eachOf(*call);
      bool byPlace = each != "element" && each != "layer";
      if (!image && (call->builtin->dimension || call->builtin->ofImages || byPlace))
        image = call;
      bool byPixel = (byPlace && each != "channel") || call->builtin->dimension.value_or(0) > 0;
      if (!pixels && (call->builtin->ofImages || byPixel))
        pixels = call;
    }
    for (const Expr *child : children(e))
      expression(*child);
  }
};

/// Whether `decl` calls `attack` in its declaration, through others, too. A circle that begins further on is
/// the error of those in it.
bool leadsTo(Program &program, const AttackDecl *decl, const AttackDecl &attack,
             std::set<const AttackDecl *> &seen) {
  if (!decl || decl == &attack)
    return decl;
  if (!seen.insert(decl).second)
    return false;
  for (const CalledAttack *one : decl->calls())
    if (leadsTo(program,
                as<AttackDecl>(program.look(DeclKind::Attack, one->call->name(), program.home(*decl))),
                attack, seen))
      return true;
  return false;
}

/// The attack that a declaration calls, and that the arguments fit it.
void checkCalled(Program &program, AttackDecl &attack, CalledAttack &called) {
  auto *target = program.find<AttackDecl>(called.call->name(), program.home(attack), called.call->location);
  if (!target)
    return;
  std::set<const AttackDecl *> seen;
  if (leadsTo(program, target, attack, seen)) {
    program.diagnostics.error(Id::CircularAlias, called.call->location,
                              "attack `" + attack.name + "` is declared by itself");
    return;
  }
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const Parameter &one : target->parameters) {
    names.push_back(one.name);
    required.push_back(!one.byDefault);
  }
  auto matched = matchArguments(program, called.call->arguments, called.call->location, names, required,
                                "attack `" + target->name + "`");
  if (!matched)
    return;
  for (const Argument *one : *matched)
    called.call->bound.push_back(one ? one->value.get() : nullptr);
  called.decl = target;
}

/// `attack a(...) = pgd(...)`, `attack a(...) = worst of { ... }`: their balls are those of what they call.
void checkCalls(Program &program, AttackDecl &attack) {
  if (attack.threat.kind != ThreatKind::None)
    program.diagnostics.error(Id::BallOfAlias, attack.threat.location,
                              "the ball of `" + attack.name + "` is that of " +
                                  (attack.isSet ? "its members" : "`" + attack.alias.call->name() + "`") +
                                  "; leave it out here");
  if (attack.alias.call)
    checkCalled(program, attack, attack.alias);
  for (CalledAttack &one : attack.members)
    checkCalled(program, attack, one);
}

} // namespace

void checkParameters(Program &program, const std::vector<Parameter> &parameters,
                     const std::vector<std::string> &types) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter &one = parameters[i];
    for (size_t j = 0; j < i; ++j)
      if (parameters[j].name == one.name)
        program.diagnostics.error(Id::ParameterTwice, one.location,
                                  "parameter `" + one.name + "` is declared twice");
    if (std::find(types.begin(), types.end(), one.type.name) == types.end())
      program.diagnostics
          .error(Id::UnknownType, one.type.location,
                 "there is no type `" + one.type.name + "` here" + didYouMean(one.type.name, types))
          .note("known are " + joined(types, ", "));
    else if (one.type.name == "list" && one.type.arguments.size() != 1)
      program.diagnostics.error(Id::ListOfWhat, one.type.location, "a list says of what: `list<int>`");
  }
}

void checkObjective(Program &program, ObjectiveDecl &decl) {
  for (GoalCase &one : decl.cases) {
    Environment environment;
    environment.declare(decl.logits, Type::Logits, decl.logitsLocation, Meaning::Variable, true);
    environment.declare(one.variable, Type::Class, one.location, Meaning::Variable, true);
    ExpressionTyper typer(program, program.home(decl), environment, BodyOf::Objective);
    bool isNumber = typer.expect(*one.value, Type::Real, "what an objective descends");
    int logits = environment.find(decl.logits)->version;
    one.constant = isNumber && !typer.flow(*one.value).direct.count(logits);
    const GoalCase *first = one.away ? decl.away() : decl.toward();
    if (first != &one)
      program.diagnostics.error(Id::FormTwice, one.location,
                                std::string("`") + (one.away ? "away from" : "toward") +
                                    "` is given twice in objective `" + decl.name + "`");
  }
}

void checkAttack(Program &program, AttackDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool", "objective"});
  if (decl.alias.call || decl.isSet)
    return checkCalls(program, decl);
  BodyChecker checker(program, decl);
  checker.threat(decl.threat);
  checker.check(decl.body);
  decl.throughPaths = checker.loopOverPaths();
}

void checkLayer(Program &program, LayerDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool"});
  for (const Parameter &one : decl.parameters)
    if (one.name == whenParameter)
      program.diagnostics.error(
          Id::ParameterTwice, one.location,
          "every layer has the parameter `when`, which says when it acts; use another name");
  if (isBuiltIn(decl.name))
    program.diagnostics.error(Id::DeclaredTwice, decl.location,
                              "layer `" + decl.name + "` is built in; use another name");
  BodyChecker(program, decl).check(decl.body);
  BodyUses uses(decl.body);
  decl.draws = uses.draws;
  decl.learns = uses.learns;
  decl.asksForImage = uses.image;
  decl.groups = uses.groups;
  decl.asksForPixels = uses.pixels;
}

} // namespace switchyard
