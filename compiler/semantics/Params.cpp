// The program's `param`s: their defaults in order, `--set name=value` in their place.

#include "compiler/semantics/Evaluate.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

/// `--set` texts by name; errors for those that are no assignment.
std::map<std::string, std::string> readSets(Program &program) {
  std::map<std::string, std::string> result;
  for (const std::string &one : program.options.sets) {
    size_t sign = one.find('=');
    if (sign == std::string::npos || sign == 0 || sign + 1 == one.size())
      program.diagnostics.error({}, "--set takes name=value, got `" + one + "`");
    else
      result[one.substr(0, sign)] = one.substr(sign + 1);
  }
  return result;
}

/// `8/255`, `-1.5`, `3`
std::optional<Number> readNumber(const std::string &text) {
  size_t slash = text.find('/');
  std::string first = text.substr(0, slash);
  bool negative = !first.empty() && first[0] == '-';
  if (negative)
    first.erase(0, 1);
  auto isNumber = [](const std::string &word) {
    size_t digits = word.find_first_not_of("0123456789.eE-");
    return !word.empty() && isdigit(word.front()) && isdigit(word.back()) && digits == std::string::npos;
  };
  if (!isNumber(first) || (slash != std::string::npos && !isNumber(text.substr(slash + 1))))
    return std::nullopt;
  Number number = negative ? -Number::parse(first) : Number::parse(first);
  return slash == std::string::npos ? number : number / Number::parse(text.substr(slash + 1));
}

std::optional<Value> readSet(Program &program, const ParamDecl &decl, const std::string &text) {
  if (decl.type.name == "bool" && (text == "true" || text == "false"))
    return Value(text == "true");
  auto number = decl.type.name == "bool" ? std::nullopt : readNumber(text);
  if (number && (decl.type.name == "real" || number->isInteger()))
    return Value(*number);
  program.diagnostics.error(decl.location, "--set " + decl.name + "=" + text + ": `" + decl.name +
                                               "` is of type " + decl.type.name);
  return std::nullopt;
}

} // namespace

void evaluateParams(Program &program) {
  auto sets = readSets(program);
  std::vector<std::string> known;
  for (auto &decl : program.user().declarations) {
    auto *param = as<ParamDecl>(decl.get());
    if (!param)
      continue;
    known.push_back(param->name);
    const std::string &type = param->type.name;
    if (type != "real" && type != "int" && type != "bool")
      program.diagnostics.error(param->type.location,
                                "a param is `real`, `int` or `bool`, not `" + type + "`");
    auto set = sets.find(param->name);
    auto value = set != sets.end() ? readSet(program, *param, set->second)
                                   : evaluate(program, *param->value, topScope(program, program.user()));
    bool fits =
        value && (type == "bool" ? std::holds_alternative<bool>(value->data)
                                 : value->isNumber() && (type == "real" || value->number().isInteger()));
    if (value && !fits)
      program.diagnostics.error(param->value->location,
                                "`" + param->name + "` is of type " + type + ", got " + value->text());
    program.params[param->name] = fits ? *value : Value(Number(1));
    if (set != sets.end())
      sets.erase(set);
  }
  for (auto &[name, text] : sets)
    program.diagnostics.error({},
                              "--set " + name + ": the program has no such param" + didYouMean(name, known));
}

} // namespace switchyard
