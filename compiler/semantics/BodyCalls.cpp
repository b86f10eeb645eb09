// Calls inside bodies: functions of the table, objectives, schedules, an optimizer's step. What each is about
// decides where it can stand.

#include "compiler/semantics/BodyTypes.h"

#include "compiler/semantics/Arithmetic.h"
#include "compiler/semantics/Estimators.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

/// Whether it is a part of a training's step.
static bool ofTraining(BodyOf body) {
  return body == BodyOf::Optimizer || body == BodyOf::Schedule;
}

Type ExpressionTyper::call(CallExpr &e) {
  std::string text = e.name();
  if (e.estimator)
    return sampledAttack(e);
  Variable *variable = environment.find(e.path[0]);
  if (e.path.size() == 2 && variable && variable->type == Type::Optimizer)
    return stepCall(e);
  bool isObjective = variable && variable->type == Type::Objective && e.path.size() == 1;
  if (isObjective) {
    e.meaning = Meaning::ObjectiveParameter;
    refer(e.location, *variable);
    return objectiveCall(e);
  }
  if (auto *decl = program.look(DeclKind::Objective, text, module)) {
    program.references.add(e.location, Referent::Objective, decl->location);
    e.meaning = Meaning::Objective;
    e.objective = as<ObjectiveDecl>(decl);
    return objectiveCall(e);
  }
  if (findFunction(text, e.arguments.size()))
    return builtinCall(e);
  if (program.look(DeclKind::Schedule, text, module))
    return scheduleCall(e);
  if (program.mayBe(DeclKind::Objective, text, module) || program.mayBe(DeclKind::Schedule, text, module)) {
    program.diagnostics.follow();
    return Type::Unknown;
  }
  std::vector<std::string> known =
      program.namesOf(ofTraining(body) ? DeclKind::Schedule : DeclKind::Objective, module);
  for (const BuiltinFunction &one : builtinFunctions())
    known.push_back(one.name);
  if (body == BodyOf::Loss && program.look(DeclKind::Loss, text, module))
    return fail(Id::LossInLoss, e.location,
                "a loss cannot call another loss: write out what `" + text + "` returns");
  return fail(Id::UnknownFunction, e.location,
              std::string("there is no function or ") + (ofTraining(body) ? "schedule" : "objective") + " `" +
                  text + "`" + didYouMean(text, known));
}

/// `by with eot(4)`: an attack that a loss is given, and how it estimates its gradients there.
Type ExpressionTyper::sampledAttack(CallExpr &e) {
  Variable *attack = e.path.size() == 1 && !e.parentheses ? environment.find(e.path[0]) : nullptr;
  if (!attack || attack->type != Type::Attack)
    return fail(Id::SampledNoAttack, e.location,
                "`with` says how an attack that the loss is given estimates its gradients: "
                "`attacked(x, by with eot(4))`");
  e.meaning = Meaning::Parameter;
  refer(e.location, *attack);
  bool good = isEstimator(program, *e.estimator);
  for (Argument &one : e.estimator->arguments)
    good = checkDraws(*one.value) && good;
  return good ? Type::Attack : Type::Unknown;
}

/// A number of draws is a part of the program.
bool ExpressionTyper::checkDraws(Expr &e) {
  if (!expect(e, Type::Real, "the number of draws"))
    return false;
  std::vector<const NameExpr *> names;
  collectNames(e, names);
  for (const NameExpr *name : names)
    if (name->meaning == Meaning::Variable) {
      fail(Id::DrawsUnknown, name->location,
           "the number of draws must be known before the training runs; `" + name->path[0] +
               "` is computed in it");
      return false;
    }
  return true;
}

/// A schedule takes numbers and stands for one.
Type ExpressionTyper::scheduleCall(CallExpr &e) {
  auto *schedule = program.find<ScheduleDecl>(e.name(), module, e.location);
  if (!schedule)
    return Type::Unknown;
  if (!ofTraining(body))
    return fail(Id::SchedulePlace, e.location,
                "schedule `" + e.name() +
                    "` is about how far a training is: it belongs into its arguments, into optimizers and "
                    "schedules");
  e.meaning = Meaning::Schedule;
  e.schedule = schedule;
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const Parameter &one : schedule->parameters) {
    names.push_back(one.name);
    required.push_back(!one.byDefault);
  }
  auto matched =
      matchArguments(program, e.arguments, e.location, names, required, "schedule `" + e.name() + "`");
  if (!matched)
    return Type::Unknown;
  e.bound.clear();
  for (size_t i = 0; i < names.size(); ++i) {
    const Argument *one = (*matched)[i];
    e.bound.push_back(one ? one->value.get() : nullptr);
    if (one)
      expect(*one->value, Type::Real, "`" + names[i] + "` of schedule `" + e.name() + "`");
  }
  return Type::Real;
}

/// What a step of a training is computed of, as messages begin.
static std::string seenText(BodyOf body) {
  return body == BodyOf::Optimizer ? "an optimizer sees a weight, its gradient and how far the training is"
                                   : "a schedule sees how far the training is";
}

Type ExpressionTyper::objectiveCall(CallExpr &e) {
  if (body == BodyOf::Objective)
    return fail(Id::ObjectiveInObjective, e.location, "an objective cannot call another objective yet");
  if (body == BodyOf::Layer)
    return fail(Id::AttackFunctionInLayer, e.location,
                "a layer sees its input `x` only: objective `" + e.name() + "` belongs into an attack");
  if (ofTraining(body))
    return fail(Id::NotInOptimizer, e.location,
                seenText(body) + ": objective `" + e.name() + "` belongs into an attack");
  if (e.arguments.size() != 1 || !e.arguments[0].name.empty() || e.arguments[0].except)
    return fail(Id::ObjectiveTakesLogits, e.location,
                "objective `" + e.name() + "` takes logits: `" + e.name() + "(model(x))`");
  if (body == BodyOf::Loss && e.objective && !e.objective->toward())
    return fail(Id::ObjectiveInLoss, e.location,
                "a loss descends an objective toward the label, and `" + e.name() + "` has no `toward`");
  expect(*e.arguments[0].value, Type::Logits, "the argument of objective `" + e.name() + "`");
  e.bound = {e.arguments[0].value.get()};
  return Type::Real;
}

Type ExpressionTyper::stepCall(CallExpr &e) {
  if (e.path[1] != "step" || e.arguments.size() != 2)
    return fail(Id::OptimizerFunction, e.location,
                "an optimizer has one function: `" + e.path[0] + ".step(w, g)`");
  for (const Argument &one : e.arguments)
    if (!one.name.empty() || one.except)
      return fail(Id::StepByPosition, one.location, "`step` takes a value and its gradient by position");
  e.meaning = Meaning::OptimizerStep;
  Type result = type(*e.arguments[0].value);
  Type gradientType = type(*e.arguments[1].value);
  e.bound = {e.arguments[0].value.get(), e.arguments[1].value.get()};
  if (result == Type::Unknown || gradientType == Type::Unknown)
    return result;
  return result == Type::Image && gradientType == Type::Image
             ? result
             : fail(Id::StepTypes, e.location,
                    std::string("`step` takes an image and its gradient, got ") + spelling(result) + " and " +
                        spelling(gradientType));
}

Type ExpressionTyper::argument(CallExpr &e, size_t i, Type wanted) {
  std::string what = "argument " + std::to_string(i + 1) + " of `" + e.name() + "`";
  if (e.arguments.size() == 1)
    what = "the argument of `" + e.name() + "`";
  Expr &value = *e.arguments[i].value;
  if (wanted != Type::Unknown) {
    expect(value, wanted, what);
    return value.type;
  }
  Type got = type(value);
  if (got != Type::Unknown && !isNumeric(got))
    return failGot(Id::NotNumeric, value.location, what + " must be a number, an image or logits", got);
  return got;
}

/// `each = column`: a word and no expression. Whether this argument is one.
bool ExpressionTyper::eachWord(const BuiltinFunction &function, Argument &one) {
  if (one.name != "each" || function.each.empty())
    return false;
  auto *word = as<NameExpr>(one.value.get());
  std::string text = format(*one.value);
  if (word && std::find(function.each.begin(), function.each.end(), text) != function.each.end())
    word->meaning = Meaning::Word;
  else
    program.diagnostics
        .error(Id::UnknownEach, one.value->location,
               "`" + function.name + "` has nothing for each `" + text + "`" +
                   didYouMean(text, function.each))
        .note("known are " + joined(function.each, ", "));
  return true;
}

/// `largest(z, k)`: the index is a part of the program, no value that it computes.
void ExpressionTyper::wholeConstant(const CallExpr &e) {
  const Expr &k = *e.arguments.back().value;
  auto *literal = as<NumberExpr>(&k);
  if (k.type == Type::Int && !(literal && literal->value.asCount() == literal->value.value()))
    fail(Id::LargestIndex, k.location,
         "`largest(z, k)` takes a whole number from 1 for k, written out, got `" + format(k) + "`");
}

/// What the body computes in an expression; null: it is made of numbers and parameters alone.
static const Expr *computedIn(const Expr &e) {
  auto *name = as<NameExpr>(&e);
  if (e.kind == ExprKind::Call || (name && name->meaning == Meaning::Variable))
    return &e;
  for (const Expr *child : children(e))
    if (const Expr *found = computedIn(*child))
      return found;
  return nullptr;
}

/// `largest_in_groups(x, size, k)`: size and k are a part of the layer.
void ExpressionTyper::groupsAreKnown(const CallExpr &e) {
  for (size_t i = 1; i < e.arguments.size(); ++i)
    if (const Expr *wrong =
            e.arguments[i].value->type == Type::Int ? computedIn(*e.arguments[i].value) : nullptr)
      fail(Id::GroupsUnknown, wrong->location,
           "`" + e.name() +
               "` groups by numbers and whole parameters, known when the program is compiled; `" +
               format(*wrong) + "` is computed by it");
}

static bool isNegative(const Expr &e) {
  auto known = constantOf(&e);
  return known && *known < Number(0);
}

bool ExpressionTyper::belongsHere(const CallExpr &e) {
  const BuiltinFunction &function = *e.builtin;
  if (body == BodyOf::Objective && (function.ofAttacks || function.draws))
    fail(Id::AttackFunctionInObjective, e.location,
         "an objective sees logits only: `" + function.name + "` belongs into an attack");
  else if (body == BodyOf::Loss && function.ofAttacks && !function.ofLosses)
    fail(Id::NotInLoss, e.location,
         "a loss sees an image `x`, its `label` and what `model` answers: `" + function.name +
             "` belongs into an attack");
  else if (body != BodyOf::Loss && function.ofLosses && !function.ofAttacks)
    fail(Id::OfLossesAlone, e.location,
         "`" + function.name + "` is what a training does to its images: it belongs into a loss");
  else if (body != BodyOf::Layer && function.ofGroups)
    fail(Id::GroupsOutside, e.location,
         "`" + function.name + "` is about channels or units of a layer's input: it belongs into a layer");
  else if (body != BodyOf::Layer && function.keeps)
    fail(Id::TrainedOutside, e.location,
         "`" + function.name + "` makes a value that training changes: it belongs into a layer");
  else if (body == BodyOf::Layer && function.ofAttacks)
    fail(Id::AttackFunctionInLayer, e.location,
         "a layer sees its input `x` only: `" + function.name + "` belongs into an attack");
  else if (ofTraining(body) && (function.ofAttacks || function.dimension || function.ofImages))
    fail(Id::NotInOptimizer, e.location,
         seenText(body) + ": `" + function.name + "` belongs into an attack" +
             (function.ofAttacks ? "" : " or a layer"));
  else if (ofTraining(body) && function.draws)
    fail(Id::NotInOptimizer, e.location, seenText(body) + "; nothing is drawn there");
  else
    return true;
  return false;
}

Type ExpressionTyper::builtinCall(CallExpr &e) {
  const BuiltinFunction &function = *findFunction(e.name(), e.arguments.size());
  e.meaning = Meaning::Builtin;
  program.references.add(e.location, Referent::Function);
  e.builtin = &function;
  if (!belongsHere(e))
    return Type::Unknown;
  if (!function.named.empty())
    return namedCall(e);
  size_t given = e.arguments.size();
  if (given > 0 && eachWord(function, e.arguments.back()))
    --given;
  if (function.parameters.size() != given)
    return fail(Id::ArgumentCount, e.location,
                "`" + function.name + "` takes " + std::to_string(function.parameters.size()) +
                    (function.parameters.size() == 1 ? " argument" : " arguments") + ", got " +
                    std::to_string(given));
  return argumentsByPosition(e, given);
}

Type ExpressionTyper::argumentsByPosition(CallExpr &e, size_t given) {
  const BuiltinFunction &function = *e.builtin;
  Type result = Type::Int;
  for (size_t i = 0; i < given; ++i) {
    const Argument &one = e.arguments[i];
    auto *called = as<CallExpr>(one.value.get());
    bool isNamed = as<NameExpr>(one.value.get()) || (called && called->estimator && !called->parentheses);
    if (function.parameters[i] == Type::Attack && !isNamed)
      return fail(Id::AttackedBy, one.value->location,
                  "`" + function.name +
                      "` takes an attack that the loss is given: a parameter, such as `by: attack`");
    if (!one.name.empty())
      return fail(Id::ByPositionOnly, one.location,
                  "`" + function.name + "` takes its arguments by position");
    Type got = argument(e, i, function.parameters[i]);
    e.bound.push_back(one.value.get());
    if (one.except && !function.mayExcept)
      return fail(Id::ExceptOutsideMax, one.except->location,
                  "`except` has a meaning in `max(z except t)` only");
    if (one.except && !isOfClasses(got) && got != Type::Unknown)
      return fail(Id::ExceptOfLogits, one.value->location,
                  "`except` leaves a class out of logits, got " + std::string(spelling(got)));
    if (one.except)
      expect(*one.except, Type::Class, "what `except` leaves out");
    result = together(result, got, e.location, "`" + function.name + "`");
  }
  if (function.writtenOut)
    wholeConstant(e);
  if (function.ofGroups)
    groupsAreKnown(e);
  if (given == 1 && function.noneBelowZero && isNegative(*e.arguments[0].value))
    return fail(Id::NoValue, e.location, "`" + format(e) + "` is no number");
  if (function.keeps && eachOf(e) == function.each.front())
    return Type::Real; // one for the layer
  return function.result == Type::Unknown ? (result == Type::Int ? Type::Real : result) : function.result;
}

Type ExpressionTyper::namedCall(CallExpr &e) {
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const CatalogParameter &one : e.builtin->named) {
    names.push_back(one.name);
    required.push_back(one.byDefault.empty());
  }
  auto matched = matchArguments(program, e.arguments, e.location, names, required, "`" + e.name() + "`");
  if (!matched)
    return Type::Unknown;
  for (size_t i = 0; i < names.size(); ++i) {
    const Argument *one = (*matched)[i];
    e.bound.push_back(one ? one->value.get() : nullptr);
    if (one)
      expect(*one->value, Type::Real, "`" + names[i] + "` of `" + e.name() + "`");
    auto *literal = one ? as<NumberExpr>(one->value.get()) : nullptr;
    if (literal)
      convert(program, literal->value, e.builtin->named[i], literal->location, "`" + e.name() + "`");
  }
  return e.builtin->result;
}

} // namespace switchyard
