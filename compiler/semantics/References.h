// What the names of a program stand for, and where: what an editor asks for when it shows a declaration or
// jumps to it. Kept for all that could be resolved, beside errors, too.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_REFERENCES_H
#define SWITCHYARD_COMPILER_SEMANTICS_REFERENCES_H

#include "compiler/syntax/Ast.h"

#include <map>
#include <tuple>

namespace switchyard {

enum class Referent {
  Module,
  Param,
  Dataset,
  Network,
  Objective,
  Attack,
  Defense,
  Parameter,
  Variable,
  Axis, ///< of a `for`
  Function,
  Layer,
  Part,
  Optimizer,
  Schedule,
  Loss,
  DataSource,
  Measure,
  Experiment
};

Referent referentOf(ast::DeclKind kind);

struct Reference {
  Location use;
  Location declared; ///< invalid: the language's own
  Referent kind = Referent::Variable;
};

class References {
public:
  void add(Location use, Referent kind, Location declared = {});
  /// What stands at a place of the text, or null.
  const Reference *at(int file, Position position) const;
  size_t count() const { return entries.size(); }

private:
  std::map<std::tuple<int, int, int>, Reference> entries; ///< by file, line and column of the use
};

} // namespace switchyard

#endif
