// Networks: layers bound to the catalog, shapes inferred from the input to the classes.

#include "compiler/semantics/Layers.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

namespace switchyard {

using namespace ast;

const LayerKind *layerKind(Program &program, const CallExpr &call) {
  if (const LayerKind *kind = findLayer(call.name())) {
    program.references.add(call.location, Referent::Layer);
    return kind;
  }
  program.diagnostics.error(Id::UnknownLayer, call.location,
                            "there is no layer `" + call.name() + "`" +
                                didYouMean(call.name(), layerNames()));
  return nullptr;
}

std::optional<resolved::Layer> bindLayer(Program &program, const CallExpr &call, const Scope &scope,
                                         const std::vector<std::string> &symbols) {
  const LayerKind *kind = layerKind(program, call);
  if (!kind)
    return std::nullopt;
  std::string what = "layer `" + kind->name + "`";
  auto values = bindArguments(program, call.arguments, call.location, kind->parameters, scope, what);
  if (!values)
    return std::nullopt;
  std::vector<std::string> names;
  for (const CatalogParameter &one : kind->parameters)
    names.push_back(one.name);
  auto matched =
      matchArguments(program, call.arguments, call.location, names, std::vector<bool>(names.size()), what);
  resolved::Layer layer;
  layer.kind = kind->name;
  layer.location = call.location;
  for (size_t i = 0; i < names.size(); ++i) {
    resolved::LayerArgument argument;
    argument.name = names[i];
    argument.value = (*values)[i].value;
    argument.expression = (*matched)[i] ? (*matched)[i]->value.get() : nullptr;
    if (kind->parameters[i].isReal())
      findSymbols(argument, scope, symbols);
    layer.arguments.push_back(std::move(argument));
  }
  return layer;
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

std::string layerNotBuilt(const CallExpr &call) {
  const LayerKind *kind = findLayer(call.name());
  return kind ? notBuilt(kind->name, kind->notBuilt) : "";
}

bool layersAreBuilt(Program &program, const Layers &layers, Location where) {
  for (auto &one : layers) {
    std::string missing = layerNotBuilt(*one);
    if (missing.empty())
      continue;
    program.diagnostics.error(Id::NotBuilt, where, "layer " + missing).note(one->location, "used here");
    return false;
  }
  return true;
}

LayerArguments resolved::Layer::asArguments() const {
  LayerArguments result{findLayer(kind), {}};
  for (const LayerArgument &one : arguments) {
    LayerValue value;
    if (auto *word = std::get_if<Word>(&one.value.data))
      value.word = word->text;
    if (one.value.isNumber())
      value.real = one.value.real();
    if (one.value.isNumber() && one.value.number().isInteger())
      value.count = one.value.integer();
    result.values.push_back(std::move(value));
  }
  return result;
}

namespace {

using Shape = LayerShape;

class Instance {
public:
  Instance(Program &program, const NetworkDecl &decl, NamedValues arguments)
      : program(program), decl(decl), scope(topScope(program, program.home(decl))) {
    for (const NamedValue &one : arguments)
      scope.set(one.name, one.value);
    result.decl = &decl;
    result.name = decl.name;
    result.arguments = std::move(arguments);
  }

  resolved::Network make() {
    int before = program.diagnostics.troubles();
    head();
    if (decl.blocks.empty())
      program.diagnostics.error(Id::NoBlock, decl.location,
                                "network `" + decl.name + "` has no block; layers stand in blocks");
    Shape shape = result.input;
    for (const BlockDecl &one : decl.blocks)
      block(one, shape);
    if (program.diagnostics.troubles() == before && shape != Shape{result.classes})
      program.diagnostics.error(Id::NetworkEnd, lastLayer(),
                                "network `" + decl.name + "` ends in " + shapeText(shape) +
                                    ", its classes are " + std::to_string(result.classes));
    if (program.diagnostics.troubles() > before)
      result.blocks.clear();
    return std::move(result);
  }

private:
  void head() {
    if (!decl.input) {
      program.diagnostics.error(Id::NoInput, decl.location,
                                "network `" + decl.name + "` has no input: `input image<1x28x28>`");
    } else if (decl.input->name != "image" || decl.input->shape.size() != 3) {
      program.diagnostics.error(
          Id::InputShape, decl.input->location,
          "an input is an image of channels x height x width, such as `image<1x28x28>`");
      result.input = {1, 1, 1};
    } else {
      result.input = decl.input->shape;
    }
    result.low = decl.low ? number(*decl.low, Number(0)) : Number(0);
    result.high = decl.high ? number(*decl.high, Number(1)) : Number(1);
    if (std::isinf(result.low.value()) || std::isinf(result.high.value()))
      program.diagnostics.error(Id::InputRange, decl.low->location,
                                "the input's range must be finite, got " + result.low.text() + " to " +
                                    result.high.text());
    else if (!(result.low < result.high))
      program.diagnostics.error(Id::InputRange, decl.low->location,
                                "the input's range must rise, got " + result.low.text() + " to " +
                                    result.high.text());
    if (!decl.classes)
      program.diagnostics.error(Id::NoClasses, decl.location,
                                "network `" + decl.name + "` has no classes: `classes 10`");
    Number classes = decl.classes ? number(*decl.classes, Number(2)) : Number(2);
    if (!classes.isInteger() || classes < Number(2))
      program.diagnostics.error(Id::ClassCount, decl.classes->location,
                                "a network has at least 2 classes, got " + classes.text());
    if (Number(limits::classes) < classes)
      program.diagnostics.error(Id::ClassCount, decl.classes->location,
                                "a network has at most " + std::to_string(limits::classes) +
                                    " classes, got " + classes.text());
    result.classes = std::min(classes.asCount(), limits::classes);
  }

  Number number(const Expr &e, Number fallback) {
    auto value = evaluate(program, e, scope);
    if (value && !value->isNumber())
      program.diagnostics.error(Id::NoNumber, e.location, "`" + format(e) + "` must be a number");
    return value && value->isNumber() ? value->number() : fallback;
  }

  void block(const BlockDecl &one, Shape &shape) {
    for (const resolved::Block &other : result.blocks)
      if (other.name == one.name)
        program.diagnostics.error(Id::BlockTwice, one.location, "block `" + one.name + "` is declared twice")
            .note(other.location, "first here");
    resolved::Block block{one.name, {}, one.location};
    for (auto &call : one.layers) {
      auto layer = bindLayer(program, *call, scope);
      if (!layer) {
        shape.clear(); // nothing to say about the layers behind it
        continue;
      }
      layer->input = shape;
      if (!shape.empty())
        shape = step(*layer, *call, one.name);
      layer->output = shape;
      block.layers.push_back(std::move(*layer));
    }
    result.blocks.push_back(std::move(block));
  }

  Shape step(const resolved::Layer &layer, const CallExpr &call, const std::string &block) {
    InferredShape inferred = inferShape(layer.asArguments(), layer.input);
    if (!inferred.error.empty())
      program.diagnostics.error(Id::LayerInput, call.location,
                                "layer `" + callText(call) + "` of block `" + block + "` " + inferred.error);
    return inferred.shape;
  }

  Location lastLayer() const {
    for (auto block = decl.blocks.rbegin(); block != decl.blocks.rend(); ++block)
      if (!block->layers.empty())
        return block->layers.back()->location;
    return decl.location;
  }

  Program &program;
  const NetworkDecl &decl;
  Scope scope;
  resolved::Network result;
};

} // namespace

resolved::Network instantiate(Program &program, const NetworkDecl &decl, NamedValues arguments,
                              Location where) {
  resolved::Network network = Instance(program, decl, std::move(arguments)).make();
  network.location = where;
  return network;
}

} // namespace switchyard
