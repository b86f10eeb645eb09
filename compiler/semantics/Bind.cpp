// Arguments to parameters: by position, by name, defaults last, each converted to its parameter's type.

#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Callings.h"
#include "compiler/semantics/Layers.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>

namespace switchyard {

using namespace ast;

static std::string tooMany(const std::string &what, const std::vector<std::string> &names) {
  if (names.empty())
    return what + " takes no arguments";
  return what + " takes at most " + std::to_string(names.size()) +
         (names.size() == 1 ? " argument: " : " arguments: ") + joined(names, ", ");
}

/// Of what ends several names nobody knows which is meant: `decay` is one thing in Keras, another in PyTorch.
static void reportUnknown(Program &program, const Argument &argument, const std::vector<std::string> &names,
                          const std::string &what) {
  const std::string end = "_" + argument.name;
  std::vector<std::string> meant;
  for (const std::string &name : names)
    if (name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0)
      meant.push_back("`" + name + "`");
  bool twice = meant.size() > 1;
  std::string near = twice ? "" : didYouMean(argument.name, names);
  auto &error = program.diagnostics.error(twice ? Id::TwoMeanings : Id::UnknownArgument, argument.location,
                                          what + " has no parameter `" + argument.name + "`" +
                                              (twice ? ", which could mean " + joined(meant, " or ") : near));
  if (!twice && near.empty())
    error.note(names.empty() ? "it has none" : "its parameters are " + joined(names, ", "));
}

std::optional<std::vector<const Argument *>>
matchArguments(Program &program, const std::vector<Argument> &arguments, Location where,
               const std::vector<std::string> &names, const std::vector<bool> &required,
               const std::string &what, size_t byNameOnly) {
  std::vector<const Argument *> matched(names.size());
  const std::vector<std::string> byPosition(names.begin(), names.end() - static_cast<ptrdiff_t>(byNameOnly));
  Diagnostics &diagnostics = program.diagnostics;
  int before = diagnostics.errorCount();
  size_t position = 0;
  bool named = false;
  for (const Argument &one : arguments) {
    size_t index = position;
    if (one.except)
      diagnostics.error(Id::ExceptOutsideMax, one.except->location,
                        "`except` has a meaning in `max` and `min` only");
    if (!one.name.empty()) {
      named = true;
      index = std::find(names.begin(), names.end(), one.name) - names.begin();
      if (index == names.size()) {
        reportUnknown(program, one, names, what);
        continue;
      }
    } else if (named) {
      diagnostics.error(Id::PositionAfterName, one.location,
                        "an argument by position cannot follow one by name");
      continue;
    } else if (++position > byPosition.size()) {
      diagnostics.error(Id::TooManyArguments, one.location, tooMany(what, byPosition));
      break;
    }
    if (matched[index])
      diagnostics.error(Id::GivenTwice, one.location, "`" + names[index] + "` is given twice");
    matched[index] = &one;
  }
  for (size_t i = 0; i < names.size() && diagnostics.errorCount() == before; ++i)
    if (required[i] && !matched[i])
      diagnostics.error(Id::MissingArgument, where, what + " needs `" + names[i] + "`");
  return diagnostics.errorCount() > before ? std::nullopt : std::optional(matched);
}

namespace {

std::optional<Value> evaluatePlace(Program &program, const Expr &e, const Scope &scope) {
  if (auto *place = as<PlaceExpr>(&e)) {
    const std::string &target = place->place.target;
    if (target == "block" || isLayer(program, target, scope.module))
      return Value(Place{place->place.which, kindNamed(program, target, scope.module)});
    reportNoPlace(program, e.location, target, scope.module);
    return std::nullopt;
  }
  auto *name = as<NameExpr>(&e);
  if (!name) {
    program.diagnostics.error(Id::NoPlace, e.location,
                              "`" + format(e) + "` is no place; give `first` or a block's name");
    return std::nullopt;
  }
  std::string text = joined(name->path, ".");
  if (const Value *known = scope.find(text); known && std::holds_alternative<Place>(known->data))
    return *known;
  return Value(text == "first" ? Place{Place::First, "block"} : Place{Place::Named, text});
}

} // namespace

std::optional<Value> evaluatePlaces(Program &program, const Expr &e, const Scope &scope) {
  auto *name = as<NameExpr>(&e);
  const Value *known = name ? scope.find(joined(name->path, ".")) : nullptr;
  auto *word = known ? std::get_if<Word>(&known->data) : nullptr;
  if (known && (known->isList() || (word && word->text == "blocks")))
    return *known;
  if (name && !known && name->path[0] == "blocks" && name->path.size() == 1)
    return Value(Word{"blocks"});
  auto *list = as<ListExpr>(&e);
  if (!list) {
    program.diagnostics.error(Id::NoListOfPlaces, e.location,
                              "`" + format(e) + "` is no list of places; write `blocks`, or such as " +
                                  "`[first dense, every later conv]`");
    return std::nullopt;
  }
  Value::List places;
  for (auto &one : list->elements) {
    auto place = evaluatePlace(program, *one, scope);
    if (!place)
      return std::nullopt;
    places.push_back(*place);
  }
  return Value(places);
}

std::optional<Value> evaluateDraw(Program &program, const Expr &e, const Scope &scope) {
  auto *name = as<NameExpr>(&e);
  std::string text = format(e);
  if (const Value *known = name ? scope.find(text) : nullptr)
    text = known->text();
  if (name && (text == "per_example" || text == "per_batch"))
    return Value(Word{text});
  program.diagnostics.error(Id::UnknownDraw, e.location,
                            "draws are made `per_example` or `per_batch`, not `" + text + "`" +
                                didYouMean(text, {"per_example", "per_batch"}));
  return std::nullopt;
}

namespace {

/// What a number must be for 32-bit arithmetic; empty: it is.
std::string whyNoReal(double number) {
  if (std::isinf(number))
    return "finite";
  if (std::fabs(number) > limits::largestReal)
    return "at most 3.4e38, where 32-bit arithmetic ends";
  if (number != 0 && std::fabs(number) < limits::smallestReal)
    return "0 or at least 1.2e-38, where 32-bit arithmetic begins";
  return "";
}

/// Converts values to the types that declarations write.
class Converter {
public:
  Converter(Program &program, const Scope &scope, const std::string &what, Counts counts,
            bool mayBeInfinite = false)
      : program(program), scope(scope), what(what), counts(counts), mayBeInfinite(mayBeInfinite) {}

  std::optional<Value> operator()(const Parameter &parameter, const Expr &e) {
    const std::string &type = parameter.type.name;
    if (type == "objective")
      return objective(e);
    if (type == "attack" || type == "loss")
      return calling(parameter, e);
    if (type == "block" || type == "place")
      return place(parameter, e);
    if (type == "draw")
      return evaluateDraw(program, e, scope);
    if (parameter.type.isListOf("place") || parameter.type.isListOf("block"))
      return evaluatePlaces(program, e, scope);
    auto value = evaluate(program, e, scope);
    return value ? typed(parameter, *value, e) : std::nullopt;
  }

private:
  std::nullopt_t wrong(const Parameter &parameter, const Value &value, const Expr &e,
                       const std::string &wanted) {
    Diagnostic &error = program.diagnostics.error(Id::ArgumentValue, e.location,
                                                  "`" + parameter.name + "` of " + what + " must be " +
                                                      wanted + ", got " + value.text());
    if (std::string advice = wholeNumbersAround(value); parameter.type.name == "int" && !advice.empty())
      error.note(advice);
    error.note(parameter.location, "declared here");
    return std::nullopt;
  }

  std::optional<Value> typed(const Parameter &parameter, const Value &value, const Expr &e) {
    const std::string &type = parameter.type.name;
    if (type == "bool")
      return std::holds_alternative<bool>(value.data) ? std::optional<Value>(value)
                                                      : wrong(parameter, value, e, "true or false");
    if (type == "list")
      return list(parameter, value, e);
    if (!value.isNumber())
      return wrong(parameter, value, e, "a number");
    if (type == "int" && !count(value, e).number().isInteger())
      return wrong(parameter, value, e, "a whole number");
    if (type == "int" && std::fabs(value.real()) > static_cast<double>(limits::count))
      return wrong(parameter, value, e,
                   "a whole number of at most " + std::to_string(limits::count) + ", or declared `real`");
    if (mayBeInfinite && std::isinf(value.real()))
      return value;
    if (std::string wanted = type == "real" ? whyNoReal(value.real()) : ""; !wanted.empty())
      return wrong(parameter, value, e, wanted);
    return type == "int" ? count(value, e) : value;
  }

  /// Rounded (S1.5); what is infinite or not above 0 cannot be.
  Value count(const Value &value, const Expr &e) const {
    bool asWritten = countsOf(e, counts) == Counts::Whole || value.number().isInteger() ||
                     value.real() <= 0 || std::isinf(value.real());
    return asWritten ? value : Value(Number(value.number().asCount()));
  }

  std::optional<Value> list(const Parameter &parameter, const Value &value, const Expr &e) {
    if (!value.isList())
      return wrong(parameter, value, e, "a list");
    bool ofNumbers = parameter.type.isListOf("int") || parameter.type.isListOf("real");
    Value::List result;
    for (const Value &one : value.list()) {
      if (ofNumbers && !one.isNumber())
        return wrong(parameter, value, e, "a list of numbers");
      result.push_back(parameter.type.isListOf("int") ? count(one, e) : one);
    }
    return Value(result);
  }

  std::optional<Value> place(const Parameter &parameter, const Expr &e) {
    auto value = evaluatePlace(program, e, scope);
    const Place *known = value ? &std::get<Place>(value->data) : nullptr;
    bool isLayer = known && known->which != Place::Named && known->target != "block";
    return isLayer && parameter.type.name == "block" ? wrong(parameter, *value, e, "a block") : value;
  }

  std::optional<Value> objective(const Expr &e) {
    auto *name = as<NameExpr>(&e);
    if (!name) {
      program.diagnostics.error(Id::NoObjective, e.location,
                                "`" + format(e) + "` is no objective; give the name of one");
      return std::nullopt;
    }
    if (const Value *known = scope.find(joined(name->path, ".")); known && known->objective())
      return *known;
    std::string text = joined(name->path, ".");
    auto *decl = program.find<ObjectiveDecl>(text, scope.module, e.location);
    return decl ? std::optional<Value>(ObjectiveRef{decl, text}) : std::nullopt;
  }

  /// A call whose names have the values that they have here, or one that was handed on already.
  std::optional<Value> calling(const Parameter &parameter, const Expr &e) {
    const std::string &type = parameter.type.name;
    auto *name = as<NameExpr>(&e);
    const Value *known = name ? scope.find(joined(name->path, ".")) : nullptr;
    if (known && known->calling())
      return *known;
    auto *call = as<CallExpr>(&e);
    if (!call) {
      program.diagnostics
          .error(Id::NoCalling, e.location,
                 "`" + parameter.name + "` of " + what + " must be " +
                     (type == "loss" ? "a loss" : "an attack") + ", got `" + format(e) + "`")
          .note("such as `" + parameter.name +
                (type == "loss" ? " = trades(divergence_pgd(8/255))`" : " = pgd(8/255)`"))
          .note(parameter.location, "declared here");
      return std::nullopt;
    }
    if (call->estimator && type == "loss") {
      program.diagnostics.error(Id::SampledNoAttack, e.location,
                                "`with` says how an attack estimates its gradients: write it behind those "
                                "that the loss is given");
      return std::nullopt;
    }
    if (const Calling *handed = call->estimator ? handedOn(e, scope) : nullptr)
      return Value(sampledCall(program, *handed, *call->estimator, scope));
    bool isThere = type == "loss"
                       ? program.find<LossDecl>(call->name(), scope.module, call->location) != nullptr
                       : program.find<AttackDecl>(call->name(), scope.module, call->location) != nullptr;
    if (!isThere)
      return std::nullopt;
    return Value(closedCall(program, *call, scope));
  }

  Program &program;
  const Scope &scope;
  const std::string &what;
  Counts counts;
  bool mayBeInfinite;
};

} // namespace

std::optional<Value> convert(Program &program, const Parameter &parameter, const Expr &e, const Scope &scope,
                             const std::string &what, bool mayBeInfinite, Counts counts) {
  return Converter(program, scope, what, counts, mayBeInfinite)(parameter, e);
}

bool isHeldByReals(Program &program, const Parameter &parameter, const Value &value, Location where,
                   const std::string &to) {
  if (parameter.type.name != "int" || !value.isNumber())
    return true;
  double exact = value.number().value(), kept = static_cast<double>(static_cast<float>(exact));
  if (exact == kept)
    return true;
  program.diagnostics.error(Id::RoundedToAttacks, where,
                            "`" + parameter.name + " = " + value.text() + "` would be " +
                                Number(static_cast<int64_t>(kept)).text() + " to " + to +
                                ": its 32-bit reals hold every whole number up to 16777216, above that some");
  return false;
}

/// Whether two values are one, however they are written: 0.1 and 1/10.
static bool isSame(const Value &a, const Value &b) {
  if (a.isNumber() && b.isNumber())
    return !(a.number() < b.number()) && !(b.number() < a.number());
  if (a.isList() && b.isList())
    return std::equal(a.list().begin(), a.list().end(), b.list().begin(), b.list().end(), isSame);
  if (a.objective() || b.objective())
    return a.objective() == b.objective();
  return a.data.index() == b.data.index() && a.text() == b.text();
}

/// Whether a default is made of other parameters.
static bool followsOthers(const Expr &byDefault, const std::vector<std::string> &parameters) {
  std::vector<const NameExpr *> names;
  collectNames(byDefault, names);
  return std::any_of(names.begin(), names.end(), [&](const NameExpr *name) {
    return std::find(parameters.begin(), parameters.end(), joined(name->path, ".")) != parameters.end();
  });
}

/// Where the name of an argument stands.
static Location nameOf(const Argument &argument) {
  Location place = argument.location;
  return {place.file, place.line, place.column, static_cast<int>(argument.name.size())};
}

std::optional<NamedValues> bindArguments(Program &program, const CallExpr &call,
                                         const std::vector<Parameter> &parameters, const Scope &scope,
                                         const Module &home, const std::string &what,
                                         const std::vector<std::string> &others, Counts counts) {
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const Parameter &one : parameters) {
    names.push_back(one.name);
    required.push_back(!one.byDefault);
  }
  names.insert(names.end(), others.begin(), others.end());
  required.resize(names.size());
  auto matched = matchArguments(program, call.arguments, call.location, names, required, what, others.size());
  if (!matched)
    return std::nullopt;
  NamedValues result;
  CalledHere named(program, call);
  Scope inside = topScope(program, home);
  bool failed = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Argument *given = (*matched)[i];
    const Expr *byDefault = parameters[i].byDefault.get();
    Converter convert(program, given ? scope : inside, what, counts), fill(program, inside, what, counts);
    auto value = convert(parameters[i], given ? *given->value : *byDefault);
    failed |= !value;
    bool chosen =
        given && byDefault && mentionsAxis(*given->value, scope) && !followsOthers(*byDefault, names);
    bool written = given && (chosen || !byDefault || !value || !program.diagnostics.quietly([&] {
                     auto otherwise = fill(parameters[i], *byDefault);
                     return otherwise && isSame(*value, *otherwise);
                   }));
    result.push_back({names[i], value ? *value : Value(), written});
    if (given && !given->name.empty())
      program.references.add(nameOf(*given), Referent::Parameter, parameters[i].location);
    // A parameter that failed stays known, so that defaults built on it say nothing more.
    inside.set(names[i], value ? *value : Value(), parameters[i].location);
  }
  return failed ? std::nullopt : std::optional<NamedValues>(result);
}

/// Reals that compiled code holds.
static bool areNumbers(const Value::List &list) {
  return !list.empty() && std::all_of(list.begin(), list.end(), [](const Value &one) {
    return one.isNumber() && whyNoReal(one.real()).empty();
  });
}

/// What `parameter` must be where `value` is not; empty where it is.
static std::string wantedOf(const CatalogParameter &parameter, const Value &value) {
  using P = CatalogParameter;
  bool isNumber = value.isNumber();
  double number = isNumber ? value.real() : 0;
  std::string most = "a whole number of at most " + std::to_string(parameter.most);
  bool above = number > static_cast<double>(parameter.most);
  switch (parameter.kind) {
  case P::Count:
  case P::Size: {
    int least = parameter.kind == P::Count ? 1 : 0;
    bool fits = isNumber && value.number().isInteger() && number >= least;
    return above ? most : fits ? "" : "a whole number, at least " + std::to_string(least);
  }
  case P::Rate:
  case P::TrainingRate:
  case P::InferenceRate: // as compiled code will read it, too: 0.99999999999 is 1 there
    return isNumber && number >= 0 && static_cast<float>(number) < 1 ? "" : "a rate: at least 0 and below 1";
  case P::Positive:
    return isNumber && number > 0 ? whyNoReal(number) : "a number above 0";
  case P::NonNegative:
    return isNumber && number >= 0 ? whyNoReal(number) : "a number, at least 0";
  case P::Flag:
    return std::holds_alternative<bool>(value.data) ? "" : "true or false";
  case P::Numbers:
    return (isNumber && areNumbers({value})) || (value.isList() && areNumbers(value.list()))
               ? ""
               : "a finite number of 32 bits, or a list of such";
  case P::File: {
    auto *text = std::get_if<std::string>(&value.data);
    return text && !text->empty() ? "" : "a file's name in quotes";
  }
  case P::When: {
    auto *word = std::get_if<Word>(&value.data);
    bool known = word && (word->text == "training" || word->text == "inference" || word->text == "always");
    return known ? "" : "`training`, `inference` or `always`";
  }
  }
  return "";
}

std::optional<Value> convert(Program &program, Value value, const CatalogParameter &parameter, Location where,
                             const std::string &what, Counts counts) {
  if (counts == Counts::Rounded && parameter.kind == CatalogParameter::Count && value.isNumber() &&
      !value.number().isInteger() && value.real() > 0 && value.real() <= static_cast<double>(parameter.most))
    return Value(Number(value.number().asCount())); // S1.5
  std::string wanted = wantedOf(parameter, value);
  if (wanted.empty())
    return value;
  Diagnostic &error = program.diagnostics.error(Id::SettingValue, where,
                                                "`" + parameter.name + "` of " + what + " must be " + wanted +
                                                    ", got " + value.text());
  if (std::string advice = wholeNumbersAround(value);
      parameter.kind == CatalogParameter::Count && !advice.empty())
    error.note(advice);
  return std::nullopt;
}

namespace {

/// `before`: the values of the parameters before it.
Value defaultOf(const CatalogParameter &parameter, const NamedValues &before) {
  for (const NamedValue &one : before)
    if (one.name == parameter.byDefault)
      return one.value;
  if (parameter.kind == CatalogParameter::When)
    return Word{parameter.byDefault};
  if (parameter.kind == CatalogParameter::Flag)
    return parameter.byDefault == "true";
  return Number::parse(parameter.byDefault);
}

} // namespace

std::optional<NamedValues> bindArguments(Program &program, const std::vector<Argument> &arguments,
                                         Location where, const std::vector<CatalogParameter> &parameters,
                                         const Scope &scope, const std::string &what, size_t byNameOnly,
                                         Counts counts) {
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const CatalogParameter &one : parameters) {
    names.push_back(one.name);
    required.push_back(one.byDefault.empty());
  }
  auto matched = matchArguments(program, arguments, where, names, required, what, byNameOnly);
  if (!matched)
    return std::nullopt;
  NamedValues result;
  bool failed = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Argument *given = (*matched)[i];
    if (!given) {
      result.push_back({names[i], defaultOf(parameters[i], result), false});
      continue;
    }
    auto *name = as<NameExpr>(given->value.get());
    bool isWord = parameters[i].kind == CatalogParameter::When && name;
    auto value = isWord ? std::optional<Value>(Word{name->path[0]}) : evaluate(program, *given->value, scope);
    if (value)
      value = convert(program, *value, parameters[i], given->value->location, what,
                      countsOf(*given->value, counts));
    failed |= !value;
    result.push_back({names[i], value ? *value : Value(), true});
  }
  return failed ? std::nullopt : std::optional<NamedValues>(result);
}

} // namespace switchyard
