// The program's `param`s: their defaults in order, `--set name=value` in their place; those of modules as
// they are.

#include "compiler/semantics/Evaluate.h"
#include "compiler/syntax/Writer.h"

#include <cmath>

namespace switchyard {

using namespace ast;

namespace {

/// `--set` texts by name; errors for those that are no assignment.
std::map<std::string, std::string> readSets(Program &program) {
  std::map<std::string, std::string> result;
  for (const std::string &one : program.options.sets) {
    size_t sign = one.find('=');
    if (sign == std::string::npos || sign == 0 || sign + 1 == one.size())
      program.diagnostics.error(Id::SetForm, {}, "--set takes name=value, got `" + one + "`");
    else if (!result.insert({one.substr(0, sign), one.substr(sign + 1)}).second)
      program.diagnostics.error(Id::SetTwice, {}, "--set gives `" + one.substr(0, sign) + "` twice");
  }
  return result;
}

/// `8/255`, `-1.5`, `3`, `infinity`: what the language writes as a number, or as a fraction of two.
std::optional<Number> readNumber(const std::string &text) {
  if (text[0] == '-') {
    auto positive = text[1] == '-' ? std::nullopt : readNumber(text.substr(1));
    return positive ? std::optional<Number>(-*positive) : std::nullopt;
  }
  if (text == "infinity")
    return Number::inexact(INFINITY);
  size_t slash = text.find('/');
  auto first = Number::read(text.substr(0, slash));
  auto second = slash == std::string::npos ? Number(1) : Number::read(text.substr(slash + 1));
  if (!first || !second || second->isZero() || !std::isfinite(first->value()) ||
      !std::isfinite(second->value()))
    return std::nullopt;
  return slash == std::string::npos ? *first : *first / *second;
}

std::optional<Value> readSet(Program &program, const ParamDecl &decl, const std::string &text) {
  if (decl.type.name == "bool" && (text == "true" || text == "false"))
    return Value(text == "true");
  auto number = decl.type.name == "bool" ? std::nullopt : readNumber(text);
  if (number && (decl.type.name == "real" || number->isInteger()))
    return Value(*number);
  program.diagnostics.error(Id::SetType, decl.location,
                            "--set " + decl.name + "=" + text + ": `" + decl.name + "` is of type " +
                                decl.type.name +
                                (decl.type.name == "real" ? "; write it as 0.05, 1e-3 or 8/255" : ""));
  return std::nullopt;
}

/// Of one file: what `sets` gives, which is taken out of it, or the defaults.
void evaluateParams(Program &program, const Module &module, std::map<std::string, std::string> &sets,
                    std::map<std::string, Value> &values) {
  for (auto &decl : module.declarations) {
    auto *param = as<ParamDecl>(decl.get());
    if (!param)
      continue;
    const std::string &type = param->type.name;
    if (type != "real" && type != "int" && type != "bool")
      program.diagnostics.error(Id::ParamType, param->type.location,
                                "a param is `real`, `int` or `bool`, not `" + type + "`");
    auto set = sets.find(param->name);
    auto value = set != sets.end() ? readSet(program, *param, set->second)
                                   : evaluate(program, *param->value, topScope(program, module));
    bool fits =
        value && (type == "bool" ? std::holds_alternative<bool>(value->data)
                                 : value->isNumber() && (type == "real" || value->number().isInteger()));
    if (value && !fits)
      program.diagnostics.error(Id::ParamValue, param->value->location,
                                "`" + param->name + "` is of type " + type + ", got " + value->text());
    values[param->name] = fits ? *value : Value();
    if (set != sets.end())
      sets.erase(set);
  }
}

} // namespace

void evaluateParams(Program &program) {
  std::map<std::string, std::string> sets = readSets(program), none;
  for (auto &module : program.checked.modules)
    if (module.get() != &program.user())
      evaluateParams(program, *module, none, program.defaults[module.get()]);
  evaluateParams(program, program.user(), sets, program.params);
  std::vector<std::string> known;
  for (auto &[name, value] : program.params)
    known.push_back(name);
  for (auto &[name, text] : sets)
    if (!program.mayBe(DeclKind::Param, name, program.user()))
      program.diagnostics.error(Id::UnknownParam, {},
                                "--set " + name + ": the program has no such param" +
                                    didYouMean(name, known));
}

} // namespace switchyard
