// What the generators of networks, defenses, attacks and experiments share: the module, places, constants.
#ifndef SWITCHYARD_COMPILER_IRGEN_GENERATOR_H
#define SWITCHYARD_COMPILER_IRGEN_GENERATOR_H

#include "compiler/semantics/Resolved.h"
#include "dialect/Experiment.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace switchyard {

class Generator;

/// Each generator makes its operation at the end of the module, once for equal things, and returns its
/// symbol.
class LayerGenerator {
public:
  /// Layers that differ in real numbers alone share one program.
  std::string generate(Generator &g, const resolved::Layer &layer);
  /// What drops all of an example at a rate.
  std::string generateDrop(Generator &g, mlir::Location loc);

private:
  llvm::StringMap<std::string> made;
  std::string drop; ///< empty: not made yet
};

class Generator {
public:
  Generator(mlir::ModuleOp module, const Sources &sources)
      : builder(module.getContext()), module(module), sources(sources) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  mlir::OpBuilder builder;
  mlir::ModuleOp module;

  mlir::Location place(const Location &location);
  mlir::RankedTensorType realType(llvm::ArrayRef<int64_t> shape = {});
  mlir::RankedTensorType intType(llvm::ArrayRef<int64_t> shape = {});
  /// What a program for one example is given: an image, a class, the random row and stream.
  llvm::SmallVector<mlir::Type> exampleTypes(llvm::ArrayRef<int64_t> image);
  mlir::Value real(mlir::Location loc, double value);
  mlir::Value integer(mlir::Location loc, int32_t value);

  /// `wanted`, or with a number behind it if another thing of the module has that name.
  std::string freshSymbol(const std::string &wanted);
  /// What an operation of that symbol says of its declaration: null where the symbol says it.
  mlir::StringAttr declared(const std::string &name, const std::string &symbol) {
    return name == symbol ? mlir::StringAttr() : builder.getStringAttr(name);
  }

  /// Makes a scalar of an argument that depends on a defense's parameters.
  using Symbolic = llvm::function_ref<mlir::Value(const resolved::LayerArgument &)>;
  /// Layers and residuals one after the other; what the last one gives.
  mlir::Value chain(const resolved::Chain &chain, mlir::Value input, Symbolic symbolic);
  /// The same of a layer that drops all of an example at a rate.
  mlir::Value dropLayer(mlir::Location loc, mlir::Value input, mlir::Value rate);
  /// A chain as a region's only block, with the value that it yields.
  void chainBody(mlir::Region &region, const resolved::Chain &chain, mlir::Type input, mlir::Location loc,
                 Symbolic symbolic);

private:
  mlir::Value layer(const resolved::Layer &layer, mlir::Value input, Symbolic symbolic);
  mlir::Value residual(const resolved::Residual &residual, mlir::Value input, Symbolic symbolic);
  mlir::Value choice(const resolved::Choice &choice, mlir::Value input, Symbolic symbolic);
  mlir::Value programLayer(const resolved::Layer &layer, mlir::Type type, mlir::Value input,
                           Symbolic symbolic);
  /// In a network the shape is known; in a rewrite it is inferred where the layer lands.
  mlir::Type typeFrom(mlir::Type input, llvm::ArrayRef<int64_t> output) {
    return output.empty() ? input : mlir::Type(realType(output));
  }

  const Sources &sources;
  llvm::StringSet<> symbols;
  LayerGenerator layers;
};

std::string generateNetwork(Generator &g, const resolved::Network &network);
/// Of an experiment whose training has one.
std::string generateAugmentation(Generator &g, const resolved::Experiment &experiment);

/// What programs of one step have used so far: call sites of the model, draws (S3.1).
struct SiteCounters {
  int32_t models = 0, draws = 0;
};

class AttackGenerator {
public:
  explicit AttackGenerator(Generator &g) : g(g) {}
  /// Instances that differ in numbers alone share one operation. Its sites are counted from `counters` on,
  /// which then stand behind them.
  std::string generate(const resolved::Attack &attack, const resolved::Network &network, bool away,
                       SiteCounters &counters);
  /// One without scalars: all numbers are part of it. Away from the label.
  std::string generateConstant(const resolved::TrainingAttack &attack, const resolved::Network &network);
  std::string generate(const resolved::Attack &attack, const resolved::Network &network, bool away) {
    SiteCounters fresh;
    return generate(attack, network, away, fresh);
  }

private:
  std::string generate(const resolved::Attack &attack, const resolved::Network &network, bool away,
                       SiteCounters &counters, const resolved::TrainingAttack *constant);

  struct Made {
    std::string symbol;
    SiteCounters behind;
  };
  Generator &g;
  llvm::StringMap<Made> made;
};

/// A number that an attack's program takes.
struct AttackScalar {
  std::string name;
  bool isWhole;
};
/// In the order of the program's arguments: its real and whole parameters, then counts that are computed of
/// these.
std::vector<AttackScalar> scalarsOf(const resolved::Attack &attack);

class LossGenerator {
public:
  LossGenerator(Generator &g, AttackGenerator &attacks) : g(g), attacks(attacks) {}
  /// Instances that differ in real numbers alone share one operation, whose scalars are `numbersOf` them.
  std::string generate(const resolved::Loss &loss, const resolved::Network &network);
  /// One without scalars: all numbers are part of it.
  std::string generateConstant(const resolved::Loss &loss, const resolved::Network &network);

private:
  std::string generate(const resolved::Loss &loss, const resolved::Network &network, bool isConstant);

  Generator &g;
  AttackGenerator &attacks;
  llvm::StringMap<std::string> made;
};

/// Values of parameters that have one.
using Parameters = llvm::StringMap<mlir::Value>;
/// Real arithmetic on parameters of a defense, a loss or an attack.
mlir::Value arithmetic(Generator &g, const ast::Expr *expr, const Parameters &parameters,
                       const NamedValues &constants);
/// The numbers of an attack, or of a loss and then of its attacks, from the parameters of the caller.
llvm::SmallVector<mlir::Value> numbersOf(Generator &g, const resolved::TrainingAttack &attack,
                                         Parameters outer, mlir::Location loc);
llvm::SmallVector<mlir::Value> numbersOf(Generator &g, const resolved::Loss &loss, const Parameters &outer);
/// How an attack of a training estimates its gradients; null: by one draw.
swy::SampleSetAttr sampleSet(Generator &g, const std::optional<resolved::Estimator> &estimator);
/// An argument's part in what makes an instance's programs.
std::string symbolText(const resolved::LayerArgument &argument);
std::string symbolText(const resolved::TrainingAttack &attack);
std::string symbolText(const resolved::Loss &loss);
std::string estimatorText(const std::optional<resolved::Estimator> &estimator);

class DefenseGenerator {
public:
  DefenseGenerator(Generator &g, AttackGenerator &attacks, LossGenerator &losses)
      : g(g), attacks(attacks), losses(losses) {}
  /// Instances that differ in real parameters alone share one operation.
  std::string generate(const resolved::DefensePart &defense, const resolved::Network &network);

private:
  void rewrite(const resolved::Rewrite &rewrite,
               llvm::function_ref<mlir::Value(const resolved::LayerArgument &)> scalar);
  void drop(swy::InsertOp insert, const resolved::LayerArgument &rate, Generator::Symbolic scalar);
  std::string structure(const resolved::DefensePart &defense, const resolved::Network &network);
  bool training(const resolved::Rewrite &rewrite, const resolved::Network &network,
                const Parameters &parameters);

  Generator &g;
  AttackGenerator &attacks;
  LossGenerator &losses;
  llvm::StringMap<std::string> made;
};

class OptimizerGenerator {
public:
  explicit OptimizerGenerator(Generator &g) : g(g) {}
  /// Trainings that differ in constant numbers alone share one operation.
  std::string generate(const resolved::Training &training);

private:
  Generator &g;
  llvm::StringMap<std::string> made;
};

/// `whole` is the symbol of the first setting of an experiment, which those that follow are part of.
void generateExperiment(Generator &g, const resolved::Experiment &experiment, DefenseGenerator &defenses,
                        AttackGenerator &attacks, OptimizerGenerator &optimizers, LossGenerator &losses,
                        std::string &whole);

/// Whether an argument is a number that the compiled step takes.
bool isStepScalar(const ast::Parameter &parameter, const resolved::TrainingArgument &argument);

/// base ^ exponent: literal small whole exponents by the multiplications of `swy.pow`, others as `swy.pow`.
mlir::Value buildPower(Generator &g, mlir::Location loc, mlir::Value base, const ast::Expr *exponent,
                       llvm::function_ref<mlir::Value()> buildExponent);

/// Whether a declared parameter is a real number, which compiled functions take as an argument.
bool isRealParameter(const ast::Parameter &parameter);
bool isIntParameter(const ast::Parameter &parameter);

} // namespace switchyard

#endif
