// Expansion of `for`, and of defenses at a point.

#include "compiler/frontend/Expand.h"

#include "compiler/frontend/Layers.h"
#include "compiler/frontend/NotBuilt.h"
#include "compiler/frontend/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

constexpr size_t maxPoints = 100000;

class Expander {
public:
  Expander(Program &program, const std::function<void(const Point &)> &visit)
      : program(program), visit(visit) {}

  void group(const Group &group, const std::vector<const ForIn *> &outer, const std::string &family) {
    for (const Item &one : group.items) {
      std::vector<const ForIn *> loops = outer;
      for (const ForIn &loop : group.loops)
        loops.push_back(&loop);
      if (one.items) {
        this->group(*one.items, loops, one.family);
        continue;
      }
      for (const ForIn &loop : one.loops)
        loops.push_back(&loop);
      checkVariables(loops);
      Point point{one.call.get(), topScope(program, program.user()), {}, family, ""};
      axis(point, loops, 0, 0);
    }
  }

private:
  void checkVariables(const std::vector<const ForIn *> &loops) {
    std::vector<std::string> seen;
    static const std::vector<std::string> columns = {
        "defense", "family", "strength", "attack", "gradients", "measure", "value",   "low",       "high",
        "images",  "pairs",  "draws",    "seed",   "job",       "judge",   "dataset", "experiment"};
    for (const ForIn *loop : loops)
      for (const std::string &name : loop->variables) {
        if (std::find(seen.begin(), seen.end(), name) != seen.end())
          program.diagnostics.error(loop->location, "`" + name + "` already stands for another axis here");
        if (std::find(columns.begin(), columns.end(), name) != columns.end())
          program.diagnostics.error(loop->location, "an axis cannot be called `" + name +
                                                        "`: the results have a column "
                                                        "of that name");
        seen.push_back(name);
      }
  }

  /// Sets the variables of loop `i` from `variable` on to every value of its list, then goes on with the
  /// next.
  void axis(Point &point, const std::vector<const ForIn *> &loops, size_t i, size_t variable) {
    if (i == loops.size())
      return finish(point);
    const ForIn &loop = *loops[i];
    if (variable == loop.variables.size())
      return axis(point, loops, i + 1, 0);
    auto list = evaluate(program, *loop.list, point.scope);
    if (!list)
      return;
    if (!list->isList() || list->list().empty()) {
      program.diagnostics.error(loop.list->location, list->isList()
                                                         ? "`for` over an empty list"
                                                         : "`for` runs over a list, got " + list->text());
      return;
    }
    const std::string &name = loop.variables[variable];
    for (const Value &value : list->list()) {
      point.scope.set(name, value, true);
      point.axes.push_back({name, value});
      axis(point, loops, i, variable + 1);
      point.axes.pop_back();
    }
  }

  void finish(Point &point) {
    if (++points > maxPoints) {
      if (points == maxPoints + 1)
        program.diagnostics.error(point.call->location,
                                  "this expands to more than " + std::to_string(maxPoints) + " combinations");
      return;
    }
    std::vector<std::string> strength;
    for (const NamedValue &one : point.axes)
      strength.push_back(one.name + " = " + one.value.text());
    point.strength = point.family.empty() ? "" : joined(strength, ", ");
    visit(point);
  }

  Program &program;
  const std::function<void(const Point &)> &visit;
  size_t points = 0;
};

std::string labelText(const std::string &name, const std::vector<std::string> &parts) {
  return name + (parts.empty() ? "" : "(" + joined(parts, ", ") + ")");
}

/// What of a defense no experiment can use yet; reported at its use.
bool defenseIsBuilt(Program &program, const DefenseDecl &decl, Location where) {
  static const std::map<RewriteKind, std::string> names = {{RewriteKind::Split, "split"},
                                                           {RewriteKind::Switch, "switch"},
                                                           {RewriteKind::TrainAgainst, "train against"},
                                                           {RewriteKind::TrainRecipe, "train"}};
  for (const Rewrite &one : decl.rewrites) {
    auto name = names.find(one.kind);
    std::string missing = name == names.end() ? "" : notBuilt(Feature::Rewrite, name->second);
    if (!missing.empty()) {
      program.diagnostics.error(where, "defense `" + decl.name + "` cannot be used: " + missing)
          .note(one.location, "used here");
      return false;
    }
    if (!layersAreBuilt(program, one.layers, where))
      return false;
  }
  return true;
}

/// The place of a rewrite in this network; false with an error if the network has no such block.
bool resolvePlace(Program &program, const PlaceRef &ref, const Scope &scope, const resolved::Network &network,
                  Location where, Place &result) {
  result = {ref.which, ref.target};
  if (const Value *given = scope.find(ref.target); given && std::holds_alternative<Place>(given->data))
    result = std::get<Place>(given->data);
  if (result.which != Place::Named)
    return true;
  std::vector<std::string> blocks;
  for (const resolved::Block &one : network.blocks)
    blocks.push_back(one.name);
  if (std::find(blocks.begin(), blocks.end(), result.target) != blocks.end())
    return true;
  program.diagnostics
      .error(where, "network `" + network.name + "` has no block `" + result.target + "`" +
                        didYouMean(result.target, blocks))
      .note(ref.location, "asked for here");
  return false;
}

} // namespace

void expand(Program &program, const Group &group, const std::function<void(const Point &)> &visit) {
  Expander(program, visit).group(group, {}, "");
}

bool makeDefense(Program &program, const Point &point, const resolved::Network &network,
                 resolved::Defense &result) {
  const CallExpr &call = *point.call;
  auto *decl = program.find<DefenseDecl>(call.name(), point.scope.module, call.location);
  if (!decl || !defenseIsBuilt(program, *decl, call.location))
    return false;
  const Module &home = program.home(*decl);
  auto arguments =
      bindArguments(program, call, decl->parameters, point.scope, home, "defense `" + call.name() + "`");
  if (!arguments)
    return false;
  result.decl = decl;
  result.name = call.name();
  result.family = point.family;
  result.strength = point.strength;
  result.axes = point.axes;
  result.location = call.location;
  Scope inside = topScope(program, home);
  std::vector<std::string> symbols, given;
  for (size_t i = 0; i < arguments->size(); ++i) {
    const NamedValue &one = (*arguments)[i];
    inside.set(one.name, one.value);
    if (decl->parameters[i].type.name == "real")
      symbols.push_back(one.name);
    if (one.written)
      given.push_back(one.name + " = " + one.value.text());
  }
  result.label = labelText(call.name(), given);
  result.arguments = std::move(*arguments);
  for (const Rewrite &one : decl->rewrites) {
    if (one.kind == RewriteKind::Mount) {
      result.mounted = true;
      continue;
    }
    resolved::Rewrite rewrite;
    rewrite.kind = one.kind;
    rewrite.replace = one.replace;
    rewrite.location = one.location;
    if (!resolvePlace(program, one.place, inside, network, call.location, rewrite.place))
      return false;
    for (auto &layer : one.layers) {
      int before = program.diagnostics.errorCount();
      auto bound = bindLayer(program, *layer, inside, symbols);
      if (!bound) {
        if (program.diagnostics.errorCount() > before)
          program.diagnostics.error(call.location, "defense `" + result.label + "` does not fit its layer `" +
                                                       layer->name() + "`");
        return false;
      }
      rewrite.layers.push_back(std::move(*bound));
    }
    result.rewrites.push_back(std::move(rewrite));
  }
  return true;
}

} // namespace switchyard
