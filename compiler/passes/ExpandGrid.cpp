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
        maker(symbols, experiment, builder, serial), trainings(setting("repeat_training")),
        attacks(setting("repeat_attack")) {
    builder.setInsertionPointAfter(experiment);
  }

  /// Trainings first: examples may be made on a model that comes later.
  LogicalResult expand() {
    if (!experiment.getTraining().getAs<IntegerAttr>("batch") ||
        !experiment.getTraining().getAs<BoolAttr>("nesterov") || !judge())
      return experiment.emitError("does not say how it trains and judges");
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

  /// A count among the experiment's settings, 1 where it has none.
  int64_t setting(StringRef key) {
    auto value = experiment.getSettings().getAs<IntegerAttr>(key);
    return value ? value.getInt() : 1;
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
  static std::string declaredNames(DefendWithOp use) {
    return llvm::join(llvm::map_range(use.getDefenses().getAsValueRange<FlatSymbolRefAttr>(), declaredName),
                      " with ");
  }

  std::string accuracyJob(DefendWithOp use, Model &model, int64_t run) {
    std::string accuracy = job("accuracy");
    std::string label = (networkNameOf(experiment) + ", " + use.getLabel()).str() + runText(run);
    auto op =
        AccuracyJobOp::create(builder, use.getLoc(), accuracy, model.network.getSymName(), model.weights,
                              builder.getStringAttr(label), model.scalars, experiment.getSeed(),
                              model.random() ? judgeDraws() : 1, model.random(), model.enumerable(),
                              StringAttr(), FlatSymbolRefAttr(), ArrayAttr(), experiment.getPrecision());
    if (op.getExact())
      op.setDraws(0);
    return accuracy;
  }

  /// Why a setting means nothing on this model; empty where it does (S4.3).
  std::string whyNot(GradientsOp gradients, const Model &model, int64_t index) {
    if (gradients.getEstimator() == Estimator::Transfer)
      return static_cast<int64_t>(gradients.getSource()) == index
                 ? "the examples would be made on the model itself"
                 : "";
    if (gradients.getEstimator() != Estimator::AllPaths || !model.random())
      return "";
    if (!model.switches())
      return "paths cannot be enumerated: the network has no switching blocks";
    if (model.paths > mostPaths)
      return "paths cannot be enumerated: there are more than " + std::to_string(mostPaths);
    if (model.randomLayers && gradients.getDraws() == 0)
      return "besides its paths the network draws at random: write all_paths(draws = n)";
    return "";
  }

  void expandAttack(DefendWithOp use, AttackWithOp attack, int64_t index) {
    SmallVector<Attribute>
        deterministic; // one job for all estimators where there is nothing to estimate (S4.3)
    for (auto gradients : experiment.getBody().getOps<GradientsOp>()) {
      const Model &model = models[index].front();
      std::string reason = whyNot(gradients, model, index);
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
    bool exact = model.enumerable() && judgeKind() == "expected";
    AttackJobOp::create(
        builder, attack.getLoc(), jobName, attack.getAttack(), source.network.getSymName(), source.weights,
        source.scalars, model.network.getSymName(), model.weights, model.scalars, estimator,
        isSet ? std::max<int64_t>(1, gradients.getDraws()) : 1,
        builder.getStringAttr(attackLabel(use, attack, gradients, model) + runText(training, repetition)),
        attack.getArguments(), attack.getThreat(), judgedBy(), experiment.getSeed(),
        experiment.getSeed() + (repetition << 20), model.random(), exact, StringAttr(), FlatSymbolRefAttr(),
        FlatSymbolRefAttr(), ArrayAttr(), experiment.getPrecision());
    return jobName;
  }

  std::string attackLabel(DefendWithOp use, AttackWithOp attack, GradientsOp gradients, const Model &model) {
    std::string label = (networkNameOf(experiment) + ", " + use.getLabel() + ", " + attack.getLabel()).str();
    if (model.random() || gradients.getEstimator() == Estimator::Transfer)
      label += (", " + gradients.getLabel()).str();
    for (Attribute axis : attack.getAxes())
      label += ", " + axisText(cast<DictionaryAttr>(axis));
    return label;
  }

  static std::string axisText(DictionaryAttr axis) {
    return (axis.getAs<StringAttr>("name").getValue() + " = " + axis.getAs<StringAttr>("text").getValue())
        .str();
  }

  /// ", run 2", ", run 2, attack 3"; nothing of the first.
  static std::string runText(int64_t training, int64_t repetition = 0) {
    return (training ? ", run " + std::to_string(training + 1) : "") +
           (repetition ? ", attack " + std::to_string(repetition + 1) : "");
  }

  /// Of the experiment's settings those that decide what an attack job gives; the others are the report's.
  DictionaryAttr judgedBy() {
    SmallVector<NamedAttribute> kept;
    for (StringRef key : {"images", "correct_only", "goal", "judge"})
      if (Attribute value = experiment.getSettings().get(key))
        kept.push_back(builder.getNamedAttr(key, value));
    return builder.getDictionaryAttr(kept);
  }

  DictionaryAttr judge() { return experiment.getSettings().getAs<DictionaryAttr>("judge"); }
  StringRef judgeKind() { return judge().getAs<StringAttr>("kind").getValue(); }
  int64_t judgeDraws() { return judge().getAs<IntegerAttr>("draws").getInt(); }

  ExperimentOp experiment;
  OpBuilder builder;
  std::string name;
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
