// Arguments to parameters: by position, by name, defaults last, each converted to its parameter's type.

#include "compiler/frontend/Evaluate.h"
#include "compiler/frontend/Print.h"
#include "compiler/frontend/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

std::optional<std::vector<const Argument *>>
matchArguments(Program &program, const std::vector<Argument> &arguments, Location where,
               const std::vector<std::string> &names, const std::vector<bool> &required,
               const std::string &what) {
  std::vector<const Argument *> matched(names.size());
  Diagnostics &diagnostics = program.diagnostics;
  int before = diagnostics.errorCount();
  size_t position = 0;
  bool named = false;
  for (const Argument &one : arguments) {
    size_t index = position;
    if (one.except)
      diagnostics.error(one.except->location, "`except` has a meaning in `max` and `min` only");
    if (!one.name.empty()) {
      named = true;
      index = std::find(names.begin(), names.end(), one.name) - names.begin();
      if (index == names.size()) {
        diagnostics.error(one.location,
                          what + " has no parameter `" + one.name + "`" + didYouMean(one.name, names));
        continue;
      }
    } else if (named) {
      diagnostics.error(one.location, "an argument by position cannot follow one by name");
      continue;
    } else if (++position > names.size()) {
      diagnostics.error(one.location,
                        what + " takes " +
                            (names.empty() ? "no arguments"
                                           : "at most " + std::to_string(names.size()) +
                                                 (names.size() == 1 ? " argument" : " arguments")) +
                            (names.empty() ? "" : ": " + joined(names, ", ")));
      break;
    }
    if (matched[index])
      diagnostics.error(one.location, "`" + names[index] + "` is given twice");
    matched[index] = &one;
  }
  for (size_t i = 0; i < names.size() && diagnostics.errorCount() == before; ++i)
    if (required[i] && !matched[i])
      diagnostics.error(where, what + " needs `" + names[i] + "`");
  if (diagnostics.errorCount() > before)
    return std::nullopt;
  return matched;
}

namespace {

/// Converts values to the types that declarations write.
class Converter {
public:
  Converter(Program &program, const Scope &scope, const std::string &what)
      : program(program), scope(scope), what(what) {}

  std::optional<Value> operator()(const Parameter &parameter, const Expr &e) {
    const std::string &type = parameter.type.name;
    if (type == "objective")
      return objective(e);
    if (type == "block" || type == "place")
      return place(e);
    if (type == "draw" || (type == "list" && e.kind == ExprKind::Name && !scope.find(format(e))))
      return word(e);
    auto value = evaluate(program, e, scope);
    return value ? typed(parameter, *value, e) : std::nullopt;
  }

private:
  std::nullopt_t wrong(const Parameter &parameter, const Value &value, const Expr &e,
                       const std::string &wanted) {
    program.diagnostics
        .error(e.location,
               "`" + parameter.name + "` of " + what + " must be " + wanted + ", got " + value.text())
        .note(parameter.location, "declared here");
    return std::nullopt;
  }

  std::optional<Value> typed(const Parameter &parameter, const Value &value, const Expr &e) {
    const std::string &type = parameter.type.name;
    if (type == "bool")
      return std::holds_alternative<bool>(value.data) ? std::optional<Value>(value)
                                                      : wrong(parameter, value, e, "true or false");
    if (type == "list")
      return value.isList() ? std::optional<Value>(value) : wrong(parameter, value, e, "a list");
    if (!value.isNumber())
      return wrong(parameter, value, e, "a number");
    if (type == "int" && !value.number().isInteger()) // S1.5
      return Value(Number(value.number().asCount()));
    return value;
  }

  std::optional<Value> objective(const Expr &e) {
    auto *name = as<NameExpr>(&e);
    if (!name) {
      program.diagnostics.error(e.location, "`" + format(e) + "` is no objective; give the name of one");
      return std::nullopt;
    }
    if (const Value *known = scope.find(joined(name->path, ".")); known && known->objective())
      return *known;
    auto *decl = program.find<ObjectiveDecl>(joined(name->path, "."), scope.module, e.location);
    return decl ? std::optional<Value>(ObjectiveRef{decl}) : std::nullopt;
  }

  std::optional<Value> place(const Expr &e) {
    auto *name = as<NameExpr>(&e);
    if (!name) {
      program.diagnostics.error(e.location,
                                "`" + format(e) + "` is no place; give `first` or a block's name");
      return std::nullopt;
    }
    std::string text = joined(name->path, ".");
    if (const Value *known = scope.find(text); known && std::holds_alternative<Place>(known->data))
      return *known;
    return Value(text == "first" ? Place{Place::First, "block"} : Place{Place::Named, text});
  }

  std::optional<Value> word(const Expr &e) {
    if (auto *name = as<NameExpr>(&e))
      return Value(Word{joined(name->path, ".")});
    program.diagnostics.error(e.location, "`" + format(e) + "` must be a word");
    return std::nullopt;
  }

  Program &program;
  const Scope &scope;
  const std::string &what;
};

} // namespace

std::optional<NamedValues> bindArguments(Program &program, const CallExpr &call,
                                         const std::vector<Parameter> &parameters, const Scope &scope,
                                         const Module &home, const std::string &what) {
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const Parameter &one : parameters) {
    names.push_back(one.name);
    required.push_back(!one.byDefault);
  }
  auto matched = matchArguments(program, call.arguments, call.location, names, required, what);
  if (!matched)
    return std::nullopt;
  NamedValues result;
  Scope inside = topScope(program, home);
  bool failed = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Argument *given = (*matched)[i];
    Converter convert(program, given ? scope : inside, what);
    auto value = convert(parameters[i], given ? *given->value : *parameters[i].byDefault);
    failed |= !value;
    result.push_back({names[i], value ? *value : Value(), given != nullptr});
    // A parameter that failed stays known, so that defaults built on it say nothing more.
    inside.set(names[i], value ? *value : Value(Number(1)));
  }
  return failed ? std::nullopt : std::optional<NamedValues>(result);
}

std::optional<Value> convert(Program &program, Value value, const CatalogParameter &parameter, Location where,
                             const std::string &what) {
  using P = CatalogParameter;
  std::string wanted;
  bool isNumber = value.isNumber();
  double number = isNumber ? value.real() : 0;
  switch (parameter.kind) {
  case P::Count:
    if (isNumber && !value.number().isInteger())
      return Value(Number(value.number().asCount())); // S1.5
    wanted = isNumber && number >= 1 ? "" : "a whole number, at least 1";
    break;
  case P::Size:
    wanted = isNumber && value.number().isInteger() && number >= 0 ? "" : "a whole number, at least 0";
    break;
  case P::Rate:
    wanted = isNumber && number >= 0 && number < 1 ? "" : "a rate: at least 0 and below 1";
    break;
  case P::Positive:
    wanted = isNumber && number > 0 ? "" : "a number above 0";
    break;
  case P::NonNegative:
    wanted = isNumber && number >= 0 ? "" : "a number, at least 0";
    break;
  case P::Flag:
    wanted = std::holds_alternative<bool>(value.data) ? "" : "true or false";
    break;
  case P::When: {
    auto *word = std::get_if<Word>(&value.data);
    bool known = word && (word->text == "training" || word->text == "inference" || word->text == "always");
    wanted = known ? "" : "`training`, `inference` or `always`";
    break;
  }
  }
  if (wanted.empty())
    return value;
  program.diagnostics.error(where, "`" + parameter.name + "` of " + what + " must be " + wanted + ", got " +
                                       value.text());
  return std::nullopt;
}

namespace {

Value defaultOf(const CatalogParameter &parameter) {
  if (parameter.kind == CatalogParameter::When)
    return Word{parameter.byDefault};
  if (parameter.kind == CatalogParameter::Flag)
    return parameter.byDefault == "true";
  return Number::parse(parameter.byDefault);
}

} // namespace

std::optional<NamedValues> bindArguments(Program &program, const std::vector<Argument> &arguments,
                                         Location where, const std::vector<CatalogParameter> &parameters,
                                         const Scope &scope, const std::string &what) {
  std::vector<std::string> names;
  std::vector<bool> required;
  for (const CatalogParameter &one : parameters) {
    names.push_back(one.name);
    required.push_back(one.byDefault.empty());
  }
  auto matched = matchArguments(program, arguments, where, names, required, what);
  if (!matched)
    return std::nullopt;
  NamedValues result;
  bool failed = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Argument *given = (*matched)[i];
    if (!given) {
      result.push_back({names[i], defaultOf(parameters[i]), false});
      continue;
    }
    auto *name = as<NameExpr>(given->value.get());
    bool isWord = parameters[i].kind == CatalogParameter::When && name;
    auto value = isWord ? std::optional<Value>(Word{name->path[0]}) : evaluate(program, *given->value, scope);
    if (value)
      value = convert(program, *value, parameters[i], given->value->location, what);
    failed |= !value;
    result.push_back({names[i], value ? *value : Value(), true});
  }
  return failed ? std::nullopt : std::optional<NamedValues>(result);
}

} // namespace switchyard
