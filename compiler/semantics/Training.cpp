// See Training.h. An argument that is about how far the training is, or that calls something, is computed at
// each step; all others have values, of which the optimizer may require something.

#include "compiler/semantics/Training.h"

#include "compiler/semantics/BodyTypes.h"
#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/Requirements.h"
#include "compiler/syntax/Clone.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>

namespace switchyard {

using namespace ast;

namespace {

const CatalogParameter batchParameter = {"batch", CatalogParameter::Count, "128"},
                       epochsParameter = {"epochs", CatalogParameter::Count, ""};

class TrainingResolver {
public:
  TrainingResolver(Program &program, const Point &point, const OptimizerDecl &decl)
      : program(program), point(point), call(point.call()), decl(decl), scope(point.scope),
        inside(topScope(program, program.home(decl))), what("training `" + call.name() + "`") {}

  std::optional<resolved::Training> resolve() {
    CalledHere named(program, call);
    training.decl = &decl;
    training.optimizer = call.name();
    training.location = call.location;
    training.constants = point.axes;
    for (auto &[name, value] : program.params)
      if (!scope.isAxis(name))
        training.constants.push_back({name, value});
    if (!match())
      return std::nullopt;
    bool good = true;
    for (size_t i = 0; i < decl.parameters.size(); ++i)
      good = argument(decl.parameters[i], matched[i]) && good;
    training.batch = count(batchParameter, matched[matched.size() - 2], good);
    training.epochs = count(epochsParameter, matched.back(), good);
    training.label = label();
    for (auto &one : decl.body)
      if (auto *required = as<RequireStatement>(one.get()))
        good = holds(*required) && good;
    if (good)
      decide(decl.body);
    return good ? std::optional(std::move(training)) : std::nullopt;
  }

private:
  bool match() {
    std::vector<std::string> names;
    std::vector<bool> required;
    for (const Parameter &one : decl.parameters) {
      names.push_back(one.name);
      required.push_back(!one.byDefault);
    }
    for (const std::string &name : trainingArguments()) {
      names.push_back(name);
      required.push_back(name == epochsParameter.name);
    }
    auto found = matchArguments(program, call.arguments, call.location, names, required, what,
                                trainingArguments().size());
    if (found)
      matched = *found;
    return found.has_value();
  }

  bool argument(const Parameter &parameter, const Argument *given) {
    const Expr &e = given ? *given->value : *parameter.byDefault;
    if (given && !given->name.empty())
      program.references.add({given->location.file, given->location.line, given->location.column,
                              static_cast<int>(given->name.size())},
                             Referent::Parameter, parameter.location);
    if (given && isScheduled(e))
      return schedule(parameter, *given);
    auto value =
        convert(program, parameter, e, given ? scope : inside, what, isInfinite(parameter), Counts::Whole);
    if (value && !isHeldByReals(program, parameter, *value, e.location, "the optimizer"))
      value.reset();
    inside.set(parameter.name, value ? *value : Value(), parameter.location);
    training.arguments.push_back({parameter.name, value ? *value : Value()});
    training.arguments.back().written = given && !isDefault(parameter, value);
    return value.has_value();
  }

  /// Whether it has this value when nothing is given; `inside` has the parameters before it.
  bool isDefault(const Parameter &parameter, const std::optional<Value> &value) {
    return value && parameter.byDefault && program.diagnostics.quietly([&] {
      auto otherwise = convert(program, parameter, *parameter.byDefault, inside, what, isInfinite(parameter),
                               Counts::Whole);
      return otherwise && otherwise->text() == value->text();
    });
  }

  /// What tables call it: with what differs from the defaults and is no axis, each param having its value.
  std::string label() const {
    if (!point.title.empty())
      return point.title;
    Substitution names;
    for (auto &[name, value] : program.params)
      if (!scope.isAxis(name))
        names[name] = literal(value);
    std::vector<std::string> parts;
    auto add = [&](const std::string &name, const Argument *given, const std::string &text) {
      if (given && !mentionsAxis(*given->value, scope))
        parts.push_back(name + " = " + text);
    };
    for (size_t i = 0; i < training.arguments.size(); ++i) {
      const resolved::TrainingArgument &one = training.arguments[i];
      if (one.written)
        add(one.name, matched[i], one.schedule ? format(*clone(*one.schedule, names)) : one.value.text());
    }
    if (training.batch != Number::parse(batchParameter.byDefault).asCount())
      add(batchParameter.name, matched[matched.size() - 2], std::to_string(training.batch));
    add(epochsParameter.name, matched.back(), std::to_string(training.epochs));
    return training.optimizer + "(" + joined(parts, ", ") + ")";
  }

  /// Whether infinity is what the parameter has by default: it means something there.
  bool isInfinite(const Parameter &parameter) {
    return parameter.byDefault && program.diagnostics.quietly([&] {
      auto value = evaluate(program, *parameter.byDefault, inside);
      return value && value->isNumber() && std::isinf(value->real());
    });
  }

  /// Whether it is computed at each step.
  bool isScheduled(const Expr &e) const {
    auto *name = as<NameExpr>(&e);
    const auto &names = scheduleNames();
    if (e.kind == ExprKind::Call || (name && !scope.find(name->path[0]) &&
                                     std::find(names.begin(), names.end(), name->path[0]) != names.end()))
      return true;
    std::vector<const Expr *> inner = children(e);
    return std::any_of(inner.begin(), inner.end(), [&](const Expr *child) { return isScheduled(*child); });
  }

  bool schedule(const Parameter &parameter, const Argument &given) {
    scheduled.insert(parameter.name);
    training.arguments.push_back({parameter.name, Value(), given.value.get(), true});
    if (parameter.type.name != "real") {
      program.diagnostics
          .error(Id::ScheduledArgument, given.value->location,
                 "`" + parameter.name + "` of " + what +
                     " is one for all steps: only a `real` can follow a schedule")
          .note(parameter.location, "declared here");
      return false;
    }
    int before = program.diagnostics.troubles();
    Environment environment;
    for (const std::string &name : scheduleNames())
      environment.declare(name, Type::Real, {}, Meaning::Variable, true);
    for (const auto &[name, value, written] : training.constants)
      environment.declare(name,
                          value.isNumber() ? Type::Real
                          : value.empty()  ? Type::Unknown
                                           : Type::Bool,
                          scope.declarationOf(name), Meaning::Parameter, true);
    ExpressionTyper typer(program, program.user(), environment, BodyOf::Schedule);
    typer.expect(*given.value, Type::Real, "`" + parameter.name + "` of " + what);
    return program.diagnostics.troubles() == before;
  }

  int64_t count(const CatalogParameter &parameter, const Argument *given, bool &good) {
    if (!given)
      return Number::parse(parameter.byDefault).asCount();
    auto value = evaluate(program, *given->value, scope);
    if (value)
      value = convert(program, *value, parameter, given->value->location, what, countsOf(*given->value));
    good &= value.has_value();
    return value ? value->integer() : 1;
  }

  /// Whether an expression is about parameters with values and numbers alone.
  bool isKnown(const Expr &e) const {
    auto *name = as<NameExpr>(&e);
    if (e.kind == ExprKind::Call || e.kind == ExprKind::Gradient || e.kind == ExprKind::Index)
      return false;
    if (name && (name->meaning == Meaning::Variable || scheduled.count(name->path[0])))
      return false;
    std::vector<const Expr *> inner = children(e);
    return std::all_of(inner.begin(), inner.end(), [&](const Expr *child) { return isKnown(*child); });
  }

  std::vector<GivenValue> known() const {
    std::vector<GivenValue> values;
    for (size_t i = 0; i < decl.parameters.size(); ++i)
      if (const resolved::TrainingArgument &one = training.arguments[i]; !one.schedule)
        values.push_back({one.name, one.value, matched[i]});
    return values;
  }

  Scope rounded() const {
    Scope result = inside;
    setRounded(result, known());
    return result;
  }

  /// Of what is computed at each step nobody can say.
  bool holds(const RequireStatement &required) {
    return !isKnown(*required.condition) ||
           switchyard::holds(program, required, inside, known(), call.location, what);
  }

  void decide(const Body &body) {
    for (auto &one : body) {
      if (auto *assign = as<AssignStatement>(one.get()))
        decide(*assign->value);
      if (auto *condition = as<IfStatement>(one.get())) {
        decideOne(*condition->condition);
        decide(condition->yes);
        decide(condition->no);
      }
    }
  }

  void decide(const Expr &e) {
    if (auto *choice = as<ChoiceExpr>(&e))
      decideOne(*choice->condition);
    for (const Expr *child : children(e))
      decide(*child);
  }

  void decideOne(const Expr &condition) {
    if (!isKnown(condition))
      return;
    auto truth = program.diagnostics.quietly([&] { return evaluateTruth(program, condition, rounded()); });
    if (truth)
      training.decided[&condition] = *truth;
  }

  Program &program;
  const Point &point;
  const CallExpr &call;
  const OptimizerDecl &decl;
  Scope scope, inside; ///< of the experiment, and of the optimizer's defaults
  std::string what;
  std::vector<const Argument *> matched;
  std::set<std::string> scheduled;
  resolved::Training training;
};

} // namespace

const std::vector<std::string> &trainingArguments() {
  static const std::vector<std::string> names = {batchParameter.name, epochsParameter.name};
  return names;
}

std::optional<resolved::Training> resolveTraining(Program &program, const Point &point) {
  const CallExpr &call = point.call();
  auto *decl = program.find<OptimizerDecl>(call.name(), program.user(), call.location);
  return decl ? TrainingResolver(program, point, *decl).resolve() : std::nullopt;
}

} // namespace switchyard
