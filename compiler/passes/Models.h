// Protected networks with their weights: which trainings make them, and what of them is random.
#ifndef SWITCHYARD_COMPILER_PASSES_MODELS_H
#define SWITCHYARD_COMPILER_PASSES_MODELS_H

#include "compiler/passes/NetworkProgram.h"
#include "runtime/contract/limits.h"

namespace switchyard {

/// More paths than this are not gone through one by one; draws take their place.
constexpr int64_t mostPaths = limits::paths;

/// What jobs need of a protected network.
struct Model {
  swy::NetworkOp network;
  std::string weights; // a swy.weights
  mlir::DictionaryAttr scalars;
  bool randomLayers = false; // noise, dropout at inference
  int64_t paths = 1;         // through its switching blocks and choices
  int64_t turns = 1;         // of loops over them, one in the other
  swy::AnswerAttr answer;    // null: an answer is one draw; so it is where nothing is random

  bool switches() const { return paths > 1; }
  bool random() const { return randomLayers || switches(); }
  /// Whether a mean over all paths is all there is to its randomness (S5.1).
  bool enumerable() const { return switches() && !randomLayers && paths <= mostPaths && !isMean(); }
  /// Of how many draws an answer is the majority; 1: it is one draw, or no majority.
  int64_t votes() const { return answer && !isMean() && random() ? answer.getDraws() : 1; }
  /// Whether the compiled network gives means of several draws.
  bool isMean() const { return answer && answer.getBy() == swy::AnswerKind::Mean && random(); }
};

/// Why `all_paths` with so many draws of all else means nothing on a random network, which `switches` or not
/// and whose loops over paths have so many turns; empty where it does (S4.1).
std::string whyNoPaths(bool randomLayers, bool switches, int64_t turns, int64_t draws);

/// Makes the trainings of one experiment and the models they give.
class ModelMaker {
public:
  /// `network` is what the defenses protect.
  ModelMaker(mlir::SymbolTable &symbols, swy::ExperimentOp experiment, llvm::StringRef network,
             mlir::OpBuilder &builder, int64_t &serial)
      : symbols(symbols), experiment(experiment), base(symbols.lookup<swy::NetworkOp>(network)),
        builder(builder), serial(serial) {}

  /// The model of a protected network, trained with the experiment's seed plus `run` (S5.3).
  mlir::FailureOr<Model> make(swy::DefendWithOp use, int64_t run);

private:
  using Trainings = llvm::SmallVector<std::string>;
  /// One channel of a switching block, trained on the weights of the blocks below, if there are any.
  struct Channel {
    int64_t block, number;
    std::string below;
  };

  std::string train(mlir::Location loc, swy::NetworkOp network, const std::string &label,
                    mlir::DictionaryAttr scalars, int64_t run, const std::optional<Channel> &channel = {});
  mlir::LogicalResult verifySampling(swy::DefendWithOp use, swy::NetworkOp network);
  mlir::FailureOr<std::string> mounted(swy::DefendWithOp use, swy::NetworkOp network, int64_t run);
  std::string bottomUp(swy::DefendWithOp use, swy::NetworkOp network, const std::string &label,
                       mlir::DictionaryAttr scalars, int64_t run);
  std::string weights(mlir::Location loc, swy::NetworkOp network, llvm::ArrayRef<Trainings> trainingsOfBlock);
  std::string weights(mlir::Location loc, llvm::ArrayRef<mlir::Attribute> parameters);
  mlir::FailureOr<std::string> ofMembers(swy::DefendWithOp use, swy::NetworkOp network, int64_t run);
  std::string name(llvm::StringRef kind);
  void addArguments(swy::DefendWithOp use, llvm::SmallVectorImpl<mlir::Attribute> &values);
  mlir::DictionaryAttr networkScalars(swy::DefendWithOp use, swy::NetworkOp network);

  mlir::SymbolTable &symbols;
  swy::ExperimentOp experiment;
  swy::NetworkOp base; // as the user wrote it
  mlir::OpBuilder &builder;
  int64_t &serial;
};

} // namespace switchyard

#endif
