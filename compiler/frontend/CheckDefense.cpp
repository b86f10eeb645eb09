// Defenses as declared: layers and places that exist, names that are parameters. What fits a network shows
// when an experiment applies it.

#include "compiler/frontend/Layers.h"
#include "compiler/frontend/Print.h"
#include "compiler/frontend/Writer.h"

#include <algorithm>

namespace switchyard {

using namespace ast;

namespace {

class DefenseChecker {
public:
  DefenseChecker(Program &program, const DefenseDecl &defense) : program(program), defense(defense) {}

  void check() {
    for (const Rewrite &one : defense.rewrites) {
      for (auto &layer : one.layers)
        checkLayer(*layer);
      if (one.argument)
        checkNames(*one.argument);
      if (one.kind == RewriteKind::AtEnd || one.kind == RewriteKind::Before || one.kind == RewriteKind::After)
        checkPlace(one);
      if (one.kind == RewriteKind::Mount && one.target != "base")
        program.diagnostics.error(one.location, "a defense is mounted on `base`, the base model, not on `" +
                                                    one.target + "`");
      if (one.kind == RewriteKind::TrainAgainst)
        program.find<AttackDecl>(one.call->name(), program.home(defense), one.call->location);
    }
  }

private:
  const Parameter *parameter(const std::string &name) const {
    for (const Parameter &one : defense.parameters)
      if (one.name == name)
        return &one;
    return nullptr;
  }

  void checkNames(const Expr &e) {
    std::vector<const NameExpr *> names;
    collectNames(e, names);
    for (const NameExpr *one : names)
      checkName(*one);
  }

  void checkName(const NameExpr &e) {
    std::string name = joined(e.path, ".");
    static const std::vector<std::string> words = {"training", "inference", "always", "blocks", "infinity"};
    if (parameter(name) || std::find(words.begin(), words.end(), name) != words.end())
      return;
    std::vector<std::string> known;
    for (const Parameter &one : defense.parameters)
      known.push_back(one.name);
    program.diagnostics.error(e.location, "defense `" + defense.name + "` has no parameter `" + name + "`" +
                                              didYouMean(name, known));
  }

  void checkLayer(CallExpr &call) {
    const LayerKind *kind = layerKind(program, call);
    if (!kind)
      return;
    call.meaning = Meaning::Layer;
    call.layer = kind;
    std::vector<std::string> names;
    std::vector<bool> required;
    for (const CatalogParameter &one : kind->parameters) {
      names.push_back(one.name);
      required.push_back(one.byDefault.empty());
    }
    auto matched =
        matchArguments(program, call.arguments, call.location, names, required, "layer `" + kind->name + "`");
    if (!matched)
      return;
    for (const Argument *one : *matched) {
      call.bound.push_back(one ? one->value.get() : nullptr);
      if (one)
        checkNames(*one->value);
    }
  }

  void checkPlace(const Rewrite &one) {
    if (!one.replace.empty() && !findLayer(one.replace))
      noLayer(one.replaceLocation, one.replace);
    const PlaceRef &place = one.place;
    const Parameter *given = parameter(place.target);
    if (given && given->type.name != "block" && given->type.name != "place")
      program.diagnostics.error(place.location, "`" + place.target + "` is no place")
          .note(given->location, "declared here; a place has the type `block`");
    if (place.which != Place::Named && place.target != "block" && !findLayer(place.target))
      noLayer(place.location, place.target);
    if (place.which == Place::Named && !given && findLayer(place.target))
      program.diagnostics.error(place.location, "which `" + place.target + "` is meant? write `first " +
                                                    place.target + "` or `every " + place.target + "`");
    bool layerPlace = place.which != Place::Named && place.target != "block";
    if (one.kind == RewriteKind::AtEnd && layerPlace && findLayer(place.target))
      program.diagnostics.error(place.location,
                                "a layer has no end; write `after first " + place.target + "`");
  }

  void noLayer(Location where, const std::string &name) {
    std::vector<std::string> known = {"block"};
    for (const LayerKind &one : layerKinds())
      known.push_back(one.name);
    program.diagnostics.error(where, "there is no layer `" + name + "`" + didYouMean(name, known));
  }

  Program &program;
  const DefenseDecl &defense;
};

} // namespace

void checkDefense(Program &program, DefenseDecl &decl) {
  checkParameters(program, decl.parameters, {"real", "int", "bool", "list", "block", "place", "draw"});
  DefenseChecker(program, decl).check();
}

} // namespace switchyard
