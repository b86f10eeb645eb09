// Defenses as declared: layers and places that exist, names that are parameters. What fits a network shows
// when an experiment applies it.

#include "compiler/semantics/Arithmetic.h"
#include "compiler/semantics/Chains.h"
#include "compiler/semantics/Estimators.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

class DefenseChecker {
public:
  DefenseChecker(Program &program, DefenseDecl &defense) : program(program), defense(defense) {}

  void check() {
    if (defense.chooses)
      return checkChoice(program, defense, [&](const Expr &e) { checkNames(e); });
    for (Rewrite &one : defense.rewrites) {
      checkLayers(program, one.layers, program.home(defense), [&](const Expr &e) { checkNames(e); });
      if (one.argument)
        one.kind == RewriteKind::Split ? checkCuts(*one.argument) : checkNames(*one.argument);
      if (one.kind == RewriteKind::AtEnd || one.kind == RewriteKind::Before ||
          one.kind == RewriteKind::After || one.kind == RewriteKind::Replace ||
          one.kind == RewriteKind::OnWeights)
        checkPlace(one);
      if (one.kind == RewriteKind::Drop)
        checkDrop(one.place);
      if (one.kind == RewriteKind::Mount && one.target != "base")
        program.diagnostics.error(Id::MountTarget, one.location,
                                  "a defense is mounted on `base`, the base model, not on `" + one.target +
                                      "`");
      if (one.kind == RewriteKind::TrainAgainst)
        checkAgainst(one);
      if (one.kind == RewriteKind::TrainBy)
        checkBy(*one.call);
      if (one.kind == RewriteKind::TrainRecipe)
        checkRecipe(*one.call);
      if (one.kind == RewriteKind::Switch && one.target != "block")
        program.diagnostics.error(Id::SwitchTarget, one.location,
                                  "blocks are switched, not `" + one.target +
                                      "`: write `switch every block over ...`");
    }
    const Rewrite *mount = only(RewriteKind::Mount, "mounts");
    only(RewriteKind::Answer, "says how its model answers");
    checkDescent(mount);
    checkSwitching(mount);
  }

private:
  const Parameter *parameter(const std::string &name) const {
    for (const Parameter &one : defense.parameters)
      if (one.name == name)
        return &one;
    return nullptr;
  }

  /// Whether a training is by a parameter, whose value is a call; an error where it is one that cannot be.
  bool isHandedOn(const CallExpr &call, const std::string &type) const {
    const Parameter *given = parameter(call.name());
    bool isCall = given && (given->type.name == "attack" || given->type.name == "loss");
    if (!isCall)
      return false;
    std::string name = "`" + given->name + "`";
    if (!call.arguments.empty())
      program.diagnostics
          .error(Id::CallingArguments, call.location, name + " is a parameter here, and takes no arguments")
          .note(given->location, "declared here; who gives it gives its arguments, too");
    else if (given->type.name != type)
      program.diagnostics
          .error(
              Id::NoCalling, call.location,
              name +
                  (type == "loss" ? " is an attack: write `train against " : " is a loss: write `train by ") +
                  given->name + "`")
          .note(given->location, "declared here");
    return true;
  }

  void checkNames(const Expr &e) {
    std::vector<const NameExpr *> names;
    collectNames(e, names);
    for (const NameExpr *one : names)
      checkName(*one);
  }

  void checkName(const NameExpr &e) {
    std::string name = joined(e.path, ".");
    static const std::vector<std::string> words = {"training", "inference", "always", "blocks"};
    if (parameter(name) || constantNamed(name) || std::find(words.begin(), words.end(), name) != words.end())
      return;
    std::vector<std::string> known;
    for (const Parameter &one : defense.parameters)
      known.push_back(one.name);
    auto &error = program.diagnostics.error(Id::UnknownInDefense, e.location,
                                            "defense `" + defense.name + "` has no parameter `" + name + "`" +
                                                didYouMean(name, known));
    if (program.look(DeclKind::Param, name, program.home(defense)))
      error.note("`" + name + "` is a param of the file, which a defense is given as an argument");
  }

  /// A call's names may be words, places and objectives; params of the file are none of the defense's.
  void checkGiven(const CallExpr &call) {
    std::vector<const NameExpr *> names;
    collectNames(call, names);
    for (const NameExpr *one : names)
      if (program.look(DeclKind::Param, joined(one->path, "."), program.home(defense)))
        checkName(*one);
  }

  /// Names in a list of places may be blocks of a network that is not known here.
  void checkCuts(const Expr &e) {
    auto *list = as<ListExpr>(&e);
    if (!list)
      return checkNames(e);
    for (auto &one : list->elements)
      if (auto *place = as<PlaceExpr>(one.get());
          place && place->place.target != "block" && !isLayer(place->place.target))
        noLayer(one->location, place->place.target);
  }

  void checkAgainst(const Rewrite &one) {
    checkGiven(*one.call);
    if (!isHandedOn(*one.call, "attack"))
      program.find<AttackDecl>(one.call->name(), program.home(defense), one.call->location);
    if (one.call->estimator)
      isEstimator(program, *one.call->estimator);
    bool leavesLabel = !one.goal || (one.goal->away && one.goal->choice == "label");
    if (!leavesLabel)
      program.diagnostics.error(Id::TrainingGoal, one.goal->location,
                                "training is against attacks `away from label`, the only goal "
                                "there; leave it out or say so");
  }

  void checkBy(const CallExpr &call) {
    checkGiven(call);
    if (!isHandedOn(call, "loss"))
      program.find<LossDecl>(call.name(), program.home(defense), call.location);
  }

  void checkRecipe(const CallExpr &call) {
    if (call.name() != "bottom_up") {
      program.diagnostics
          .error(Id::UnknownDefenseTraining, call.location,
                 "a defense has no training `" + call.name() + "`" +
                     didYouMean(call.name(), {"bottom_up", "against", "by"}))
          .note("known are `train bottom_up`, `train against ATTACK` and `train by LOSS`");
      return;
    }
    auto matched =
        matchArguments(program, call.arguments, call.location, {"draw"}, {false}, "`train bottom_up`");
    if (!matched || !matched->front())
      return;
    const Expr &draw = *matched->front()->value;
    auto *name = as<NameExpr>(&draw);
    const Parameter *given = name ? parameter(format(draw)) : nullptr;
    if (!given)
      evaluateDraw(program, draw, Scope(program.home(defense)));
    else if (given->type.name != "draw")
      program.diagnostics.error(Id::NoDraw, draw.location, "`" + given->name + "` is no draw")
          .note(given->location, "declared here; `per_example` and `per_batch` have the type `draw`");
  }

  /// The rewrite of that kind; a second one is an error.
  const Rewrite *only(RewriteKind kind, const std::string &what) {
    const Rewrite *first = nullptr;
    for (const Rewrite &one : defense.rewrites) {
      if (one.kind == kind && first)
        program.diagnostics
            .error(Id::RewriteTwice, one.location, "defense `" + defense.name + "` " + what + " twice")
            .note(first->location, "first here");
      if (one.kind == kind && !first)
        first = &one;
    }
    return first;
  }

  /// A model descends one thing, and a mounted one nothing.
  void checkDescent(const Rewrite *mount) {
    const Rewrite *against = only(RewriteKind::TrainAgainst, "trains"),
                  *by = only(RewriteKind::TrainBy, "says what is descended");
    if (against && by)
      program.diagnostics
          .error(
              Id::AgainstAndBy, by->location,
              "`train against` descends the loss on attacked images, `train by` one of its own: keep one of "
              "the two")
          .note(against->location, "trained against an attack here")
          .note("a loss attacks by `attacked(x, by)`, `by` being a parameter of type attack");
    if (const Rewrite *how = against ? against : by; how && mount)
      program.diagnostics
          .error(Id::MountedAndAgainst, mount->location,
                 std::string("a mounted defense keeps the base model's weights and is not trained: "
                             "leave out `mount on base` or `train ") +
                     (against ? "against`" : "by`"))
          .note(how->location, "trained here");
  }

  /// Switching, splitting and bottom-up training belong together.
  void checkSwitching(const Rewrite *mount) {
    const Rewrite *split = only(RewriteKind::Split, "splits"),
                  *switches = only(RewriteKind::Switch, "switches"),
                  *train = only(RewriteKind::TrainRecipe, "trains");
    bool bottomUp = train && train->call->name() == "bottom_up";
    if (switches && !train)
      program.diagnostics.error(Id::SwitchUntrained, switches->location,
                                "the channels of switching blocks are trained one by one: add "
                                "`train bottom_up`");
    if (bottomUp && !switches)
      program.diagnostics.error(Id::NothingSwitched, train->location,
                                "`train bottom_up` trains the channels of switching blocks, and there "
                                "are none: add `switch every block over ...`");
    if (switches && mount)
      program.diagnostics
          .error(Id::MountedAndSwitched, mount->location,
                 "a switching network has channels of its own to train and cannot be "
                 "mounted on the base model; leave `mount on base` out")
          .note(switches->location, "switched here");
    if (switches && split && switches->location < split->location)
      program.diagnostics
          .error(Id::SplitAfterSwitch, split->location,
                 "a network is split before its blocks are switched: put `split` first")
          .note(switches->location, "switched here");
  }

  bool isLayer(const std::string &name) const {
    return switchyard::isLayer(program, name, program.home(defense));
  }

  /// Without its main chain a residual still is its shortcut; nothing else can go.
  void checkDrop(const PlaceRef &place) {
    if (place.which == Place::Named || place.target != resolved::Element::residualKind)
      program.diagnostics.error(Id::DropPlace, place.location,
                                "residuals are dropped, whose shortcut stays, not `" +
                                    placeText({place.which, place.target}) +
                                    "`: write `drop every residual (rate)`");
  }

  void checkPlace(const Rewrite &one) {
    if (!one.replace.empty() && !isLayer(one.replace))
      noLayer(one.replaceLocation, one.replace);
    const PlaceRef &place = one.place;
    const Parameter *given = parameter(place.target);
    if (given && given->type.name != "block" && given->type.name != "place")
      program.diagnostics.error(Id::NoPlace, place.location, "`" + place.target + "` is no place")
          .note(given->location, "declared here; a place has the type `block`");
    if (place.which != Place::Named && place.target != "block" && !isLayer(place.target))
      noLayer(place.location, place.target);
    bool whichIsOpen = place.which == Place::Named && !given && isLayer(place.target);
    if (whichIsOpen)
      program.diagnostics.error(Id::WhichPlace, place.location,
                                "which `" + place.target + "` is meant? write `first " + place.target +
                                    "` or `every " + place.target + "`");
    bool layerPlace = place.which != Place::Named && place.target != "block";
    // What a parameter is given is looked at there.
    if (one.kind == RewriteKind::Replace && !layerPlace && !given && !whichIsOpen)
      program.diagnostics
          .error(Id::ReplacePlace, place.location,
                 "layers and residuals are replaced, not " +
                     (place.which == Place::Named ? "`" + place.target + "`" : "blocks"))
          .note("such as `replace every batch_norm { instance_norm }`");
    std::string noWeights = one.kind == RewriteKind::OnWeights && !given && !whichIsOpen
                                ? whyNoWeights({place.which, place.target})
                                : "";
    if (!noWeights.empty() &&
        (place.which == Place::Named || isLayer(place.target) || place.target == "block"))
      program.diagnostics.error(Id::WeightsPlace, place.location, noWeights);
    bool hasEnd = place.target == resolved::Element::residualKind;
    if (one.kind == RewriteKind::AtEnd && layerPlace && !hasEnd && isLayer(place.target))
      program.diagnostics.error(Id::LayerHasNoEnd, place.location,
                                (resolved::Element::isStructure(place.target) ? "a `choose`" : "a layer") +
                                    std::string(" has no end; write `after first ") + place.target + "`");
  }

  void noLayer(Location where, const std::string &name) {
    reportNoPlace(program, where, name, program.home(defense));
  }

  Program &program;
  DefenseDecl &defense;
};

} // namespace

void checkDefense(Program &program, DefenseDecl &decl) {
  checkParameters(program, decl.parameters,
                  {"real", "int", "bool", "list", "block", "place", "draw", "attack", "loss"});
  DefenseChecker(program, decl).check();
}

} // namespace switchyard
