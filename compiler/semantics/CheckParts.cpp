// Chains as declared, in parts and in rewrites of defenses: layers and parts that exist, arguments that have
// parameters, names that are there. Whether values and shapes fit shows where they are used.

#include "compiler/semantics/Arithmetic.h"
#include "compiler/semantics/Chains.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

static void checkCall(Program &program, CallExpr &call, const Module &home,
                      const std::function<void(const Expr &)> &checkNames) {
  LayerNamed named = layerNamed(program, call, home);
  if (!named.known())
    return;
  auto matched = matchLayer(program, call, named);
  if (!matched)
    return;
  for (const Argument *one : *matched) {
    call.bound.push_back(one ? one->value.get() : nullptr);
    if (one)
      checkNames(*one->value);
  }
}

void checkLayers(Program &program, Layers &layers, const Module &home,
                 const std::function<void(const Expr &)> &checkNames) {
  for (LayerItem &one : layers) {
    if (one.call)
      checkCall(program, *one.call, home, checkNames);
    forEachPart(one, checkNames, [&](Layers &inner) { checkLayers(program, inner, home, checkNames); });
  }
}

namespace {

/// The calls of a chain as written, at any depth.
void forEachCall(const Layers &layers, const std::function<void(const CallExpr &)> &visit) {
  for (const LayerItem &one : layers) {
    if (one.call)
      visit(*one.call);
    forEachPart(one, [](const Expr &) {}, [&](const Layers &inner) { forEachCall(inner, visit); });
  }
}

const PartDecl *partNamed(const Program &program, const CallExpr &call, const Module &home) {
  return as<PartDecl>(program.look(DeclKind::Part, call.name(), home));
}

class KindCollector {
public:
  KindCollector(const Program &program, std::set<std::string> &kinds) : program(program), kinds(kinds) {}

  void collect(const Layers &layers, const Module &home) {
    for (const LayerItem &one : layers) {
      if (one.kind == LayerItemKind::Residual || one.kind == LayerItemKind::Choose)
        kinds.insert(one.kind == LayerItemKind::Residual ? resolved::Element::residualKind
                                                         : resolved::Element::choiceKind);
      const PartDecl *part = one.call ? partNamed(program, *one.call, home) : nullptr;
      if (part && seen.insert(part).second)
        collect(part->layers, program.home(*part));
      else if (one.call && !part)
        kinds.insert(kindNamed(program, one.call->name(), home));
      forEachPart(one, [](const Expr &) {}, [&](const Layers &inner) { collect(inner, home); });
    }
  }

private:
  const Program &program;
  std::set<std::string> &kinds;
  std::set<const PartDecl *> seen;
};

/// The way from a part back to itself.
class Circle {
public:
  Circle(const Program &program, const PartDecl &part) : program(program), part(part) { walk(part); }

  /// Each call on the way, from the part on; empty: there is none.
  const std::vector<const CallExpr *> &calls() const { return way; }
  /// Whether the part comes first of those on the way: it is reported there, once for all.
  bool isFirst() const {
    return std::all_of(parts.begin(), parts.end(),
                       [&](const PartDecl *one) { return !(one->location < part.location); });
  }

private:
  static constexpr size_t reach = 1000; // the walk recurses

  bool walk(const PartDecl &from) {
    parts.push_back(&from);
    bool closed = false;
    forEachCall(from.layers, [&](const CallExpr &call) {
      const PartDecl *next = closed ? nullptr : partNamed(program, call, program.home(from));
      if (!next || parts.size() > reach)
        return;
      way.push_back(&call);
      closed = next == &part || (seen.insert(next).second && walk(*next));
      if (!closed)
        way.pop_back();
    });
    if (!closed)
      parts.pop_back();
    return closed;
  }

  const Program &program;
  const PartDecl &part;
  std::vector<const CallExpr *> way;
  std::vector<const PartDecl *> parts; ///< that the calls of the way stand in
  std::set<const PartDecl *> seen;
};

/// That a name of a part's expressions has a value there.
void checkName(Program &program, const NameExpr &name, const Scope &scope) {
  static const std::vector<std::string> words = {"training", "inference", "always"};
  std::string text = joined(name.path, ".");
  if (scope.find(text) || constantNamed(text) || std::find(words.begin(), words.end(), text) != words.end())
    return;
  if (program.mayBe(DeclKind::Param, text, scope.module))
    return program.diagnostics.follow();
  program.diagnostics.error(Id::UnknownValue, name.location,
                            "there is no value `" + text + "` here" + didYouMean(text, scope.names()));
}

void checkCircle(Program &program, const PartDecl &decl) {
  Circle circle(program, decl);
  if (circle.calls().empty())
    return;
  if (!circle.isFirst())
    return program.diagnostics.follow();
  std::string chain = "`" + decl.name + "`";
  for (const CallExpr *one : circle.calls())
    chain += " -> `" + one->name() + "`";
  auto &error =
      program.diagnostics.error(Id::CircularPart, decl.location,
                                "part `" + decl.name + "` contains itself (" + chain + "), without an end");
  for (const CallExpr *one : circle.calls())
    error.note(one->location, "`" + one->name() + "` is used here");
  error.note("`repeat N times { ... }` repeats layers");
}

} // namespace

void collectKinds(const Program &program, const Layers &layers, const Module &home,
                  std::set<std::string> &kinds) {
  KindCollector(program, kinds).collect(layers, home);
}

void checkPart(Program &program, PartDecl &decl) {
  const Module &home = program.home(decl);
  checkParameters(program, decl.parameters, {"real", "int", "bool"});
  const Decl *layer = program.look(DeclKind::Layer, decl.name, home);
  if (isBuiltIn(decl.name))
    program.diagnostics.error(Id::DeclaredTwice, decl.location,
                              "`" + decl.name + "` is built in; give the part another name");
  else if (layer && &program.home(*layer) == &home) // std's is hidden, as by anything of its name
    program.diagnostics
        .error(Id::DeclaredTwice, decl.location,
               "`" + decl.name + "` is a layer, too, and where it stands one cannot tell which is meant")
        .note(layer->location, "the layer");
  Scope scope = topScope(program, home);
  for (const Parameter &one : decl.parameters)
    scope.set(one.name, Value(), one.location);
  checkLayers(program, decl.layers, home, [&](const Expr &e) {
    std::vector<const NameExpr *> names;
    collectNames(e, names);
    for (const NameExpr *one : names)
      checkName(program, *one, scope);
  });
  checkCircle(program, decl);
}

} // namespace switchyard
