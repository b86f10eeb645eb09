// Hashes what a program computes (S6.1): the graph of its values, not its text. Equal for programs that
// differ in the order of operations that do not wait for each other, in names of symbols and values, in
// places of the source, in what nobody uses and in how MLIR prints; different where an operation, its
// version, an attribute, a type or an operand differs.
#ifndef SWITCHYARD_COMPILER_PASSES_CANONICALHASH_H
#define SWITCHYARD_COMPILER_PASSES_CANONICALHASH_H

#include "dialect/Dialect.h"
#include "dialect/Semantics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/SHA256.h"

#include <functional>
#include <string>

namespace switchyard {

/// 32 bytes.
using Digest = std::string;

/// Takes parts of known length, so that no two lists of parts are hashed alike.
class Hash {
public:
  explicit Hash(llvm::StringRef kind) { add(kind); }
  Hash &add(llvm::StringRef text);
  Hash &add(uint64_t number);
  Digest digest() {
    auto bytes = sha.final();
    return Digest(bytes.begin(), bytes.end());
  }

private:
  llvm::SHA256 sha;
};

class CanonicalHash {
public:
  /// `symbols` gives what stands behind a name: names themselves are in no hash.
  using Symbols = std::function<std::optional<Digest>(llvm::StringRef)>;
  explicit CanonicalHash(Symbols symbols = {}) : symbols(std::move(symbols)) {}

  /// By kind, not by print: a kind that nobody has written down here is a problem, not a hash of nothing.
  Digest attribute(mlir::Attribute attribute);
  Digest type(mlir::Type type);
  /// Arguments with their attributes, what is returned, effects in order, and the function's own attributes
  /// but for its name and `without`.
  Digest function(mlir::func::FuncOp function, llvm::ArrayRef<llvm::StringRef> without = {});
  /// A program of experiment level, whose block's arguments are told apart by their places.
  Digest program(mlir::Region &region);

  /// What could not be hashed; empty where all could.
  const std::string &problem() const { return firstProblem; }

private:
  friend class Graph;
  Digest number(mlir::Attribute attribute);
  Digest unknown(const llvm::Twine &what);

  Symbols symbols;
  std::string firstProblem;
};

} // namespace switchyard

#endif
