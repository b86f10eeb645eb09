// Groups of an experiment to instances: every `for` becomes values on axes (S1.7), every call a bound defense
// or attack with its label.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_EXPAND_H
#define SWITCHYARD_COMPILER_SEMANTICS_EXPAND_H

#include "compiler/semantics/Evaluate.h"
#include "compiler/semantics/Resolved.h"

#include <functional>

namespace switchyard {

/// One item of a group at one point of its axes.
struct Point {
  std::vector<const ast::CallExpr *> calls; ///< of attacks, one
  Scope scope;                              ///< the file's params and the axes
  resolved::Axes axes;
  std::string family;
  std::string strength;            ///< inside a family
  std::string title = {};          ///< what tables call it; empty: by its calls
  const ast::Item *item = nullptr; ///< of a group: where it stands

  const ast::CallExpr &call() const { return *calls.front(); }
};

/// What a composition joins, as a Point has it.
std::vector<const ast::CallExpr *> callsOf(const ast::Composition &composition);

/// Visits every item of the group at every point, items outermost.
void expand(Program &program, const ast::Group &group, const std::function<void(const Point &)> &visit);

/// What tables call it: its title, or the call with what differs from its default and is no axis.
std::string labelOf(const Point &point, const std::vector<ast::Parameter> &parameters,
                    const NamedValues &arguments);

/// Visits a point at every combination of the loops' values.
void expand(Program &program, const std::vector<ast::ForIn> &loops, Point point,
            const std::function<void(const Point &)> &visit);

/// The defense or attack of a point; false with errors reported. `network` is what it protects or attacks.
bool makeDefense(Program &program, const Point &point, const resolved::Network &network,
                 resolved::Defense &result);
bool makeAttack(Program &program, const Point &point, const resolved::Network &network,
                resolved::Attack &result);

/// The members of a choice of defenses, whose parameters have values in `inside` (Choices.cpp); false with
/// errors reported.
bool makeChoice(Program &program, const ast::DefenseDecl &decl, const Scope &inside,
                const resolved::Network &network, resolved::Defense &result);

/// Whether one model can be trained as all parts of a defense ask (CheckComposition.cpp); false with errors
/// reported.
bool trainedInOneWay(Program &program, const std::vector<resolved::DefensePart> &parts);
/// Whether at most one part splits the network, and none does so behind one that switches; needs their
/// rewrites.
bool splitOnce(Program &program, const std::vector<resolved::DefensePart> &parts);

/// The numbers of an attack that was made from `call`: for the call and each alias on the way to the attack's
/// body.
std::vector<std::vector<resolved::TrainingScalar>> attackScalars(Program &program, const ast::CallExpr &call,
                                                                 const Scope &scope,
                                                                 std::vector<std::string> symbols);

} // namespace switchyard

#endif
