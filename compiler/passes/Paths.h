// The ways through a network's forks, as a tree: channels multiply, and so do forks one behind the other; a
// choice adds up what its members have.
#ifndef SWITCHYARD_COMPILER_PASSES_PATHS_H
#define SWITCHYARD_COMPILER_PASSES_PATHS_H

#include "compiler/passes/NetworkProgram.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace switchyard {

class Paths {
public:
  /// Of one part of a network.
  Paths(swy::NetworkOp network, int64_t part);

  /// How many there are; saturates at 2^31.
  int64_t count() const { return root.count; }
  /// Whether some are ways through choices.
  bool choose() const { return anyChoice; }
  /// Of each path, in order; empty: equal ones.
  llvm::SmallVector<double> chances() const;

  /// Which way the path of number `number` (tensor<i32>) goes at each fork, one for all examples: the last
  /// fork changes first. Where the path does not come by, it is some way.
  using Directions = llvm::DenseMap<mlir::Operation *, mlir::Value>;
  Directions directions(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value number) const;

private:
  /// Elements one behind the other, or with `fork` a block or a choice, whose members are the children.
  struct Node {
    mlir::Operation *fork = nullptr;
    int64_t count = 1;
    std::vector<Node> children = {};
  };

  Node nodeOf(mlir::Operation &op);
  Node nodeOf(mlir::Block &chain);
  static void append(Node &sequence, Node next);
  static llvm::SmallVector<double> chancesOf(const Node &node);

  Node root;
  bool anyChoice = false;
};

/// The ways through a whole network, for programs that go through them one by one: one part's after the
/// other, the last part's changing first.
class PathTable {
public:
  explicit PathTable(swy::NetworkOp network);

  Paths::Directions directions(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value number) const;
  /// Puts what is known of the paths into a program's operations about them (swy.path_count, swy.path,
  /// swy.path_chance); there are at most `limits::paths`.
  void resolve(mlir::Block &program) const;

private:
  void resolve(swy::PathOp path) const;
  llvm::SmallVector<double> chances() const;

  llvm::SmallVector<Paths> parts;
  int64_t size = 1;
};

} // namespace switchyard

#endif
