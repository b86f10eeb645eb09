// An experiment is a grid: defenses x attacks x estimators. Each point becomes a cell (what is reported) and
// refers to jobs (what runs), one for each repetition. Jobs are made freely here; swy-name-jobs merges the
// equal ones.
#include "compiler/passes/CountPasses.h"
#include "compiler/passes/InputNoise.h"
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

/// One attack of the grid: itself, or the members of a set.
struct Attacking {
  explicit Attacking(Operation &op) : loc(op.getLoc()) {
    if (auto one = dyn_cast<AttackWithOp>(op)) {
      label = one.getLabel();
      axes = one.getAxes();
      members.push_back(one);
      return;
    }
    auto set = cast<WorstOfOp>(op);
    label = set.getLabel();
    axes = set.getAxes();
    threat = set.getThreat();
    llvm::append_range(members, set.getMembers().getOps<AttackWithOp>());
  }

  Location loc;
  StringRef label;
  ArrayAttr axes;
  SmallVector<AttackWithOp> members;
  ThreatAttr threat; // of a set alone
};

/// The jobs and cells of one experiment.
class Grid {
public:
  Grid(SymbolTable &symbols, ExperimentOp experiment)
      : experiment(experiment), builder(experiment), name(experiment.getSymName().str()),
        written(experiment.titleWith(symbols.lookup<NetworkOp>(experiment.getNetwork()))), symbols(symbols),
        maker(symbols, experiment, experiment.getNetwork(), builder, serial),
        trainings(static_cast<int64_t>(experiment.getTrainings())),
        attacks(static_cast<int64_t>(experiment.getAttacks())) {
    builder.setInsertionPointAfter(experiment);
  }

  /// Trainings first: examples may be made on a model that comes later, or that has no row.
  LogicalResult expand() {
    SmallVector<DefendWithOp> uses(experiment.getBody().getOps<DefendWithOp>());
    for (DefendWithOp use : uses)
      if (failed(expandDefense(use)))
        return failure();
    for (auto gradients : experiment.getBody().getOps<GradientsOp>())
      if (DefendWithOp use = gradients.otherModel(); use && failed(trainSource(gradients, use)))
        return failure();
    for (auto [index, use] : llvm::enumerate(uses))
      for (Operation &op : experiment.getBody().front())
        if (isa<AttackWithOp, WorstOfOp>(op))
          expandAttack(use, Attacking(op), static_cast<int64_t>(index));
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
      accuracies.push_back(reference(accuracyJob(use, written, *model, run)));
      runs.push_back(std::move(*model));
    }
    auto entry = DefenseEntryOp::create(builder, use.getLoc(), reference(name),
                                        builder.getStringAttr(declaredNames(use)), use.getLabelAttr(),
                                        use.getFamilyAttr(), use.getStrengthAttr(), use.getAxesAttr(),
                                        cast<FlatSymbolRefAttr>(accuracies.front()), runsOf(accuracies),
                                        ArrayAttr(), FloatAttr(), StringAttr());
    if (experiment.getCertificateAttr())
      certify(use, runs, entry);
    models.push_back(std::move(runs));
    return success();
  }

  /// The models of another network that examples are made on. Their accuracy says what such examples are
  /// worth.
  LogicalResult trainSource(GradientsOp gradients, DefendWithOp use) {
    ModelMaker others(symbols, experiment, *gradients.getOf(), builder, serial);
    StringRef network = symbols.lookup<NetworkOp>(*gradients.getOf()).getDeclaredName();
    for (int64_t run = 0; run < trainings; ++run) {
      FailureOr<Model> model = others.make(use, run);
      if (failed(model))
        return failure();
      accuracyJob(use, network, *model, run);
      sources[gradients].push_back(std::move(*model));
    }
    return success();
  }

  /// A job for each training, in front of the entry, or why there can be none.
  void certify(DefendWithOp use, MutableArrayRef<Model> runs, DefenseEntryOp entry) {
    InputNoise noise = inputNoise(runs.front().network, runs.front().scalars);
    if (runs.front().isMean())
      noise = {
          0, "the model answers by the mean of several draws, and what certifies is noise that an answer has "
             "once"};
    if (!noise.why.empty())
      return entry.setUncertified(noise.why);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(entry);
    CertificateAttr certificate = experiment.getCertificateAttr();
    SmallVector<Attribute> jobs;
    for (auto [run, model] : llvm::enumerate(runs)) {
      std::string symbol = job("certificate");
      std::string label = (written + ", " + use.getLabel()).str() + runText(static_cast<int64_t>(run));
      AccuracyJobOp::create(builder, use.getLoc(), symbol, builder.getStringAttr(label), model.weights,
                            experiment.getSeed(), certificate.getSelection() + certificate.getDraws(),
                            /*random=*/true, /*exact=*/false, experiment.getPrecision(), certificate,
                            IntegerAttr(), model.network.getSymName(), model.scalars, FlatSymbolRefAttr(),
                            ArrayAttr(), StringAttr());
      jobs.push_back(reference(symbol));
    }
    entry.setCertificatesAttr(builder.getArrayAttr(jobs));
    entry.setNoiseAttr(builder.getF64FloatAttr(noise.deviation));
  }

  /// The defenses as declared: "hrs with gaussian".
  std::string declaredNames(DefendWithOp use) {
    auto declared = [&](StringRef name) { return symbols.lookup<DefenseOp>(name).getDeclaredName(); };
    return llvm::join(llvm::map_range(use.getDefenses().getAsValueRange<FlatSymbolRefAttr>(), declared),
                      " with ");
  }

  std::string accuracyJob(DefendWithOp use, StringRef network, Model &model, int64_t run) {
    std::string accuracy = job("accuracy");
    std::string label = (network + ", " + use.getLabel()).str() + runText(run);
    bool exact = model.enumerable();
    int64_t draws = exact ? 0 : model.random() ? judgeOf(model).getDraws() : 1;
    AccuracyJobOp::create(builder, use.getLoc(), accuracy, builder.getStringAttr(label), model.weights,
                          experiment.getSeed(), draws, model.random(), exact, experiment.getPrecision(),
                          CertificateAttr(), votesOf(model), model.network.getSymName(), model.scalars,
                          FlatSymbolRefAttr(), ArrayAttr(), StringAttr());
    return accuracy;
  }

  IntegerAttr votesOf(const Model &model) {
    return model.votes() > 1 ? builder.getI64IntegerAttr(model.votes()) : IntegerAttr();
  }

  /// With as many draws as a vote needs: one answer is a vote, too.
  JudgeAttr judgeOf(const Model &model) {
    JudgeAttr judge = experiment.getJudge();
    const bool collects = judge.getBy() == Verdict::Expected;
    return collects ? JudgeAttr::get(builder.getContext(), Verdict::Expected,
                                     std::max(judge.getDraws(), model.votes()))
                    : judge;
  }

  /// Where the attack keeps one draw, or there is none to keep.
  bool isAskedByItsDraw(const Model &model, Estimator estimator) {
    bool asked = llvm::any_of(experiment.getReport().getJudges(),
                              [](JudgedAttr one) { return one.getBy() == Verdict::SameDraw; });
    bool kept = !model.random() || (estimator == Estimator::FrozenDraw && model.votes() == 1);
    return asked && kept;
  }

  /// What examples for a defense's models are made on, one for each training.
  SmallVector<Model, 1> &sourcesOf(GradientsOp gradients, int64_t index) {
    if (gradients.getOf())
      return sources[gradients];
    return models[gradients.getEstimator() == Estimator::Transfer ? gradients.getSource() : index];
  }

  bool goesThroughPaths(AttackWithOp attack) {
    return symbols.lookup<AttackOp>(attack.getAttack())
        .walk([](PathCountOp) { return WalkResult::interrupt(); })
        .wasInterrupted();
  }

  /// Why derivatives of these layers cannot be the identity; empty where they can.
  static std::string whyNoIdentity(NetworkOp network, ArrayAttr kinds) {
    if (!kinds)
      return "";
    for (StringRef kind : kinds.getAsValueRange<StringAttr>()) {
      bool found = false, keepsShape = true;
      network.walk([&](LayerOpInterface layer) {
        if (kindOf(layer) != kind)
          return;
        found = true;
        keepsShape &= layer->getOperand(0).getType() == layer->getResult(0).getType();
      });
      if (!found)
        return "the model has no layer " + kind.str() + " whose derivative could be the identity";
      if (!keepsShape)
        return "layer " + kind.str() + " changes the shape, so that its derivative cannot be the identity";
    }
    return "";
  }

  /// Why a setting means nothing on this model; empty where it does (S4.3).
  std::string whyNot(const Attacking &attack, GradientsOp gradients, const Model &model, int64_t index) {
    bool transfer = gradients.getEstimator() == Estimator::Transfer;
    const Model &asked = sourcesOf(gradients, index).front();
    auto throughPaths = [&](AttackWithOp member) { return goesThroughPaths(member); };
    if (asked.paths > mostPaths && llvm::any_of(attack.members, throughPaths))
      return "the attack goes through all paths, and there are more than " + std::to_string(mostPaths);
    if (std::string reason = whyNoIdentity(asked.network, gradients.getIdentityAttr()); !reason.empty())
      return reason;
    if (transfer)
      return static_cast<int64_t>(gradients.getSource()) == index
                 ? "the examples would be made on the model itself"
                 : "";
    if (gradients.getEstimator() != Estimator::AllPaths || !model.random())
      return "";
    if (model.isMean())
      return "the model answers by the mean of " + std::to_string(model.answer.getDraws()) +
             " draws: no answer is of one path";
    return whyNoPaths(model.randomLayers, model.switches(), std::max(model.paths, model.turns),
                      gradients.getDraws());
  }

  void expandAttack(DefendWithOp use, const Attacking &attack, int64_t index) {
    // One job for all estimators where there is nothing to estimate (S4.3), but for derivatives.
    llvm::DenseMap<Attribute, SmallVector<Attribute>> deterministic;
    for (auto gradients : experiment.getBody().getOps<GradientsOp>()) {
      const Model &model = models[index].front();
      std::string reason = whyNot(attack, gradients, model, index);
      SmallVector<Attribute> jobs;
      if (reason.empty()) {
        bool shared = !model.random() && gradients.getEstimator() != Estimator::Transfer;
        Attribute derivatives =
            gradients.getIdentityAttr() ? gradients.getIdentityAttr() : builder.getArrayAttr({});
        if (shared)
          jobs = deterministic.lookup(derivatives);
        if (jobs.empty())
          jobs = attackJobs(use, attack, gradients, index);
        if (shared)
          deterministic[derivatives] = jobs;
      }
      CellOp::create(builder, attack.loc, name, index, attack.label, gradients.getLabel(), attack.axes,
                     jobs.empty() ? FlatSymbolRefAttr() : cast<FlatSymbolRefAttr>(jobs.front()),
                     builder.getStringAttr(reason), runsOf(jobs), gradients.getAxesAttr());
    }
  }

  /// One for each training and repetition of the attack.
  SmallVector<Attribute> attackJobs(DefendWithOp use, const Attacking &attack, GradientsOp gradients,
                                    int64_t index) {
    SmallVector<Attribute> jobs;
    for (int64_t training = 0; training < trainings; ++training)
      for (int64_t repetition = 0; repetition < attacks; ++repetition)
        jobs.push_back(reference(attackRun(use, attack, gradients, index, training, repetition)));
    return jobs;
  }

  std::string attackRun(DefendWithOp use, const Attacking &attack, GradientsOp gradients, int64_t index,
                        int64_t training, int64_t repetition) {
    Model &model = models[index][training];
    Model &source = sourcesOf(gradients, index)[training];
    SmallVector<Attribute> parts, names;
    for (AttackWithOp member : attack.members) {
      std::string label = attackLabel(use, member.getLabel(), attack.axes, gradients, model);
      parts.push_back(reference(
          attackJob(member, label + runText(training, repetition), gradients, source, model, repetition)));
      names.push_back(member.getLabelAttr());
    }
    if (!attack.threat)
      return cast<FlatSymbolRefAttr>(parts.front()).getValue().str();
    std::string worst = job("worst");
    std::string label = attackLabel(use, attack.label, attack.axes, gradients, model);
    WorstJobOp::create(builder, attack.loc, worst,
                       builder.getStringAttr(label + runText(training, repetition)),
                       builder.getArrayAttr(parts), attack.threat, builder.getArrayAttr(names), StringAttr());
    return worst;
  }

  std::string attackJob(AttackWithOp attack, const std::string &label, GradientsOp gradients, Model &source,
                        Model &model, int64_t repetition) {
    bool transfer = gradients.getEstimator() == Estimator::Transfer;
    // Examples for another model are made there by one draw; a deterministic source has nothing to draw.
    Estimator estimator = !source.random() ? Estimator::RandomnessOff
                          : transfer       ? Estimator::OneDraw
                                           : gradients.getEstimator();
    bool isSet = estimator == Estimator::Eot || estimator == Estimator::AllPaths;
    std::string jobName = job("attack");
    bool exact = model.enumerable() && experiment.getJudge().getBy() == Verdict::Expected;
    auto evaluation =
        EvaluationAttr::get(builder.getContext(), *experiment.getPairs(), judgeOf(model), attack.getThreat());
    AttackJobOp::create(builder, attack.getLoc(), jobName, builder.getStringAttr(label), source.weights,
                        model.weights, estimator, isSet ? std::max<int64_t>(1, gradients.getDraws()) : 1,
                        evaluation, experiment.getSeed(), experiment.getSeed() + (repetition << 20),
                        model.random(), exact, experiment.getPrecision(), experiment.getRandomImages(),
                        gradients.getIdentityAttr(), votesOf(model), isAskedByItsDraw(model, estimator),
                        experiment.getOwnCorrect(), attack.getAttack(), source.network.getSymName(),
                        source.scalars, model.network.getSymName(), model.scalars, attack.getArguments(),
                        passes(attack, estimator, gradients, source), FlatSymbolRefAttr(),
                        FlatSymbolRefAttr(), ArrayAttr(), StringAttr(), StringAttr());
    return jobName;
  }

  DenseI64ArrayAttr passes(AttackWithOp attack, Estimator estimator, GradientsOp gradients,
                           const Model &source) {
    int64_t draws = std::max<int64_t>(1, gradients.getDraws());
    PassSetting setting{attack.getArguments(), 1, 1, source.paths};
    if (estimator == Estimator::Eot || estimator == Estimator::AllPaths) {
      setting.onPath = source.randomLayers ? draws : 1;
      setting.sampled = estimator == Estimator::Eot ? draws : source.paths * draws;
    }
    if (source.isMean()) {
      setting.onPath *=
          source.randomLayers && estimator != Estimator::RandomnessOff ? source.answer.getDraws() : 1;
      setting.sampled *= estimator != Estimator::RandomnessOff ? source.answer.getDraws() : 1;
    }
    std::optional<NetworkPasses> count = passesOf(symbols.lookup<AttackOp>(attack.getAttack()), setting);
    return count ? builder.getDenseI64ArrayAttr({count->forward, count->backward}) : DenseI64ArrayAttr();
  }

  std::string attackLabel(DefendWithOp use, StringRef attack, ArrayAttr axes, GradientsOp gradients,
                          const Model &model) {
    std::string label = (written + ", " + use.getLabel() + ", " + attack).str();
    if (model.random() || gradients.getIdentityAttr() || gradients.getEstimator() == Estimator::Transfer)
      label += (", " + gradients.getLabel()).str();
    SmallVector<Attribute> all(axes.getValue());
    if (ArrayAttr sampled = gradients.getAxesAttr(); sampled && model.random())
      llvm::append_range(all, sampled);
    for (Attribute axis : all)
      label += (", " + cast<AxisAttr>(axis).getName() + " = " + cast<AxisAttr>(axis).getText()).str();
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
  StringRef written; // the network, as the user wrote it, or the setting
  SymbolTable &symbols;
  int64_t serial = 0;
  ModelMaker maker;
  int64_t trainings, attacks;                                 // repetitions (S5.3)
  SmallVector<SmallVector<Model, 1>> models;                  // of each defense, one for each training
  llvm::DenseMap<Operation *, SmallVector<Model, 1>> sources; // of transfers from another network, so many
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
