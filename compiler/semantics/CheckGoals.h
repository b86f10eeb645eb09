// What the objectives and logits of an attack ask of the experiment that uses it: its goal and its classes.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CHECKGOALS_H
#define SWITCHYARD_COMPILER_SEMANTICS_CHECKGOALS_H

#include "compiler/semantics/Resolved.h"
#include "compiler/syntax/Diagnostics.h"

#include <set>

namespace switchyard {

/// Reports each complaint once, however many points of the axes share it.
class GoalChecker {
public:
  explicit GoalChecker(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  /// `goal` is where the goal was chosen, `use` where the attack.
  void check(Location goal, Location use, const resolved::Attack &attack, const resolved::Network &network,
             bool away);
  /// The same of a loss's body and of its attacks, which lead away from the label.
  void check(Location use, const resolved::Loss &loss, const resolved::Network &network);

private:
  void hasForm(Location goal, const ast::ObjectiveDecl &objective, bool away);
  /// Whether some objective by which alone a gradient is one depends on the logits.
  void hasGradient(Location use, const ast::GradientExpr &gradient, const resolved::Attack &attack,
                   bool away);
  /// Whether the network has as many classes as an expression `largest(z, k)` asks for; others ask for none.
  void hasClasses(Location use, const ast::Expr &e, const resolved::Network &network);

  /// Whether the goal leads away from the label, where an attack asks for it.
  void hasLabel(Location goal, const ast::Expr &e, const resolved::Attack &attack, bool away);

  Diagnostics &diagnostics;
  std::set<std::pair<Location, Location>> reported; ///< at which place, about what
};

} // namespace switchyard

#endif
