// One walk over a chain as written: it binds, infers and names as it goes, since each layer's input is what
// the ones before it give. In rewrites the shape is not known, and nothing is inferred.

#include "compiler/semantics/Chains.h"
#include "compiler/syntax/Clone.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

constexpr size_t mostItems = 10000; ///< in a chain and in what is inside it; the turns of loops count, too
constexpr size_t mostNested = 100;  ///< parts and residuals in each other

/// Gives the items of one chain their paths: layers by their index among all of them, what has a chain of its
/// own by its name.
class Names {
public:
  explicit Names(std::string path) : path(std::move(path)) {}

  std::string layer() { return under(std::to_string(items++)); }
  std::string part(const std::string &name) {
    ++items;
    return under(name + again(name));
  }
  std::string choice() { return part(resolved::Element::choiceKind); }
  /// Of a residual's main chain, and of its shortcut.
  std::pair<std::string, std::string> residual() {
    ++items;
    std::string number = again("residual");
    return {under("residual" + number), under("shortcut" + number)};
  }

private:
  std::string under(const std::string &name) const { return path.empty() ? "" : path + "/" + name; }
  std::string again(const std::string &name) {
    size_t number = ++seen[name];
    return number == 1 ? "" : "." + std::to_string(number);
  }

  std::string path;
  size_t items = 0;
  std::map<std::string, size_t> seen;
};

/// What names mean where items stand: at the top, or in an instance of a part.
struct Frame {
  const Scope &scope;
  std::vector<std::string> symbols;
  Substitution meanings = {}; ///< in a part: its symbols in those of the defense
  bool inPart = false;
};

/// A chain as it grows.
struct Flow {
  resolved::Chain chain;
  LayerShape shape;
  Names names;
};

/// What would make the shape of `wanted` from the residual's input, as one writes it; empty: nothing simple.
std::string projection(const LayerShape &wanted, const LayerShape &given) {
  if (wanted.size() != 3 || given.size() != 3)
    return "";
  for (int64_t stride = 1; stride <= given[1]; ++stride)
    if ((given[1] - 1) / stride + 1 == wanted[1] && (given[2] - 1) / stride + 1 == wanted[2])
      return "conv(" + std::to_string(wanted[0]) + ", 1" +
             (stride > 1 ? ", stride = " + std::to_string(stride) : "") + ")";
  return "";
}

class ChainExpander {
public:
  ChainExpander(Program &program, const ChainPlace &place)
      : program(program), diagnostics(program.diagnostics), place(place) {}

  ExpandedChain expand(const Layers &layers, const Scope &scope) {
    int before = diagnostics.troubles();
    Flow flow{{}, place.shape, Names(place.path)};
    items(layers, Frame{scope, place.symbols}, flow);
    return {std::move(flow.chain), std::move(flow.shape), diagnostics.troubles() == before, failing};
  }

private:
  void items(const Layers &layers, const Frame &frame, Flow &flow) {
    for (const LayerItem &one : layers) {
      if (!hasRoom(one.location))
        return flow.shape.clear();
      switch (one.kind) {
      case LayerItemKind::Call:
        call(*one.call, frame, flow);
        break;
      case LayerItemKind::Residual:
        residual(one, frame, flow);
        break;
      case LayerItemKind::Choose:
        choice(one, frame, flow);
        break;
      case LayerItemKind::Repeat:
        repeat(one, frame, flow);
        break;
      case LayerItemKind::If:
        if (auto holds = evaluateTruth(program, *one.head, frame.scope))
          items(*holds ? one.layers : one.otherwise, frame, flow);
        else
          flow.shape.clear();
      }
    }
  }

  /// One item more; false, reported once, where there are too many.
  bool hasRoom(Location where) {
    if (++count == mostItems + 1)
      diagnostics.error(Id::ChainTooLong, where,
                        "more than " + std::to_string(mostItems) +
                            " layers, parts and turns come of these: a network is smaller");
    return count <= mostItems;
  }

  /// As many parts and residuals around this as there may be.
  bool isTooDeep(Location where) {
    bool deep = nested.size() >= mostNested;
    if (deep)
      diagnostics.error(Id::NestedTooDeep, where,
                        "parts and residuals are nested more than " + std::to_string(mostNested) + " deep");
    return deep;
  }

  void call(const CallExpr &call, const Frame &frame, Flow &flow) {
    int before = diagnostics.troubles();
    LayerNamed named = layerNamed(program, call, frame.scope.module);
    if (named.part)
      part(*named.part, named, call, frame, flow);
    else if (named.known())
      layer(named, call, frame, flow);
    if (diagnostics.troubles() == before)
      return;
    flow.shape.clear(); // nothing to say about what is behind it
    if (!frame.inPart && !failing)
      failing = &call;
  }

  void layer(const LayerNamed &named, const CallExpr &call, const Frame &frame, Flow &flow) {
    auto layer = bindLayer(program, named, call, frame.scope, frame.symbols);
    std::string path = flow.names.layer();
    if (!layer)
      return;
    for (resolved::LayerArgument &one : layer->arguments)
      if (one.symbolic && frame.inPart) {
        program.checked.expressions.push_back(meaning(one, frame));
        one.expression = program.checked.expressions.back().get();
        one.constants.clear();
      }
    layer->path = path;
    layer->input = flow.shape;
    if (!flow.shape.empty()) {
      InferredShape inferred = layer->infer(flow.shape);
      if (!inferred.error.empty())
        diagnostics.error(Id::LayerInput, call.location,
                          "layer `" + callText(call) + "` of " +
                              (place.title.empty() ? "block `" + place.path + "`" : place.title) + " " +
                              inferred.error);
      flow.shape = inferred.shape;
    }
    layer->output = flow.shape;
    flow.chain.push_back({std::move(*layer)});
  }

  /// A symbolic expression in the defense's symbols alone.
  static ExprPtr meaning(const resolved::LayerArgument &argument, const Frame &frame) {
    Substitution names;
    for (const NamedValue &one : argument.constants)
      names[one.name] = literal(one.value);
    for (auto &[name, expression] : frame.meanings)
      names[name] = clone(*expression, {});
    return clone(*argument.expression, names);
  }

  void part(const PartDecl &decl, const LayerNamed &named, const CallExpr &call, const Frame &frame,
            Flow &flow) {
    if (std::find(nested.begin(), nested.end(), &decl) != nested.end())
      return diagnostics.follow(); // it contains itself, which is said where it is declared
    if (isTooDeep(call.location))
      return;
    size_t before = diagnostics.reports();
    Scope scope = topScope(program, program.home(decl));
    Frame inside{scope, {}, {}, true};
    if (bind(decl, named, call, frame, scope, inside)) {
      nested.push_back(&decl);
      Flow inner{std::move(flow.chain), std::move(flow.shape), Names(flow.names.part(decl.name))};
      items(decl.layers, inside, inner);
      flow.chain = std::move(inner.chain);
      flow.shape = std::move(inner.shape);
      nested.pop_back();
      diagnostics.noteSince(before, call.location, "in part `" + call.name() + "`, used here");
    }
  }

  /// The part's parameters in its scope; those that depend on symbols are symbols in it.
  bool bind(const PartDecl &decl, const LayerNamed &named, const CallExpr &call, const Frame &frame,
            Scope &scope, Frame &inside) {
    std::string what = layerTitle(named, call);
    auto values =
        bindArguments(program, call, decl.parameters, frame.scope, scope.module, what, {}, Counts::Whole);
    if (!values)
      return false;
    auto matched = matchLayer(program, call, named);
    for (size_t i = 0; i < decl.parameters.size(); ++i) {
      const Parameter &parameter = decl.parameters[i];
      const Argument *given = (*matched)[i];
      const Frame &writer = given ? frame : inside;
      resolved::LayerArgument argument;
      argument.expression = given ? given->value.get() : parameter.byDefault.get();
      if (parameter.type.name == "real")
        findSymbols(argument, writer.scope, writer.symbols);
      if (argument.symbolic) {
        inside.meanings[parameter.name] = meaning(argument, writer);
        inside.symbols.push_back(parameter.name);
      }
      scope.set(parameter.name, (*values)[i].value, parameter.location);
    }
    return true;
  }

  void residual(const LayerItem &item, const Frame &frame, Flow &flow) {
    if (isTooDeep(item.location))
      return flow.shape.clear();
    nested.push_back(nullptr);
    int before = diagnostics.troubles();
    auto [mainPath, shortcutPath] = flow.names.residual();
    Flow main{{}, flow.shape, Names(mainPath)}, shortcut{{}, flow.shape, Names(shortcutPath)};
    items(item.layers, frame, main);
    items(item.otherwise, frame, shortcut);
    nested.pop_back();
    if (main.chain.empty() && diagnostics.troubles() == before)
      diagnostics.error(Id::EmptyResidual, item.location,
                        "nothing is in the chain of this residual: it would add its input to itself");
    bool known = !main.shape.empty() && !shortcut.shape.empty();
    if (known && main.shape != shortcut.shape)
      shapesDiffer(item, main.shape, shortcut);
    resolved::Residual result;
    result.input = flow.shape;
    result.output = flow.shape = known && main.shape == shortcut.shape ? main.shape : LayerShape();
    result.main = std::move(main.chain);
    result.shortcut = std::move(shortcut.chain);
    result.path = mainPath;
    result.location = item.location;
    flow.chain.push_back({std::move(result)});
  }

  void shapesDiffer(const LayerItem &item, const LayerShape &main, const Flow &shortcut) {
    bool isInput = shortcut.chain.empty();
    std::string fitting = projection(main, shortcut.shape);
    auto &error = diagnostics.error(Id::ResidualShapes, item.location,
                                    "the residual gives " + shapeText(main) + ", its shortcut" +
                                        (isInput ? ", the input itself, " : " ") + shapeText(shortcut.shape) +
                                        ": only what has one shape can be summed");
    if (!fitting.empty())
      error.note(isInput ? "write `shortcut { " + fitting + " }` behind it"
                         : "`" + fitting + "` at the end of the shortcut would give " + shapeText(main));
  }

  void choice(const LayerItem &item, const Frame &frame, Flow &flow) {
    if (isTooDeep(item.location))
      return flow.shape.clear();
    if (item.members.size() < 2)
      diagnostics
          .error(Id::ChoiceMembers, item.location,
                 item.members.empty() ? "nothing is in this `choose`" : "one member is no choice")
          .note("write at least two: `choose { relu tanh }`, `choose { 0.9: { } 0.1: { conv(8, 1) relu } }`");
    nested.push_back(nullptr);
    resolved::Choice result;
    result.path = flow.names.choice();
    result.location = item.location;
    result.input = flow.shape;
    std::vector<LayerShape> shapes;
    std::vector<const Expr *> chances;
    for (const ChoiceMember &one : item.members) {
      chances.push_back(one.chance.get());
      std::string path = result.path.empty() ? "" : result.path + "/" + std::to_string(shapes.size());
      Flow inner{{}, flow.shape, Names(path)};
      items(one.layers, frame, inner);
      shapes.push_back(inner.shape);
      result.members.push_back(std::move(inner.chain));
    }
    nested.pop_back();
    result.chances = evaluateChances(program, chances, item.location, frame.scope);
    result.output = flow.shape = shapeOfMembers(item, shapes);
    flow.chain.push_back({std::move(result)});
  }

  /// The shape that all members give; empty where it is not known.
  LayerShape shapeOfMembers(const LayerItem &item, const std::vector<LayerShape> &shapes) {
    for (size_t i = 0; i < shapes.size(); ++i) {
      if (shapes[i].empty())
        return {};
      if (shapes[i] == shapes[0])
        continue;
      diagnostics
          .error(Id::ChoiceShapes, item.members[i].location,
                 "this member gives " + shapeText(shapes[i]) + ", the first one " + shapeText(shapes[0]) +
                     ": what is chosen from has one shape")
          .note(item.members[0].location, "the first one");
      return {};
    }
    return shapes.empty() ? LayerShape() : shapes[0];
  }

  void repeat(const LayerItem &item, const Frame &frame, Flow &flow) {
    auto value = evaluate(program, *item.head, frame.scope);
    bool isCount = value && value->isNumber() && value->number().isInteger() && value->real() >= 0;
    if (value && !isCount)
      diagnostics.error(Id::ChainTurns, item.head->location,
                        "layers are repeated a whole number of times, 0 or more, got " + value->text());
    if (!isCount)
      return flow.shape.clear();
    int before = diagnostics.troubles();
    auto turns = static_cast<size_t>(std::min<double>(value->real(), mostItems + 1));
    for (size_t turn = 0; turn < turns && diagnostics.troubles() == before; ++turn)
      if (hasRoom(item.head->location))
        items(item.layers, frame, flow);
  }

  Program &program;
  Diagnostics &diagnostics;
  const ChainPlace &place;
  size_t count = 0;
  std::vector<const PartDecl *> nested; ///< what the walk is in, outermost first; null: a residual
  const CallExpr *failing = nullptr;
};

} // namespace

ExpandedChain expandChain(Program &program, const Layers &layers, const Scope &scope,
                          const ChainPlace &place) {
  return ChainExpander(program, place).expand(layers, scope);
}

void resolved::forEachElement(const Chain &chain, const std::function<void(const Element &, bool)> &visit,
                              bool inside) {
  for (const Element &one : chain) {
    visit(one, inside);
    for (const Chain *inner : one.chains())
      forEachElement(*inner, visit, true);
  }
}

std::vector<const resolved::Chain *> resolved::Element::chains() const {
  std::vector<const Chain *> result;
  if (residual())
    result = {&residual()->main, &residual()->shortcut};
  if (choice())
    for (const Chain &member : choice()->members)
      result.push_back(&member);
  return result;
}

bool resolved::anyLayer(const Chain &chain, const std::function<bool(const Layer &)> &holds) {
  bool found = false;
  forEachElement(chain, [&](const Element &one, bool) { found |= one.layer() && holds(*one.layer()); });
  return found;
}

} // namespace switchyard
