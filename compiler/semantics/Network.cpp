// Networks: their blocks' chains expanded one after the other, from the input to the classes.

#include "compiler/semantics/Chains.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

namespace switchyard {

using namespace ast;

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
    if (decl.hasStray)
      program.diagnostics.follow();
    else if (decl.blocks.empty())
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
    warnOfLogits();
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
    ExpandedChain expanded = expandChain(program, one.layers, scope, {one.name, shape});
    shape = std::move(expanded.shape);
    result.blocks.push_back({one.name, std::move(expanded.chain), one.location});
  }

  /// Layers that draw behind the last one that learns: dropout on the logits trains and answers other than
  /// one thinks.
  void warnOfLogits() {
    std::vector<const resolved::Layer *> behind;
    for (const resolved::Block &one : result.blocks)
      resolved::anyLayer(one.layers, [&](const resolved::Layer &layer) {
        if (layer.learns())
          behind.clear();
        else if (layer.draws(true) || layer.draws(false))
          behind.push_back(&layer);
        return false;
      });
    for (const resolved::Layer *one : behind)
      program.diagnostics
          .warning(Id::LayerOnLogits, one->location,
                   "layer `" + one->kind +
                       "` acts on the logits: it stands behind the last layer that learns")
          .note("write it before that layer, unless this is meant");
  }

  Location lastLayer() const {
    for (auto block = decl.blocks.rbegin(); block != decl.blocks.rend(); ++block)
      if (!block->layers.empty())
        return block->layers.back().location;
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
