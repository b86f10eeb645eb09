// An experiment is a grid: defenses x attacks x estimators. Each point becomes a cell (what is reported) and
// refers to jobs (what runs), one for each repetition. Jobs are made freely here; swy-name-jobs merges the
// equal ones.
#include "compiler/passes/Models.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_EXPANDGRID
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// The jobs and cells of one experiment.
class Grid {
public:
  Grid(SymbolTable &symbols, ExperimentOp experiment)
      : experiment(experiment), builder(experiment), name(experiment.getSymName().str()),
        written(symbols.lookup<NetworkOp>(experiment.getNetwork()).getDeclaredName()), symbols(symbols),
        maker(symbols, experiment, builder, serial),
        trainings(static_cast<int64_t>(experiment.getTrainings())),
        attacks(static_cast<int64_t>(experiment.getAttacks())) {
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
        expandAttack(use, attack, static_cast<int64_t>(index));
    return success();
  }

private:
  std::string job(StringRef kind) { return name + "." + kind.str() + "." + std::to_string(serial++); }

  FlatSymbolRefAttr reference(const std::string &symbol) {
    return FlatSymbolRefAttr::get(builder.getContext(), symbol);
  }

  /// All repetitions; none where there is but one.
  ArrayAttr runsOf(ArrayRef<Attribute> jobs) {
    return jobs.size() > 1 ? builder.getArrayAttr(jobs) : ArrayAttr();
  }

  LogicalResult expandDefense(DefendWithOp use) {
    SmallVector<Model, 1> runs;
    SmallVector<Attribute> accuracies;
    for (int64_t run = 0; run < trainings; ++run) {
      FailureOr<Model> model = maker.make(use, run);
      if (failed(model))
        return failure();
      accuracies.push_back(reference(accuracyJob(use, *model, run)));
      runs.push_back(std::move(*model));
    }
    DefenseEntryOp::create(builder, use.getLoc(), name, declaredNames(use), use.getLabel(), use.getFamily(),
                           use.getStrength(), use.getAxes(),
                           cast<FlatSymbolRefAttr>(accuracies.front()).getValue(), runsOf(accuracies));
    models.push_back(std::move(runs));
    return success();
  }

  /// The defenses as declared: "hrs with gaussian".
  std::string declaredNames(DefendWithOp use) {
    auto declared = [&](StringRef name) { return symbols.lookup<DefenseOp>(name).getDeclaredName(); };
    return llvm::join(llvm::map_range(use.getDefenses().getAsValueRange<FlatSymbolRefAttr>(), declared),
                      " with ");
  }

  std::string accuracyJob(DefendWithOp use, Model &model, int64_t run) {
    std::string accuracy = job("accuracy");
    std::string label = (written + ", " + use.getLabel()).str() + runText(run);
    bool exact = model.enumerable();
    int64_t draws = exact ? 0 : model.random() ? experiment.getJudge().getDraws() : 1;
    AccuracyJobOp::create(builder, use.getLoc(), accuracy, builder.getStringAttr(label), model.weights,
                          experiment.getSeed(), draws, model.random(), exact, experiment.getPrecision(),
                          model.network.getSymName(), model.scalars, FlatSymbolRefAttr(), ArrayAttr(),
                          StringAttr());
    return accuracy;
  }

  bool goesThroughPaths(AttackWithOp attack) {
    return symbols.lookup<AttackOp>(attack.getAttack())
        .walk([](PathCountOp) { return WalkResult::interrupt(); })
        .wasInterrupted();
  }

  /// Why a setting means nothing on this model; empty where it does (S4.3).
  std::string whyNot(AttackWithOp attack, GradientsOp gradients, const Model &model, int64_t index) {
    bool transfer = gradients.getEstimator() == Estimator::Transfer;
    const Model &asked = transfer ? models[gradients.getSource()].front() : model;
    if (asked.paths > mostPaths && goesThroughPaths(attack))
      return "the attack goes through all paths, and there are more than " + std::to_string(mostPaths);
    if (transfer)
      return static_cast<int64_t>(gradients.getSource()) == index
                 ? "the examples would be made on the model itself"
                 : "";
    if (gradients.getEstimator() != Estimator::AllPaths || !model.random())
      return "";
    return whyNoPaths(model.randomLayers, model.switches(), std::max(model.paths, model.turns),
                      gradients.getDraws());
  }

  void expandAttack(DefendWithOp use, AttackWithOp attack, int64_t index) {
    SmallVector<Attribute>
        deterministic; // one job for all estimators where there is nothing to estimate (S4.3)
    for (auto gradients : experiment.getBody().getOps<GradientsOp>()) {
      const Model &model = models[index].front();
      std::string reason = whyNot(attack, gradients, model, index);
      SmallVector<Attribute> jobs;
      if (reason.empty()) {
        bool shared = !model.random() && gradients.getEstimator() != Estimator::Transfer;
        jobs = shared && !deterministic.empty() ? deterministic : attackJobs(use, attack, gradients, index);
        if (shared)
          deterministic = jobs;
      }
      CellOp::create(builder, attack.getLoc(), name, index, attack.getLabel(), gradients.getLabel(),
                     attack.getAxes(),
                     jobs.empty() ? FlatSymbolRefAttr() : cast<FlatSymbolRefAttr>(jobs.front()),
                     builder.getStringAttr(reason), runsOf(jobs));
    }
  }

  /// One for each training and repetition of the attack.
  SmallVector<Attribute> attackJobs(DefendWithOp use, AttackWithOp attack, GradientsOp gradients,
                                    int64_t index) {
    bool transfer = gradients.getEstimator() == Estimator::Transfer;
    SmallVector<Attribute> jobs;
    for (int64_t training = 0; training < trainings; ++training)
      for (int64_t repetition = 0; repetition < attacks; ++repetition) {
        Model &model = models[index][training];
        Model &source = transfer ? models[gradients.getSource()][training] : model;
        jobs.push_back(reference(attackJob(use, attack, gradients, source, model, training, repetition)));
      }
    return jobs;
  }

  std::string attackJob(DefendWithOp use, AttackWithOp attack, GradientsOp gradients, Model &source,
                        Model &model, int64_t training, int64_t repetition) {
    bool transfer = gradients.getEstimator() == Estimator::Transfer;
    // Examples for another model are made there by one draw; a deterministic source has nothing to draw.
    Estimator estimator = !source.random() ? Estimator::RandomnessOff
                          : transfer       ? Estimator::OneDraw
                                           : gradients.getEstimator();
    bool isSet = estimator == Estimator::Eot || estimator == Estimator::AllPaths;
    std::string jobName = job("attack");
    bool exact = model.enumerable() && experiment.getJudge().getBy() == Verdict::Expected;
    auto evaluation = EvaluationAttr::get(builder.getContext(), *experiment.getPairs(), experiment.getJudge(),
                                          attack.getThreat());
    std::string label = attackLabel(use, attack, gradients, model) + runText(training, repetition);
    AttackJobOp::create(builder, attack.getLoc(), jobName, builder.getStringAttr(label), source.weights,
                        model.weights, estimator, isSet ? std::max<int64_t>(1, gradients.getDraws()) : 1,
                        evaluation, experiment.getSeed(), experiment.getSeed() + (repetition << 20),
                        model.random(), exact, experiment.getPrecision(), attack.getAttack(),
                        source.network.getSymName(), source.scalars, model.network.getSymName(),
                        model.scalars, attack.getArguments(), FlatSymbolRefAttr(), FlatSymbolRefAttr(),
                        ArrayAttr(), StringAttr(), StringAttr());
    return jobName;
  }

  std::string attackLabel(DefendWithOp use, AttackWithOp attack, GradientsOp gradients, const Model &model) {
    std::string label = (written + ", " + use.getLabel() + ", " + attack.getLabel()).str();
    if (model.random() || gradients.getEstimator() == Estimator::Transfer)
      label += (", " + gradients.getLabel()).str();
    for (auto axis : attack.getAxes().getAsRange<AxisAttr>())
      label += (", " + axis.getName() + " = " + axis.getText()).str();
    return label;
  }

  /// ", run 2", ", run 2, attack 3"; nothing of the first.
  static std::string runText(int64_t training, int64_t repetition = 0) {
    return (training ? ", run " + std::to_string(training + 1) : "") +
           (repetition ? ", attack " + std::to_string(repetition + 1) : "");
  }

  ExperimentOp experiment;
  OpBuilder builder;
  std::string name;
  StringRef written; // the network, as the user wrote it
  SymbolTable &symbols;
  int64_t serial = 0;
  ModelMaker maker;
  int64_t trainings, attacks;                // repetitions (S5.3)
  SmallVector<SmallVector<Model, 1>> models; // of each defense, one for each training
};

struct ExpandGridPass : switchyard::impl::ExpandGridBase<ExpandGridPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<ExperimentOp> experiments(getOperation().getOps<ExperimentOp>());
    for (ExperimentOp experiment : experiments)
      if (failed(Grid(symbols, experiment).expand()))
        return signalPassFailure();
    auto count = [&](auto ops) { return static_cast<int64_t>(llvm::range_size(ops)); };
    remarkCounts(getOperation(), "expand-grid",
                 {{"trainings", count(getOperation().getOps<TrainJobOp>())},
                  {"attacks", count(getOperation().getOps<AttackJobOp>())},
                  {"cells", count(getOperation().getOps<CellOp>())}});
  }
};

} // namespace
