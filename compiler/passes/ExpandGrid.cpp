// An experiment is a grid: defenses x attacks x estimators. Each point becomes a cell (what is reported) and
// refers to a job (what runs). Jobs are made freely here; swy-name-jobs merges the equal ones.
#include "compiler/passes/Passes.h"

using namespace mlir;
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

  LogicalResult expand() {
    int64_t index = 0;
    for (auto use : experiment.getBody().getOps<DefendWithOp>())
      if (failed(expandDefense(use, index++)))
        return failure();
    return success();
  }

private:
  /// Job names are unique, readable and carry no meaning.
  std::string job(StringRef kind) { return name + "." + kind.str() + "." + std::to_string(serial++); }

  LogicalResult expandDefense(DefendWithOp use, int64_t index) {
    auto network = symbols.lookup<NetworkOp>(use.getNetwork().value_or(""));
    if (!network)
      return use.emitError() << "has no network: swy-apply-defenses must run first";
    bool random = isRandom(network);
    DictionaryAttr scalars = networkScalars(use);
    std::string label = (experiment.getNetwork() + ", " + use.getLabel()).str(), train = job("train");
    auto batch = cast<IntegerAttr>(experiment.getTraining().get("batch")).getInt();
    TrainJobOp::create(builder, use.getLoc(), train, network.getSymName(), builder.getStringAttr(label),
                       experiment.getDataset(), experiment.getTraining(), scalars, experiment.getSeed(), batch,
                       StringAttr(), FlatSymbolRefAttr(), FlatSymbolRefAttr());
    std::string accuracy = job("accuracy");
    AccuracyJobOp::create(builder, use.getLoc(), accuracy, network.getSymName(), train, builder.getStringAttr(label),
                          scalars, random ? judgeDraws() : 1, random, StringAttr(), FlatSymbolRefAttr());
    DefenseEntryOp::create(builder, use.getLoc(), name, use.getDefense().split('#').first, use.getLabel(), use.getFamily(),
                           use.getStrength(), use.getAxes(), accuracy);
    for (auto attack : experiment.getBody().getOps<AttackWithOp>())
      expandAttack(use, attack, network, train, scalars, random, index);
    return success();
  }

  void expandAttack(DefendWithOp use, AttackWithOp attack, NetworkOp network, StringRef train, DictionaryAttr scalars,
                    bool random, int64_t index) {
    std::string shared; // one job for all estimators where there is nothing to estimate
    for (auto gradients : experiment.getBody().getOps<GradientsOp>()) {
      if (shared.empty() || random) {
        shared = job("attack");
        Estimator estimator = random ? gradients.getEstimator() : Estimator::RandomnessOff;
        std::string label = (experiment.getNetwork() + ", " + use.getLabel() + ", " + attack.getLabel()).str();
        if (random)
          label += (", " + stringifyEstimator(estimator)).str();
        for (Attribute axis : attack.getAxes())
          label += ", " + axisText(cast<DictionaryAttr>(axis));
        AttackJobOp::create(builder, attack.getLoc(), shared, attack.getAttack(), network.getSymName(), train,
                            estimator, builder.getStringAttr(label), attack.getArguments(), scalars,
                            attack.getThreat(), experiment.getSettings(), random, StringAttr(), FlatSymbolRefAttr(),
                            FlatSymbolRefAttr());
      }
      CellOp::create(builder, attack.getLoc(), name, index, attack.getLabel(), gradients.getEstimator(),
                     attack.getAxes(), FlatSymbolRefAttr::get(builder.getContext(), shared), "");
    }
  }

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
