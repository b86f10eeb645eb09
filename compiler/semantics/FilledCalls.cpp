// See FilledCalls.h. A default that other parameters are in has what is given for them.

#include "compiler/semantics/FilledCalls.h"

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/OpenCounts.h"
#include "compiler/syntax/Clone.h"
#include "compiler/syntax/Print.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

/// Of a row of the table of layers.
static std::string filled(const CallExpr &call, std::vector<std::pair<std::string, std::string>> parameters) {
  std::vector<std::string> parts;
  size_t position = 0;
  auto find = [&](const std::string &name) {
    return std::find_if(parameters.begin(), parameters.end(), [&](auto &p) { return p.first == name; });
  };
  std::set<std::string> given;
  for (const Argument &one : call.arguments) {
    std::string name = one.name.empty() ? parameters[position++].first : one.name, value = format(*one.value);
    given.insert(name);
    auto known = find(name);
    if (known == parameters.end())
      parameters.push_back({name, value}); // `when`
    else
      known->second = value;
  }
  for (auto &[name, value] : parameters) {
    if (auto followed = find(value); !given.count(name) && followed != parameters.end())
      value = followed->second;
    parts.push_back(name + " = " + value);
  }
  return parts.empty() ? callText(call) : call.name() + "(" + joined(parts, ", ") + ")";
}

CallText FilledCalls::layer() const {
  return [this](const CallExpr &call) {
    const LayerKind *kind = findLayer(call.name());
    if (!kind)
      return filled(call, layerParameters(call.name()));
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const CatalogParameter &one : kind->parameters)
      parameters.push_back({one.name, one.byDefault});
    return switchyard::filled(call, std::move(parameters));
  };
}

RecipeText FilledCalls::recipe(const DefenseDecl &defense) const {
  return [this, &defense](const Rewrite &one) {
    if (std::any_of(defense.parameters.begin(), defense.parameters.end(),
                    [&](const Parameter &parameter) { return parameter.name == one.call->name(); }))
      return callText(*one.call);
    if (one.kind == RewriteKind::TrainRecipe)
      return one.call->arguments.empty() ? one.call->name() + "(draw = per_example)" : callText(*one.call);
    return one.kind == RewriteKind::TrainBy ? filled(*one.call, parametersOf<LossDecl>(*one.call))
                                            : filled(*one.call, parametersOf<AttackDecl>(*one.call));
  };
}

CallText FilledCalls::defense() const {
  return [this](const CallExpr &call) { return filled(call, parametersOf<DefenseDecl>(call)); };
}

const std::vector<Parameter> *FilledCalls::layerParameters(const std::string &name) const {
  if (auto *layer = declared<LayerDecl>(name))
    return &layer->parameters;
  auto *part = declared<PartDecl>(name);
  return part ? &part->parameters : nullptr;
}

/// A call of what is declared; a default that other parameters are in has what is given for them.
std::string FilledCalls::filled(const CallExpr &call, const std::vector<Parameter> *parameters) const {
  if (!parameters || parameters->empty())
    return callText(call);
  std::map<std::string, const Expr *> given;
  std::vector<std::string> parts;
  size_t position = 0;
  for (const Argument &one : call.arguments)
    given[one.name.empty() ? (*parameters)[position++].name : one.name] = one.value.get();
  Substitution values;
  OpenCounts counts;
  for (const Parameter &one : *parameters) {
    if (counts.leavesOut(one, given.count(one.name)))
      continue;
    auto found = given.find(one.name);
    ExprPtr value = found != given.end() ? clone(*found->second, {})
                    : one.byDefault      ? clone(*one.byDefault, values)
                                         : nullptr;
    if (!value)
      continue;
    auto *number = as<NumberExpr>(value.get());
    counts.add(one, number && number->value.isInteger());
    parts.push_back(one.name + " = " + valueText(one, *value));
    values[one.name] = std::move(value);
  }
  for (const Argument &one : call.arguments)
    if (!one.name.empty() && !values.count(one.name)) // `when`
      parts.push_back(one.name + " = " + format(*one.value));
  return call.name() + "(" + joined(parts, ", ") + ")" +
         (call.estimator ? " with " + callText(*call.estimator) : "");
}

/// An attack or a loss that is handed on has its defaults, too.
std::string FilledCalls::valueText(const Parameter &parameter, const Expr &value) const {
  auto *call = as<CallExpr>(&value);
  if (call && parameter.type.name == "attack")
    return filled(*call, parametersOf<AttackDecl>(*call));
  if (call && parameter.type.name == "loss")
    return filled(*call, parametersOf<LossDecl>(*call));
  return format(value);
}

} // namespace switchyard
