// Defenses at a point: arguments bound, places held against the network, blocks counted for their channels.
// The parts of a composition are taken in order, each on what those before it have made.

#include "compiler/semantics/CalledHere.h"
#include "compiler/semantics/Chains.h"
#include "compiler/semantics/Loss.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <deque>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

constexpr int64_t maxChannels = 10000;

std::string counted(size_t number, const std::string &what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

/// What the rewrites so far have made of the network.
struct Rewritten {
  size_t blocks;                  ///< how many it has
  Location splitAt;               ///< invalid: it has its own blocks
  std::set<std::string> inserted; ///< kinds of layers that are put in, by the part at work too
};

/// One part of a defense at a point.
class PartInstance {
public:
  PartInstance(Program &program, const CallExpr &call, const resolved::Network &network,
               resolved::DefensePart &result)
      : program(program), call(call), decl(*result.decl), network(network), result(result),
        inside(topScope(program, program.home(decl))) {}

  /// Arguments and label.
  bool bind(const Scope &scope) {
    auto arguments = bindArguments(program, call, decl.parameters, scope, program.home(decl),
                                   "defense `" + call.name() + "`");
    if (!arguments)
      return false;
    std::vector<std::string> given;
    for (size_t i = 0; i < arguments->size(); ++i) {
      const NamedValue &one = (*arguments)[i];
      inside.set(one.name, one.value);
      if (decl.parameters[i].type.name == "real")
        symbols.push_back(one.name);
      if (one.written)
        given.push_back(one.name + " = " + one.value.text());
    }
    result.name = call.name();
    result.label = call.name() + (given.empty() ? "" : "(" + joined(given, ", ") + ")");
    result.arguments = std::move(*arguments);
    result.location = call.location;
    return true;
  }

  bool rewrites(Rewritten &soFar) {
    state = &soFar;
    CalledHere named(program, call);
    for (const Rewrite &one : decl.rewrites)
      if (one.kind != RewriteKind::OnWeights) // where no place is
        collectKinds(program, one.layers, inside.module, state->inserted);
    for (const Rewrite &one : decl.rewrites) {
      resolved::Rewrite rewrite;
      rewrite.kind = one.kind;
      rewrite.replace = kindNamed(program, one.replace, inside.module);
      rewrite.location = one.location;
      if (!this->rewrite(one, rewrite))
        return false;
      bool isMount = one.kind == RewriteKind::Mount;
      bool isNothing = one.kind == RewriteKind::Split && keepsBlocks;
      if (!isMount && !isNothing)
        result.rewrites.push_back(std::move(rewrite));
    }
    return true;
  }

  /// Where its parameters have values.
  const Scope &scope() const { return inside; }

private:
  bool rewrite(const Rewrite &one, resolved::Rewrite &rewrite) {
    switch (one.kind) {
    case RewriteKind::Split:
      return split(one, rewrite);
    case RewriteKind::Switch:
      return channels(one, rewrite);
    case RewriteKind::TrainRecipe:
      return recipe(one, rewrite);
    case RewriteKind::TrainAgainst:
      return against(one, rewrite);
    case RewriteKind::TrainBy:
      return trainBy(one, rewrite);
    case RewriteKind::Drop:
      return drop(one, rewrite);
    case RewriteKind::Mount:
      return true;
    case RewriteKind::Answer:
      return answer(one, rewrite);
    default:
      return place(one, rewrite.place) && layers(one, rewrite);
    }
  }

  /// The argument of the call that an expression stands for, or the call.
  Location blamed(const Expr &e) const {
    auto *name = as<NameExpr>(&e);
    size_t position = 0;
    for (const Argument &one : call.arguments) {
      const std::string &parameter = one.name.empty() ? decl.parameters[position++].name : one.name;
      if (name && joined(name->path, ".") == parameter)
        return one.value->location;
    }
    return call.location;
  }

  Diagnostic &error(Id id, Location where, const std::string &message) {
    return program.diagnostics.error(id, where, message);
  }

  std::vector<std::string> blockNames() const {
    std::vector<std::string> names;
    for (const resolved::Block &one : network.blocks)
      names.push_back(one.name);
    return names;
  }

  bool hasBlock(const std::string &name, Location where, Location asked) {
    std::vector<std::string> names = blockNames();
    if (std::find(names.begin(), names.end(), name) != names.end())
      return true;
    error(Id::UnknownBlock, where,
          "network `" + network.name + "` has no block `" + name + "`" + didYouMean(name, names))
        .note(asked, "asked for here");
    return false;
  }

  /// With the layers that the defense's module means.
  Place written(const PlaceRef &place) const {
    return {place.which,
            place.which == Place::Named ? place.target : kindNamed(program, place.target, inside.module)};
  }

  bool place(const Rewrite &one, Place &place) {
    place = written(one.place);
    const Value *given = inside.find(one.place.target);
    if (given && std::holds_alternative<Place>(given->data))
      place = std::get<Place>(given->data);
    if (one.kind == RewriteKind::Replace && (place.which == Place::Named || place.target == "block")) {
      error(Id::ReplacePlace, call.location,
            "`" + placeText(place) + "` is a block: layers and residuals are replaced")
          .note(one.place.location, "replaced here");
      return false;
    }
    if (std::string why = one.kind == RewriteKind::OnWeights ? whyNoWeights(place) : ""; !why.empty()) {
      error(Id::WeightsPlace, call.location, why).note(one.place.location, "its weights are asked for here");
      return false;
    }
    if (place.which == Place::Named) // the blocks of a split are looked for once they are there
      return state->splitAt.valid() || hasBlock(place.target, call.location, one.place.location);
    if (one.kind != RewriteKind::AtEnd || place.target == "block" ||
        place.target == resolved::Element::residualKind)
      return true;
    error(Id::LayerHasNoEnd, call.location,
          "`" + placeText(place) + (resolved::Element::isStructure(place.target) ? "`" : "` is a layer and") +
              " has no end; give a block")
        .note(one.place.location, "its end is asked for here");
    return false;
  }

  bool layers(const Rewrite &one, resolved::Rewrite &rewrite) {
    int before = program.diagnostics.errorCount();
    ExpandedChain expanded = expandChain(program, one.layers, inside, {"", {}, symbols});
    rewrite.layers = std::move(expanded.chain);
    if (expanded.whole)
      return one.kind != RewriteKind::OnWeights || standOnWeights(rewrite.layers);
    if (program.diagnostics.errorCount() > before)
      error(Id::LayerDoesNotFit, call.location,
            "defense `" + result.label + "` does not fit its " + titleOf(expanded.failing));
    return false;
  }

  /// What of a chain does not fit; null: what its calls stand in.
  std::string titleOf(const CallExpr *failing) const {
    if (!failing)
      return "layers";
    bool isPart = program.look(DeclKind::Part, failing->name(), inside.module);
    return (isPart ? "part `" : "layer `") + failing->name() + "`";
  }

  /// Reports the first that cannot stand on weights.
  bool standOnWeights(const resolved::Chain &chain) {
    bool found = false;
    forEachElement(chain, [&](const resolved::Element &one, bool) {
      std::string why = found ? "" : whyNotOnWeights(one);
      found |= !why.empty();
      if (!why.empty())
        error(Id::NotOnWeights, one.layer() ? one.layer()->location : one.choice()->location, why)
            .note(call.location, "in the defense used here");
    });
    return !found;
  }

  bool drop(const Rewrite &one, resolved::Rewrite &rewrite) {
    rewrite.place = written(one.place);
    auto value = evaluate(program, *one.argument, inside);
    bool isRate = value && value->isNumber() && value->real() >= 0 && static_cast<float>(value->real()) < 1;
    if (value && !isRate)
      error(Id::DropRate, blamed(*one.argument),
            "residuals are dropped at a rate: at least 0 and below 1, got " + value->text())
          .note(one.location, "used here");
    if (!isRate)
      return false;
    rewrite.rate.name = "rate";
    rewrite.rate.value = *value;
    rewrite.rate.expression = one.argument.get();
    findSymbols(rewrite.rate, inside, symbols);
    return true;
  }

  /// Where the network is cut. Layers that are put in are not there yet: what depends on them is checked when
  /// the defense is applied.
  bool split(const Rewrite &one, resolved::Rewrite &rewrite) {
    auto places = evaluatePlaces(program, *one.argument, inside);
    if (!places)
      return false;
    keepsBlocks = !places->isList();
    if (keepsBlocks)
      return true;
    std::set<size_t> cuts;
    for (const Value &value : places->list()) {
      const Place &place = std::get<Place>(value.data);
      if (!cutAt(one, place, cuts))
        return false;
      rewrite.cuts.push_back(place);
    }
    state->blocks = cuts.size() + 1;
    state->splitAt = one.location;
    return true;
  }

  /// Adds the numbers of the layers that a cut comes before.
  bool cutAt(const Rewrite &one, const Place &place, std::set<size_t> &cuts) {
    Location where = blamed(*one.argument);
    std::string name = "`" + placeText(place) + "`";
    if (place.target == "block" && place.which != Place::Named) {
      error(Id::SplitPlace, where, "a network is split before layers or blocks named, not at " + name)
          .note("write `blocks` for the network's own blocks");
      return false;
    }
    if (place.which == Place::Named && !hasBlock(place.target, where, one.location))
      return false;
    std::vector<Cut> found = cutsAt(place);
    bool mayBe = place.which == Place::Named || place.target == resolved::Element::anyLayer
                     ? !state->inserted.empty()
                     : state->inserted.count(place.target) > 0;
    bool nothing = found.empty() && place.which != Place::EveryLater && !mayBe;
    bool atStart = !found.empty() && found.front().number == 0 && state->inserted.empty();
    if (std::any_of(found.begin(), found.end(), [](const Cut &cut) { return cut.inside; }))
      return insideAnother(one, name);
    if (nothing)
      error(Id::NothingToSplit, where,
            place.which == Place::Named
                ? "block " + name + " of network `" + network.name + "` has no layer to split before"
                : "network `" + network.name + "` has no " +
                      (resolved::Element::isStructure(place.target) ? "`" : "layer `") + place.target +
                      "` to split before")
          .note(one.location, "split here");
    else if (atStart)
      error(Id::SplitAtStart, where,
            name + " is where network `" + network.name + "` begins: no block comes before it")
          .note(place.which == Place::Every ? "did you mean `every later " + place.target + "`?"
                                            : "name only the places where a further block begins");
    for (const Cut &cut : found)
      cuts.insert(cut.number);
    return !nothing && !atStart;
  }

  /// Elements of the network that a cut would come before.
  struct Cut {
    size_t number; ///< of the element of a block, from the network's first on
    bool inside;   ///< it stands in that one
  };

  std::vector<Cut> cutsAt(const Place &place) const {
    std::vector<Cut> found;
    size_t number = 0;
    for (const resolved::Block &block : network.blocks) {
      if (place.which == Place::Named && block.name == place.target && !block.layers.empty())
        found.push_back({number, false});
      forEachElement(block.layers, [&](const resolved::Element &one, bool inside) {
        number += inside ? 0 : 1;
        if (place.which != Place::Named && one.isOf(place.target))
          found.push_back({number - 1, inside});
      });
    }
    if (place.which == Place::First && found.size() > 1)
      found.resize(1);
    if (place.which == Place::EveryLater && !found.empty())
      found.erase(found.begin());
    return found;
  }

  /// The chains of a residual or a choice have one input: between them nothing can be cut.
  bool insideAnother(const Rewrite &one, const std::string &name) {
    error(Id::SplitInResidual, blamed(*one.argument),
          name + " of network `" + network.name +
              "` is inside a residual or a `choose`, and a network is split between the layers of its blocks")
        .note(one.location, "split here")
        .note("split before these as a whole: `first residual`, `every residual`, `every later choose`");
    return false;
  }

  bool channels(const Rewrite &one, resolved::Rewrite &rewrite) {
    Location where = blamed(*one.argument);
    auto value = evaluate(program, *one.argument, inside);
    if (!value)
      return false;
    if (!value->isList()) {
      error(Id::ChannelsList, where,
            "`switch` takes a list with the number of channels of each block, such as [5, 5], got " +
                value->text())
          .note(one.location, "used here");
      return false;
    }
    for (const Value &each : value->list()) {
      bool fits =
          each.isNumber() && each.number().isInteger() && each.real() >= 1 && each.real() <= maxChannels;
      if (!fits) {
        error(Id::ChannelsCount, where,
              "a block has from 1 to " + std::to_string(maxChannels) + " channels, got " + each.text())
            .note(one.location, "used here");
        return false;
      }
      rewrite.channels.push_back(each.integer());
    }
    if (std::all_of(rewrite.channels.begin(), rewrite.channels.end(), [](int64_t n) { return n == 1; }))
      program.diagnostics
          .warning(Id::OneChannel, where,
                   "`" + format(call) + "` gives every block one channel: nothing switches")
          .note(one.location, "used here");
    return countFits(where, rewrite.channels.size());
  }

  bool countFits(Location where, size_t numbers) {
    bool split = state->splitAt.valid();
    if (numbers == state->blocks || (!state->inserted.empty() && split))
      return true;
    auto &problem =
        error(Id::ChannelsFit, where,
              "`" + format(call) + "` gives " + std::to_string(numbers) +
                  (numbers == 1 ? " number" : " numbers") + " of channels, but network `" + network.name +
                  "` has " + counted(state->blocks, "block") + (split ? " after the split" : ""));
    if (split)
      problem.note(state->splitAt, "split here");
    else
      problem.note("give one number for each block: " + joined(blockNames(), ", "));
    return false;
  }

  /// Adversarial training: every training example is first attacked.
  bool against(const Rewrite &one, resolved::Rewrite &rewrite) {
    rewrite.against.emplace();
    return fits(*one.call, "attack", [&] {
      return resolveTrainingAttack(program, *one.call, {inside, symbols, network}, *rewrite.against);
    });
  }

  bool trainBy(const Rewrite &one, resolved::Rewrite &rewrite) {
    return fits(*one.call, "loss", [&] {
      rewrite.loss = resolveLoss(program, *one.call, {inside, symbols, network});
      return rewrite.loss.has_value();
    });
  }

  /// With an error at the defense's call, too, where what it trains with has one.
  template <typename Resolve> bool fits(const CallExpr &callee, const std::string &kind, Resolve resolve) {
    int before = program.diagnostics.errorCount();
    bool good = resolve();
    if (!good && program.diagnostics.errorCount() > before)
      error(Id::AttackDoesNotFit, call.location,
            "defense `" + result.label + "` does not fit its " + kind + " `" + callee.name() + "`");
    return good;
  }

  bool answer(const Rewrite &one, resolved::Rewrite &rewrite) {
    auto draws = evaluateCount(program, *one.argument, inside, "draws");
    if (draws && *draws > limits::votes)
      error(Id::AnswerDraws, blamed(*one.argument),
            "an answer is made of " + std::to_string(limits::votes) + " draws at most, got " +
                std::to_string(*draws))
          .note(one.location, "used here");
    if (!draws || *draws > limits::votes)
      return false;
    rewrite.byMean = one.target == "mean";
    rewrite.draws = *draws;
    return true;
  }

  bool recipe(const Rewrite &one, resolved::Rewrite &rewrite) {
    for (const Argument &argument : one.call->arguments) { // the one there is: its draw
      auto draw = evaluateDraw(program, *argument.value, inside);
      if (!draw)
        return false;
      rewrite.drawPerBatch = draw->word() == "per_batch";
    }
    return true;
  }

  Program &program;
  const CallExpr &call;
  const DefenseDecl &decl;
  const resolved::Network &network;
  resolved::DefensePart &result;
  Rewritten *state = nullptr;
  Scope inside;
  std::vector<std::string> symbols; ///< parameters that stay symbolic
  bool keepsBlocks = true;          ///< its split, if any, is at the network's own blocks
};

} // namespace

/// Whether it says how a model answers, and nothing else.
static bool onlyAnswers(const resolved::DefensePart &part) {
  const std::vector<Rewrite> &all = part.decl->rewrites;
  return !all.empty() && std::all_of(all.begin(), all.end(),
                                     [](const Rewrite &one) { return one.kind == RewriteKind::Answer; });
}

/// A choice of defenses is composed with nothing but how it answers.
static bool isAlone(Program &program, const resolved::Defense &defense, const resolved::DefensePart &choice) {
  for (const resolved::DefensePart &part : defense.parts)
    if (&part != &choice && !onlyAnswers(part)) {
      program.diagnostics
          .error(Id::ChoiceComposed, choice.location,
                 "`" + choice.name +
                     "` is a choice of defenses, and composed with nothing but how it answers")
          .note(choice.decl->location,
                "declared here; its members may be composed: `choose { A with B  C }`");
      return false;
    }
  return true;
}

/// The name for tables, with the values of the axes: "noise (s = 0.1)".
static std::string titled(const Point &point) {
  std::vector<std::string> values;
  for (const NamedValue &one : point.axes)
    values.push_back(one.name + " = " + one.value.text());
  return point.title + (values.empty() ? "" : " (" + joined(values, ", ") + ")");
}

bool makeDefense(Program &program, const Point &point, const resolved::Network &network,
                 resolved::Defense &result) {
  result.family = point.family;
  result.strength = point.strength;
  result.axes = point.axes;
  result.location = point.call().location;
  result.parts.resize(point.calls.size());
  std::deque<PartInstance> instances;
  std::vector<std::string> labels;
  for (size_t i = 0; i < point.calls.size(); ++i) {
    const CallExpr &call = *point.calls[i];
    resolved::DefensePart &part = result.parts[i];
    part.decl = program.find<DefenseDecl>(call.name(), point.scope.module, call.location);
    if (!part.decl)
      return false;
    instances.emplace_back(program, call, network, part);
    if (!instances.back().bind(point.scope))
      return false;
    labels.push_back(part.label);
  }
  result.label = point.title.empty() ? joined(labels, " with ") : titled(point);
  result.written = joined(labels, " with ");
  auto choice =
      std::find_if(result.parts.begin(), result.parts.end(), [](auto &part) { return part.decl->chooses; });
  if (choice != result.parts.end() && !isAlone(program, result, *choice))
    return false;
  if (!trainedInOneWay(program, result.parts))
    return false;
  Rewritten soFar{network.blocks.size(), {}, {}};
  for (PartInstance &one : instances)
    if (!one.rewrites(soFar))
      return false;
  if (choice != result.parts.end())
    return makeChoice(program, *choice->decl, instances[size_t(choice - result.parts.begin())].scope(),
                      network, result);
  for (const resolved::DefensePart &part : result.parts)
    for (const Rewrite &one : part.decl->rewrites)
      result.mounted |= one.kind == RewriteKind::Mount;
  return splitOnce(program, result.parts);
}

} // namespace switchyard
