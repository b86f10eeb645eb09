// Chains of layers as written (networks, parts, rewrites of defenses) to chains of layers and residuals:
// parts, `repeat`s and `if`s are expanded, arguments bound, shapes inferred, places named.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CHAINS_H
#define SWITCHYARD_COMPILER_SEMANTICS_CHAINS_H

#include "compiler/semantics/Layers.h"

#include <functional>
#include <set>

namespace switchyard {

/// Where a chain stands.
struct ChainPlace {
  std::string path;                      ///< of a block; empty in rewrites: paths come where they land
  LayerShape shape;                      ///< of its input; empty: not known here
  std::vector<std::string> symbols = {}; ///< parameters of a defense that stay symbolic
  std::string title = "";                ///< as messages name it; empty: the block of this path
};

struct ExpandedChain {
  resolved::Chain chain;
  LayerShape shape;                       ///< of what it gives; empty: not known
  bool whole = true;                      ///< false: errors were reported
  const ast::CallExpr *failing = nullptr; ///< the call as written in `layers` that they are about
};

ExpandedChain expandChain(Program &program, const ast::Layers &layers, const Scope &scope,
                          const ChainPlace &place);

/// That what a chain names is there, and that arguments have parameters; `checkNames` sees every expression
/// in it (CheckParts.cpp).
void checkLayers(Program &program, ast::Layers &layers, const ast::Module &home,
                 const std::function<void(const ast::Expr &)> &checkNames);

/// Adds the kinds of layers that a chain as written may come to, `residual` among them: those in both arms of
/// an `if`, and those of parts (CheckParts.cpp).
void collectKinds(const Program &program, const ast::Layers &layers, const ast::Module &home,
                  std::set<std::string> &kinds);

} // namespace switchyard

#endif
