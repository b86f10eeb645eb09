// See Loss.h. Numbers of a defense stay symbolic; a default stands in the loss's own parameters before it.

#include "compiler/semantics/Loss.h"

#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Callings.h"
#include "compiler/semantics/Estimators.h"
#include "compiler/semantics/Layers.h"
#include "compiler/semantics/Requirements.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

/// The attack of a call that no parameter stands for.
static bool resolveOwnAttack(Program &program, const CallExpr &call, const TrainingPlace &place,
                             resolved::TrainingAttack &result) {
  result.call = &call;
  if (!makeAttack(program, Point{{&call}, place.scope, {}, "", ""}, place.network, result.attack))
    return false;
  if (!result.attack.parts.empty()) {
    program.diagnostics
        .error(
            Id::SetInTraining, call.location,
            "attack `" + call.name() +
                "` is a set, whose finished examples are compared; a training takes one of its members, such "
                "as `" +
                result.attack.parts.front().label + "`")
        .note(result.attack.decl->location, "declared here");
    return false;
  }
  if (result.attack.threat.kind == ThreatKind::Minimizes) {
    program.diagnostics
        .error(Id::TrainingNeedsBall, call.location,
               "attack `" + call.name() + "` minimizes a distance; training needs an attack within a ball")
        .note(result.attack.decl->location, "declared here");
    return false;
  }
  if (const RepeatStatement *loop = result.attack.decl->throughPaths) {
    program.diagnostics
        .error(Id::TrainingPaths, call.location,
               "attack `" + call.name() +
                   "` goes through the paths of a finished model; inside a training it is not built yet")
        .note(loop->location, "goes through them here");
    return false;
  }
  result.scalars = attackScalars(program, call, place.scope, place.symbols);
  return true;
}

bool resolveTrainingAttack(Program &program, const CallExpr &call, const TrainingPlace &place,
                           resolved::TrainingAttack &result) {
  const Calling *handed = handedOn(call, place.scope);
  bool good = handed ? resolveTrainingAttack(program, *handed->call,
                                             {scopeOf(program, *handed), {}, place.network}, result)
                     : resolveOwnAttack(program, call, place, result);
  if (!good || !call.estimator)
    return good;
  result.estimator = resolveEstimator(program, *call.estimator, place.scope);
  return result.estimator.has_value();
}

namespace {

class LossResolver {
public:
  LossResolver(Program &program, const CallExpr &call, const LossDecl &decl, const TrainingPlace &place)
      : program(program), call(call), decl(decl), place(place), inside(topScope(program, program.home(decl))),
        what("loss `" + call.name() + "`") {}

  std::optional<resolved::Loss> resolve() {
    CalledHere named(program, call);
    std::vector<std::string> names;
    std::vector<bool> required;
    for (const Parameter &one : decl.parameters) {
      names.push_back(one.name);
      required.push_back(!one.byDefault);
    }
    auto matched = matchArguments(program, call.arguments, call.location, names, required, what);
    if (!matched)
      return std::nullopt;
    loss.decl = &decl;
    loss.name = call.name();
    loss.location = call.location;
    bool good = true;
    for (size_t i = 0; i < names.size(); ++i) {
      const Parameter &parameter = decl.parameters[i];
      good = (parameter.type.name == "attack" ? attack(parameter, (*matched)[i])
                                              : number(parameter, (*matched)[i])) &&
             good;
    }
    for (auto &one : decl.body)
      if (auto *required = as<RequireStatement>(one.get()))
        good = good && holds(program, *required, inside, known, call.location, what);
    for (auto &one : decl.body)
      good = good && estimators(*one);
    return good ? std::optional(std::move(loss)) : std::nullopt;
  }

private:
  void refer(const Parameter &parameter, const Argument *given) {
    if (given && !given->name.empty())
      program.references.add({given->location.file, given->location.line, given->location.column,
                              static_cast<int>(given->name.size())},
                             Referent::Parameter, parameter.location);
  }

  bool number(const Parameter &parameter, const Argument *given) {
    refer(parameter, given);
    const Expr &e = given ? *given->value : *parameter.byDefault;
    auto value = convert(program, parameter, e, given ? place.scope : inside, what, false, Counts::Whole);
    if (!value || !isHeldByReals(program, parameter, *value, e.location, "the loss"))
      return false;
    resolved::TrainingScalar one;
    one.name = parameter.name;
    one.value = *value;
    one.given = given;
    one.expression = &e;
    if (parameter.type.name == "real")
      findSymbols(one, given ? place.scope : inside, given ? place.symbols : symbols);
    if (one.symbolic)
      symbols.push_back(one.name);
    inside.set(one.name, one.value, parameter.location);
    known.push_back({one.name, one.value, given});
    loss.numbers.push_back(std::move(one));
    return true;
  }

  bool attack(const Parameter &parameter, const Argument *given) {
    refer(parameter, given);
    const Expr &e = given ? *given->value : *parameter.byDefault;
    loss.attacks.push_back({parameter.name, given != nullptr, nullptr, {}, {}});
    TrainingPlace own{inside, symbols, place.network};
    auto *attack = as<CallExpr>(&e);
    if (const Calling *handed = attack ? nullptr : handedOn(e, given ? place.scope : inside))
      return resolveTrainingAttack(program, *handed->call, {scopeOf(program, *handed), {}, place.network},
                                   loss.attacks.back());
    if (!attack) {
      program.diagnostics
          .error(Id::LossNeedsAttack, e.location,
                 "`" + parameter.name + "` of " + what + " must be an attack, got `" + format(e) + "`")
          .note("such as `" + parameter.name + " = pgd(8/255)`");
      return false;
    }
    return resolveTrainingAttack(program, *attack, given ? place : own, loss.attacks.back());
  }

  /// What the text says of attacks that it asks.
  bool estimators(const Statement &one) {
    if (auto *condition = as<IfStatement>(&one)) {
      auto inside = [&](auto &inner) { return estimators(*inner); };
      return std::all_of(condition->yes.begin(), condition->yes.end(), inside) &&
             std::all_of(condition->no.begin(), condition->no.end(), inside);
    }
    auto *assign = as<AssignStatement>(&one);
    auto *result = as<ReturnStatement>(&one);
    return assign ? estimators(*assign->value) : !result || estimators(*result->value);
  }

  bool estimators(const Expr &e) {
    for (const Expr *child : children(e)) {
      auto *attack = as<CallExpr>(child);
      if (attack && attack->estimator) {
        auto how = resolveEstimator(program, *attack->estimator, inside);
        if (!how)
          return false;
        loss.estimators.push_back({as<CallExpr>(&e), *how});
      } else if (!estimators(*child)) {
        return false;
      }
    }
    return true;
  }

  Program &program;
  const CallExpr &call;
  const LossDecl &decl;
  const TrainingPlace &place;
  Scope inside; ///< of defaults
  std::vector<std::string> symbols;
  std::vector<GivenValue> known;
  std::string what;
  resolved::Loss loss;
};

} // namespace

std::optional<resolved::Loss> resolveLoss(Program &program, const CallExpr &call,
                                          const TrainingPlace &place) {
  if (const Calling *handed = handedOn(call, place.scope))
    return resolveLoss(program, *handed->call, {scopeOf(program, *handed), {}, place.network});
  auto *decl = program.find<LossDecl>(call.name(), place.scope.module, call.location);
  return decl ? LossResolver(program, call, *decl, place).resolve() : std::nullopt;
}

} // namespace switchyard
