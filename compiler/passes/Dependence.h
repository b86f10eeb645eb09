// Which values depend on which: the one analysis that passes ask. It follows SSA uses through operations,
// into regions by what they capture and by what loops carry, and out of them by what they yield; a set of
// what was reached makes it linear. Where a pass needs the operations between two values, a backward slice
// gives them, in whatever enclosing blocks they stand.
#ifndef SWITCHYARD_COMPILER_PASSES_DEPENDENCE_H
#define SWITCHYARD_COMPILER_PASSES_DEPENDENCE_H

#include "dialect/Dialect.h"

#include "llvm/ADT/SetVector.h"

namespace switchyard {

/// What a value in a loop's body means to the loop's other turns.
enum class Turns {
  This, ///< it is another value there: what it gives the next turn depends on none of this one
  All,  ///< the same is asked of all of them
};

class Dependence {
public:
  /// Whether a result depends on an operand of its operation; all do where none is given.
  using Rule = std::function<bool(mlir::OpOperand &, mlir::OpResult)>;

  explicit Dependence(mlir::ValueRange on = {}, Turns turns = Turns::This, Rule rule = {})
      : turns(turns), rule(std::move(rule)) {
    for (mlir::Value value : on)
      add(value);
  }

  /// Adds a value and all that depends on it.
  void add(mlir::Value value);
  /// Adds a value alone, for passes that go through a program and change it on the way.
  void addAlone(mlir::Value value) { reached.insert(value); }

  bool contains(mlir::Value value) const { return reached.contains(value); }
  bool containsAnyOf(mlir::ValueRange values) const {
    return llvm::any_of(values, [&](mlir::Value value) { return contains(value); });
  }
  /// Whether the operation, or one in its regions, reads such a value.
  bool isReadBy(mlir::Operation *op) const;

private:
  Turns turns;
  Rule rule;
  llvm::DenseSet<mlir::Value> reached;
};

/// The operations that `root` is computed by, in order, and the block arguments where that begins. `ends` are
/// values that count as given, whatever computes them.
struct Slice {
  Slice(mlir::Value root, mlir::ValueRange ends = {});

  llvm::SmallVector<mlir::Operation *> operations;
  llvm::SetVector<mlir::BlockArgument> arguments;
};

} // namespace switchyard

#endif
