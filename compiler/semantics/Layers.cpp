// Layers in networks and rewrites: rows of the table (dialect/layers/) and declared ones (S1.8), their
// arguments bound, what they make of an input. How they stand in chains: Chains.cpp.

#include "compiler/semantics/Layers.h"
#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Requirements.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

bool isLayer(const Program &program, const std::string &name, const Module &from) {
  return findLayer(name) || resolved::Element::isStructure(name) || name == resolved::Element::anyLayer ||
         program.look(DeclKind::Layer, name, from) || program.mayBe(DeclKind::Layer, name, from);
}

std::string kindNamed(const Program &program, const std::string &name, const Module &from) {
  auto *decl = findLayer(name) ? nullptr : as<LayerDecl>(program.look(DeclKind::Layer, name, from));
  if (!decl)
    return name;
  const Module &home = program.home(*decl);
  return home.namespaceOf.empty() ? decl->name : home.namespaceOf + "." + decl->name;
}

std::vector<std::string> knownLayers(const Program &program, const Module &from) {
  std::vector<std::string> names = layerNames();
  for (DeclKind kind : {DeclKind::Layer, DeclKind::Part}) {
    std::vector<std::string> declared = program.namesOf(kind, from);
    names.insert(names.end(), declared.begin(), declared.end());
  }
  return names;
}

void reportNoPlace(Program &program, Location where, const std::string &name, const Module &from) {
  std::vector<std::string> known = knownLayers(program, from);
  known.insert(known.end(), {"block", resolved::Element::residualKind, resolved::Element::choiceKind,
                             resolved::Element::anyLayer});
  auto &error = program.diagnostics.error(Id::UnknownLayer, where,
                                          "there is no layer `" + name + "`" + didYouMean(name, known));
  if (const Decl *part = program.look(DeclKind::Part, name, from))
    error.note(part->location, "a part is no place: name one of its layers, or `residual` where it has one");
}

bool isBuiltIn(const std::string &name) {
  return findLayer(name) || resolved::Element::isStructure(name) || name == "shortcut" || name == "drop" ||
         name == resolved::Element::anyLayer;
}

/// Whether a name means a part: one that the program declares itself before a layer of std, and the other way
/// round.
static bool isPart(const Program &program, const std::string &name, const Module &from) {
  const Decl *part = program.look(DeclKind::Part, name, from),
             *layer = program.look(DeclKind::Layer, name, from);
  return part && !(layer && &program.home(*layer) == &from && &program.home(*part) != &from);
}

LayerNamed layerNamed(Program &program, const CallExpr &call, const Module &from) {
  LayerNamed result;
  const std::string name = call.name();
  auto mayBe = [&](DeclKind kind) {
    return program.look(kind, name, from) || program.mayBe(kind, name, from);
  };
  result.kind = findLayer(name);
  if (result.kind) {
    program.references.add(call.location, Referent::Layer);
  } else if (!isPart(program, name, from) && mayBe(DeclKind::Layer)) {
    result.decl = program.find<LayerDecl>(name, from, call.location);
  } else if (mayBe(DeclKind::Part)) {
    result.part = program.find<PartDecl>(name, from, call.location);
  } else if (resolved::Element::isStructure(name)) {
    program.diagnostics.error(Id::UnknownLayer, call.location, "`" + name + "` takes layers in braces")
        .note("as a member of a `choose` it stands in braces itself: `{ " + name + " { ... } }`");
  } else {
    std::vector<std::string> known = knownLayers(program, from);
    program.diagnostics
        .error(Id::UnknownLayer, call.location, "there is no layer `" + name + "`" + didYouMean(name, known))
        .note("known are " + joined(known, ", "));
  }
  return result;
}

/// A row's parameters, and the one that every layer has.
static std::vector<CatalogParameter> parametersOf(const LayerKind &kind) {
  std::vector<CatalogParameter> parameters = kind.parameters;
  bool saysWhen = std::any_of(parameters.begin(), parameters.end(), [](const CatalogParameter &one) {
    return one.kind == CatalogParameter::When || one.kind == CatalogParameter::TrainingRate ||
           one.kind == CatalogParameter::InferenceRate;
  });
  if (!saysWhen)
    parameters.push_back({whenParameter, CatalogParameter::When, "always"});
  return parameters;
}

/// The declared parameters; null: a row of the table.
static const std::vector<Parameter> *declaredParameters(const LayerNamed &layer) {
  return layer.decl ? &layer.decl->parameters : layer.part ? &layer.part->parameters : nullptr;
}

std::optional<std::vector<const Argument *>> matchLayer(Program &program, const CallExpr &call,
                                                        const LayerNamed &layer) {
  std::vector<std::string> names;
  std::vector<bool> required;
  size_t own = 0; // what stands behind them is given by its name alone
  if (layer.kind) {
    for (const CatalogParameter &one : parametersOf(*layer.kind)) {
      names.push_back(one.name);
      required.push_back(one.byDefault.empty());
    }
    own = layer.kind->parameters.size();
  }
  if (auto *declared = declaredParameters(layer)) {
    for (const Parameter &one : *declared) {
      names.push_back(one.name);
      required.push_back(!one.byDefault);
    }
    own = names.size();
  }
  if (layer.decl) {
    names.emplace_back(whenParameter);
    required.push_back(false);
  }
  return matchArguments(program, call.arguments, call.location, names, required, layerTitle(layer, call),
                        names.size() - own);
}

std::string layerTitle(const LayerNamed &layer, const CallExpr &call) {
  return (layer.part ? "part `" : "layer `") + call.name() + "`";
}

namespace {

constexpr int64_t mostTurns = 1000; ///< of a layer's loops, which stand one after the other

class LayerBinder {
public:
  LayerBinder(Program &program, const LayerNamed &named, const CallExpr &call, const Scope &scope,
              const std::vector<std::string> &symbols)
      : program(program), named(named), call(call), scope(scope), symbols(symbols),
        what(layerTitle(named, call)) {}

  std::optional<resolved::Layer> bind() {
    CalledHere blamed(program, call);
    layer.kind = kindNamed(program, call.name(), scope.module);
    layer.decl = named.decl;
    layer.location = call.location;
    bool bound = named.kind ? bindRow(*named.kind) : named.decl && bindDeclared(*named.decl);
    if (bound && layer.learns() && layer.when == "inference") {
      program.diagnostics.error(Id::NeverTrained, call.location,
                                what + " learns, but would act at inference alone, where nothing is trained");
      return std::nullopt;
    }
    return bound ? std::optional<resolved::Layer>(std::move(layer)) : std::nullopt;
  }

private:
  bool bindRow(const LayerKind &kind) {
    std::vector<CatalogParameter> parameters = parametersOf(kind);
    auto values = bindArguments(program, call.arguments, call.location, parameters, scope, what,
                                parameters.size() - kind.parameters.size(), Counts::Whole);
    if (!values)
      return false;
    auto matched = matchLayer(program, call, named);
    if (values->size() > kind.parameters.size())
      layer.when = values->back().value.word();
    for (size_t i = 0; i < kind.parameters.size(); ++i)
      add((*values)[i], (*matched)[i], kind.parameters[i].isReal());
    return true;
  }

  bool bindDeclared(const LayerDecl &decl) {
    const Module &home = program.home(decl);
    auto values =
        bindArguments(program, call, decl.parameters, scope, home, what, {whenParameter}, Counts::Whole);
    if (!values)
      return false;
    auto matched = matchLayer(program, call, named);
    Scope inside = topScope(program, home);
    std::vector<GivenValue> given;
    for (size_t i = 0; i < decl.parameters.size(); ++i) {
      const NamedValue &value = (*values)[i];
      add(value, (*matched)[i], decl.parameters[i].type.name == "real");
      inside.set(value.name, value.value);
      given.push_back({value.name, value.value, (*matched)[i]});
      if (!isHeldByReals(program, decl.parameters[i], value.value, call.location, "the layer"))
        return false;
    }
    bool holdsAll = std::all_of(decl.body.begin(), decl.body.end(), [&](const StatementPtr &one) {
      auto *required = as<RequireStatement>(one.get());
      return !required || holds(program, *required, inside, given, call.location, what);
    });
    return holdsAll && acts(matched->back()) && turns(decl.body, inside, 1) && groups(decl, inside);
  }

  void add(const NamedValue &value, const Argument *given, bool isReal) {
    resolved::LayerArgument argument;
    argument.name = value.name;
    argument.value = value.value;
    argument.expression = given ? given->value.get() : nullptr;
    if (isReal)
      findSymbols(argument, scope, symbols);
    layer.arguments.push_back(std::move(argument));
  }

  bool acts(const Argument *when) {
    if (!when)
      return true;
    static const std::vector<std::string> words = {"always", "training", "inference"};
    layer.when = format(*when->value);
    if (std::find(words.begin(), words.end(), layer.when) != words.end())
      return true;
    program.diagnostics.error(Id::SettingValue, when->value->location,
                              "`when` of " + what + " must be `training`, `inference` or `always`, got " +
                                  layer.when);
    return false;
  }

  /// `around`: how often the statements are executed.
  bool turns(const Body &body, const Scope &inside, int64_t around) {
    return std::all_of(body.begin(), body.end(), [&](const StatementPtr &one) {
      if (auto *condition = as<IfStatement>(one.get()))
        return turns(condition->yes, inside, around) && turns(condition->no, inside, around);
      auto *repeat = as<RepeatStatement>(one.get());
      return !repeat || loop(*repeat, inside, around);
    });
  }

  bool loop(const RepeatStatement &repeat, const Scope &inside, int64_t around) {
    if (!repeat.count) // of attacks: reported already
      return false;
    auto count = evaluateCount(program, *repeat.count, inside, "repetitions");
    if (!count)
      return false;
    if (*count <= mostTurns / around) {
      layer.counts.push_back({format(*repeat.count), Number(*count), false});
      return turns(repeat.body, inside, around * *count);
    }
    program.diagnostics
        .error(Id::LayerTurns, repeat.count->location,
               "the loops of a layer have at most " + std::to_string(mostTurns) + " turns together, got " +
                   std::to_string(*count) + (around > 1 ? " times " + std::to_string(around) : ""))
        .note(call.location, "used here");
    return false;
  }

  /// The numbers of its groups.
  bool groups(const LayerDecl &decl, const Scope &inside) {
    return std::all_of(decl.groups.begin(), decl.groups.end(), [&](const CallExpr *one) {
      auto size = groupsNumber(*one->arguments[1].value, inside, limits::count);
      return size && (one->arguments.size() < 3 || groupsNumber(*one->arguments[2].value, inside, *size));
    });
  }

  /// A whole number from 1 to `most`.
  std::optional<int64_t> groupsNumber(const Expr &e, const Scope &inside, int64_t most) {
    auto value = evaluate(program, e, inside);
    if (!value || !value->isNumber()) // then its type was wrong
      return std::nullopt;
    double number = value->real();
    if (value->number().isInteger() && number >= 1 && number <= static_cast<double>(most)) {
      layer.counts.push_back({format(e), *value, false});
      return value->integer();
    }
    program.diagnostics
        .error(Id::GroupsNumber, e.location,
               "groups and their elements are counted by whole numbers from 1" +
                   (most < limits::count ? " to " + std::to_string(most) : "") + ", got " + value->text())
        .note(call.location, "used here");
    return std::nullopt;
  }

  Program &program;
  const LayerNamed &named;
  const CallExpr &call;
  const Scope &scope;
  const std::vector<std::string> &symbols;
  std::string what;
  resolved::Layer layer;
};

} // namespace

std::optional<resolved::Layer> bindLayer(Program &program, const LayerNamed &named, const CallExpr &call,
                                         const Scope &scope, const std::vector<std::string> &symbols) {
  return LayerBinder(program, named, call, scope, symbols).bind();
}

/// Whether compiled code can compute an expression: arithmetic on numbers. Of all else an instance's value is
/// a constant of its own.
static bool isArithmetic(const Expr &e, const Scope &scope) {
  if (auto *name = as<NameExpr>(&e)) {
    const Value *value = scope.find(name->path[0]);
    return value && value->isNumber();
  }
  if (auto *unary = as<UnaryExpr>(&e))
    return unary->op == UnaryOp::Minus && isArithmetic(*unary->operand, scope);
  if (auto *binary = as<BinaryExpr>(&e)) {
    static const std::set<BinaryOp> arithmetic = {BinaryOp::Add, BinaryOp::Subtract, BinaryOp::Multiply,
                                                  BinaryOp::Divide, BinaryOp::Power};
    return arithmetic.count(binary->op) && isArithmetic(*binary->left, scope) &&
           isArithmetic(*binary->right, scope);
  }
  return e.kind == ExprKind::Number;
}

void findSymbols(resolved::LayerArgument &argument, const Scope &scope,
                 const std::vector<std::string> &symbols) {
  std::vector<const NameExpr *> used;
  if (argument.expression && isArithmetic(*argument.expression, scope))
    collectNames(*argument.expression, used);
  NamedValues others;
  for (const NameExpr *one : used) {
    bool isSymbol = std::find(symbols.begin(), symbols.end(), one->path[0]) != symbols.end();
    argument.symbolic |= isSymbol;
    const Value *value = scope.find(one->path[0]);
    if (!isSymbol && value && value->isNumber()) {
      NamedValue other;
      other.name = one->path[0];
      other.value = *value;
      others.push_back(std::move(other));
    }
  }
  if (argument.symbolic)
    argument.constants = std::move(others);
}

/// The rows of which it is so.
static std::string kindsWhere(bool (*holds)(const LayerKind &)) {
  std::vector<std::string> names;
  for (const LayerKind &kind : layerKinds())
    if (holds(kind))
      names.push_back("`" + kind.name + "`");
  return joined(names, ", ");
}

std::string whyNoWeights(const Place &place) {
  const LayerKind *kind = place.which == Place::Named ? nullptr : findLayer(place.target);
  if (kind && hasFactors(*kind))
    return "";
  return "layers stand on weights of " + kindsWhere(hasFactors) + ", not of `" + placeText(place) + "`";
}

std::string whyNotOnWeights(const resolved::Element &element) {
  if (element.residual())
    return "";
  if (element.choice())
    return "a `choose` does not stand on weights: all examples of a pass share them, and each would draw a "
           "member";
  const resolved::Layer &layer = *element.layer();
  const std::string cannot = "layer `" + layer.kind + "` does not stand on weights: ";
  if (layer.decl && layer.decl->asksForPixels)
    return cannot + "it has `" + format(*layer.decl->asksForPixels) +
           "`, and weights have channels, which are their outputs, and elements";
  if (layer.decl && !layer.decl->groups.empty())
    return cannot + "it has `" + format(*layer.decl->groups.front()) +
           "`, which is about groups of channels or units";
  if (layer.decl || takesAnything(*findLayer(layer.kind)))
    return "";
  return cannot + "there stand layers that are programs, and " + kindsWhere(takesAnything);
}

InferredShape resolved::Layer::infer(const LayerShape &shape) const {
  if (!decl) {
    InferredShape inferred = inferShape(asArguments(), shape);
    bool changes = inferred.error.empty() && when != "always" && inferred.shape != shape;
    return changes ? InferredShape{{}, changesInOnePhase} : inferred;
  }
  if (decl->asksForImage && shape.size() != 3)
    return {{},
            "takes an image (channels x height x width), got " + shapeText(shape) + ": it has `" +
                format(*decl->asksForImage) + "`"};
  for (const CallExpr *one : decl->groups) {
    std::string error = groupsError(shape, find(counts, format(*one->arguments[1].value))->integer());
    if (!error.empty())
      return {{}, error + ": it has `" + format(*one) + "`"};
  }
  return {shape};
}

bool resolved::Layer::draws(bool training) const {
  bool acts = when == "always" || when == (training ? "training" : "inference");
  return acts && (decl ? decl->draws : drawsIn(asArguments(), training));
}

bool resolved::Layer::learns() const {
  return decl ? decl->learns : findLayer(kind)->weights != noWeights;
}

LayerArguments resolved::Layer::asArguments() const {
  LayerArguments result{findLayer(kind), {}};
  for (const LayerArgument &one : arguments) {
    LayerValue value;
    if (auto *word = std::get_if<Word>(&one.value.data))
      value.word = word->text;
    if (auto *flag = std::get_if<bool>(&one.value.data))
      value.flag = *flag;
    if (one.value.isNumber())
      value.real = one.value.real();
    value.numbers = numbersOf(one.value);
    if (one.value.isNumber() && one.value.number().isInteger())
      value.count = one.value.integer();
    result.values.push_back(std::move(value));
  }
  return result;
}

} // namespace switchyard
