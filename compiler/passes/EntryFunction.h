// A function under construction: arguments and results are added with their roles (docs/artifact.md), then it
// is closed. And the arguments that every function which runs a network has.
#ifndef SWITCHYARD_COMPILER_PASSES_ENTRYFUNCTION_H
#define SWITCHYARD_COMPILER_PASSES_ENTRYFUNCTION_H

#include "compiler/passes/NetworkProgram.h"
#include "dialect/Roles.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace switchyard {

class EntryFunction {
public:
  /// An entry function at the end of the module, for `batch` examples at once.
  EntryFunction(mlir::ModuleOp module, mlir::Location loc, llvm::StringRef name, int64_t batch);

  /// A new argument; scalars and how far a training is are dropped by `close` if unused.
  mlir::Value argument(mlir::RankedTensorType type, rt::Role role, llvm::StringRef name = "");
  /// A scalar of the model's or of the attack's.
  mlir::Value scalar(mlir::RankedTensorType type, llvm::StringRef name, swy::Owner owner);
  /// A result; `into` is the argument whose buffer it is written to, null for a buffer of its own.
  void result(mlir::Value value, rt::Role role, llvm::StringRef name = "", mlir::Value into = {});
  mlir::func::FuncOp close();

  mlir::RankedTensorType real(llvm::ArrayRef<int64_t> shape = {}) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  }
  mlir::RankedTensorType integer(llvm::ArrayRef<int64_t> shape = {}, unsigned bits = 32) {
    return mlir::RankedTensorType::get(shape, builder.getIntegerType(bits));
  }
  mlir::Value constant(double value) { return swy::realConstant(builder, loc, value); }
  /// A constant list of integers, or with `scalar` its one element.
  mlir::Value integers(llvm::ArrayRef<int32_t> values, bool scalar = false);
  template <typename Op, typename... Args> mlir::Value make(Args &&...args) {
    return Op::create(builder, loc, std::forward<Args>(args)...);
  }

  mlir::OpBuilder builder;
  mlir::Location loc;

private:
  llvm::SmallVector<mlir::NamedAttribute> attributes(rt::Role role, llvm::StringRef name);
  void dropUnusedScalars();

  mlir::func::FuncOp function;
  llvm::SmallVector<llvm::SmallVector<mlir::NamedAttribute>> arguments, results;
  llvm::SmallVector<mlir::Value> values, targets;
};

/// Random context, scalars and parameters of a network.
struct NetworkArguments {
  mlir::Value stream, rows;
  mlir::Value step; ///< of a training: its number
  llvm::SmallVector<mlir::Value> scalars;
  llvm::StringMap<mlir::Value> parameters;

  NetworkArguments(EntryFunction &program, swy::NetworkOp network);

  /// Adds the parameters of blocks `range` as `weight`s, stacked where the block switches.
  void addWeights(EntryFunction &program, swy::NetworkOp network, BlockSpan range = {});
  /// Adds those of one channel as `parameter`s, to be trained.
  void addTrained(EntryFunction &program, llvm::ArrayRef<NetworkParameter> trained);

  swy::Instantiation instantiation(swy::Instantiation::Mode mode, mlir::Value pass) const;
};

/// The type of an image of the network.
mlir::RankedTensorType exampleType(swy::NetworkOp network);

/// Each example's own draw at the fork's site (S3.4, S3.7).
Channel drawChannel(mlir::OpBuilder &builder, const Fork &fork, const swy::Instantiation &how);

/// Who holds finished examples to the attack's ball and the input's range: the runtime, or the function
/// itself.
enum class Confined { ByRuntime, ByTally };

/// Inlines an attack's body; `answer` puts the network in the place of `swy.model`. `given` are example,
/// goal, rows and stream, `scalars` the attack's own. With several draws, `swy-expand-expectation` averages
/// the gradients later.
mlir::Value inlineAttack(EntryFunction &p, swy::AttackOp attack, mlir::ValueRange given,
                         mlir::ValueRange scalars, Confined confined,
                         llvm::function_ref<mlir::Value(mlir::OpBuilder &, swy::ModelOp)> answer);

} // namespace switchyard

#endif
