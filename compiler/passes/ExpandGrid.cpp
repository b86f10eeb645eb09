// An experiment is a grid: defenses x attacks x estimators. Each point becomes a cell (what is reported) and
// refers to a job (what runs). Jobs are made freely here; swy-name-jobs merges the equal ones.
#include "compiler/passes/NetworkProgram.h"
#include "compiler/passes/Passes.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_EXPANDGRID
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// Whether a network draws at random at inference.
bool isRandom(NetworkOp network) {
  return network
      .walk([](LayerOpInterface layer) {
        return layer.drawsIn(/*training=*/false) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// The jobs and cells of one experiment.
class Grid {
public:
  Grid(SymbolTable &symbols, ExperimentOp experiment)
      : symbols(symbols), experiment(experiment), builder(experiment), name(experiment.getSymName().str()) {
    builder.setInsertionPointAfter(experiment);
  }

  /// Trainings first: examples may be made on a model that comes later.
  LogicalResult expand() {
    SmallVector<DefendWithOp> uses(experiment.getBody().getOps<DefendWithOp>());
    for (DefendWithOp use : uses)
      if (failed(expandDefense(use)))
        return failure();
    for (auto [index, use] : llvm::enumerate(uses))
      for (auto attack : experiment.getBody().getOps<AttackWithOp>())
        expandAttack(use, attack, models[index], static_cast<int64_t>(index));
    return success();
  }

private:
  /// Job names are unique, readable and carry no meaning.
  std::string job(StringRef kind) { return name + "." + kind.str() + "." + std::to_string(serial++); }

  std::string trainJob(Location loc, NetworkOp network, const std::string &label, DictionaryAttr scalars) {
    std::string train = job("train");
    auto batch = cast<IntegerAttr>(experiment.getTraining().get("batch")).getInt();
    TrainJobOp::create(builder, loc, train, network.getSymName(), builder.getStringAttr(label),
                       experiment.getDataset(), experiment.getTraining(), scalars, experiment.getSeed(), batch,
                       StringAttr(), FlatSymbolRefAttr(), FlatSymbolRefAttr());
    return train;
  }

  /// The base network's training, whose parameters a mounted defense must have and no others.
  LogicalResult mount(DefendWithOp use, NetworkOp network, std::string &train) {
    auto base = symbols.lookup<NetworkOp>(experiment.getNetwork());
    SmallVector<NetworkParameter> own = parametersOf(network), wanted = parametersOf(base);
    bool same = llvm::equal(own, wanted, [](const NetworkParameter &a, const NetworkParameter &b) {
      return a.name == b.name && a.type == b.type;
    });
    if (!same)
      return use.emitError() << "`" << use.getLabel()
                             << "` is mounted on the base model's weights, but its layers have other parameters";
    if (baseTrain.empty())
      baseTrain = trainJob(use.getLoc(), base, (networkName() + ", base").str(),
                           builder.getDictionaryAttr({}));
    train = baseTrain;
    return success();
  }

  LogicalResult expandDefense(DefendWithOp use) {
    auto network = symbols.lookup<NetworkOp>(use.getNetwork().value_or(""));
    if (!network)
      return use.emitError() << "has no network: swy-apply-defenses must run first";
    Model model{network, "", networkScalars(use), isRandom(network)};
    std::string label = (networkName() + ", " + use.getLabel()).str();
    if (!use.getMounted())
      model.train = trainJob(use.getLoc(), network, label, model.scalars);
    else if (failed(mount(use, network, model.train)))
      return failure();
    std::string accuracy = job("accuracy");
    AccuracyJobOp::create(builder, use.getLoc(), accuracy, network.getSymName(), model.train,
                          builder.getStringAttr(label), model.scalars, model.random ? judgeDraws() : 1,
                          model.random, StringAttr(), FlatSymbolRefAttr());
    DefenseEntryOp::create(builder, use.getLoc(), name, use.getDefense().split('#').first, use.getLabel(),
                           use.getFamily(), use.getStrength(), use.getAxes(), accuracy);
    models.push_back(std::move(model));
    return success();
  }

  /// What an attack job needs of a protected network.
  struct Model {
    NetworkOp network;
    std::string train;
    DictionaryAttr scalars;
    bool random;
  };

  void expandAttack(DefendWithOp use, AttackWithOp attack, Model &model, int64_t index) {
    std::string deterministic; // one job for all estimators where there is nothing to estimate (S4.3)
    for (auto gradients : experiment.getBody().getOps<GradientsOp>()) {
      Estimator estimator = gradients.getEstimator();
      std::string jobName, reason;
      if (estimator == Estimator::AllPaths && model.random) {
        reason = "paths cannot be enumerated: the network has no switching blocks";
      } else if (estimator == Estimator::Transfer) {
        if (static_cast<int64_t>(gradients.getSource()) != index)
          jobName = attackJob(use, attack, gradients, models[gradients.getSource()], model);
        else
          reason = "the examples would be made on the model itself";
      } else if (model.random) {
        jobName = attackJob(use, attack, gradients, model, model);
      } else {
        if (deterministic.empty())
          deterministic = attackJob(use, attack, gradients, model, model);
        jobName = deterministic;
      }
      CellOp::create(builder, attack.getLoc(), name, index, attack.getLabel(), gradients.getLabel(),
                     attack.getAxes(),
                     reason.empty() ? FlatSymbolRefAttr::get(builder.getContext(), jobName) : FlatSymbolRefAttr(),
                     reason);
    }
  }

  std::string attackJob(DefendWithOp use, AttackWithOp attack, GradientsOp gradients, Model &source, Model &model) {
    std::string label = (networkName() + ", " + use.getLabel() + ", " + attack.getLabel()).str();
    bool transfer = gradients.getEstimator() == Estimator::Transfer;
    if (model.random || transfer)
      label += (", " + gradients.getLabel()).str();
    for (Attribute axis : attack.getAxes())
      label += ", " + axisText(cast<DictionaryAttr>(axis));
    // Examples for another model are made there by one draw; a deterministic source has nothing to draw.
    Estimator estimator = !source.random ? Estimator::RandomnessOff
                          : transfer     ? Estimator::OneDraw
                                         : gradients.getEstimator();
    std::string jobName = job("attack");
    AttackJobOp::create(builder, attack.getLoc(), jobName, attack.getAttack(), source.network.getSymName(),
                        source.train, source.scalars, model.network.getSymName(), model.train, model.scalars,
                        estimator, estimator == Estimator::Eot ? gradients.getDraws() : 1,
                        builder.getStringAttr(label), attack.getArguments(), attack.getThreat(),
                        experiment.getSettings(), model.random, StringAttr(), FlatSymbolRefAttr(),
                        FlatSymbolRefAttr());
    return jobName;
  }

  /// As the user wrote it: a symbol may have a number behind '#'.
  StringRef networkName() { return experiment.getNetwork().split('#').first; }

  static std::string axisText(DictionaryAttr axis) {
    return (axis.getAs<StringAttr>("name").getValue() + " = " + axis.getAs<StringAttr>("text").getValue()).str();
  }

  int64_t judgeDraws() {
    auto judge = experiment.getSettings().getAs<DictionaryAttr>("judge");
    return judge.getAs<IntegerAttr>("draws").getInt();
  }

  /// The defense's arguments under the names the network's scalars have.
  DictionaryAttr networkScalars(DefendWithOp use) {
    SmallVector<NamedAttribute> scalars;
    for (NamedAttribute argument : use.getArguments())
      scalars.push_back(builder.getNamedAttr((use.getDefense() + "." + argument.getName().getValue()).str(),
                                             argument.getValue()));
    return builder.getDictionaryAttr(scalars);
  }

  SymbolTable &symbols;
  ExperimentOp experiment;
  OpBuilder builder;
  std::string name;
  std::string baseTrain;     // for mounted defenses
  SmallVector<Model> models; // by the index of the defense
  int64_t serial = 0;
};

struct ExpandGridPass : switchyard::impl::ExpandGridBase<ExpandGridPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<ExperimentOp> experiments(getOperation().getOps<ExperimentOp>());
    for (ExperimentOp experiment : experiments)
      if (failed(Grid(symbols, experiment).expand()))
        return signalPassFailure();
  }
};

} // namespace
