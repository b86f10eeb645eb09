// Jobs get numbers in the order trainings, accuracies, attacks, so that what a job needs comes before it.
#include "compiler/lowering/EmitPlan.h"

#include "compiler/lowering/Signatures.h"
#include "dialect/Experiment.h"
#include "dialect/Pictures.h"
#include "runtime/contract/PlanFields.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include <cmath>

using namespace mlir;
using namespace switchyard::swy;
namespace switchyard {
namespace {

double numberOf(Attribute attribute) {
  if (auto whole = dyn_cast<IntegerAttr>(attribute))
    return static_cast<double>(whole.getInt());
  return cast<FloatAttr>(attribute).getValueAsDouble();
}

/// The value whose word it is; the attributes' words are the plan's.
template <typename Enum> Enum wordOf(StringRef text) {
  for (const auto &[value, word] : rt::Words<Enum>::table())
    if (text == word)
      return value;
  llvm::report_fatal_error("the plan has no word for an attribute's");
}

std::vector<std::string> textsOf(ArrayRef<StringAttr> list) {
  std::vector<std::string> texts;
  for (StringAttr text : list)
    texts.push_back(text.str());
  return texts;
}

/// In the order of the program.
rt::Axes axesOf(ArrayRef<AxisAttr> list) {
  rt::Axes axes;
  for (AxisAttr axis : list)
    axes.push_back({axis.getName().str(), {axis.getValue(), axis.getText().str()}});
  return axes;
}
rt::Axes axesOf(ArrayAttr list) {
  return axesOf(llvm::to_vector(list.getAsRange<AxisAttr>()));
}

rt::Measure measureOf(MeasureAttr attribute) {
  rt::Measure measure{attribute.getName().str(), {}, {}};
  for (AggregateAttr one : attribute.getAggregates())
    measure.aggregates.push_back({stringifyAggregation(one.getHow()).str(), textsOf(one.getOver())});
  if (DictionaryAttr given = attribute.getArguments())
    for (NamedAttribute one : given)
      measure.arguments[one.getName().str()] = numberOf(one.getValue());
  return measure;
}

rt::Show showOf(ShowAttr attribute) {
  rt::Show show;
  show.kind = stringifyPicture(attribute.getAs()).str();
  for (MeasureAttr measure : attribute.getMeasures())
    show.measures.push_back(measureOf(measure));
  show.against = attribute.getAgainst().str();
  show.by = textsOf(attribute.getBy());
  show.forEach = textsOf(attribute.getForEach());
  if (MeasureAttr against = attribute.getAgainstMeasure()) {
    rt::Measure measure = measureOf(against);
    show.against = measure.name;
    show.againstAggregates = measure.aggregates;
    show.againstArguments = measure.arguments;
  }
  show.fit = attribute.getFit();
  return show;
}

rt::DatasetSpec datasetOf(DatasetAttr attribute) {
  rt::DatasetSpec dataset;
  dataset.name = attribute.getName().str();
  dataset.source = attribute.getSource().str();
  if (attribute.getTrain())
    dataset.arguments["train"] = static_cast<double>(attribute.getTrain());
  if (attribute.getTest())
    dataset.arguments["test"] = static_cast<double>(attribute.getTest());
  if (DictionaryAttr files = attribute.getFiles())
    for (NamedAttribute file : files)
      dataset.files[file.getName().str()] = cast<StringAttr>(file.getValue()).str();
  dataset.input = attribute.getInput().vec();
  dataset.low = attribute.getLow();
  dataset.high = attribute.getHigh();
  dataset.classes = attribute.getClasses();
  return dataset;
}

class PlanEmitter {
public:
  explicit PlanEmitter(ModuleOp module) : module(module) {}

  rt::Plan emit() {
    number<TrainJobOp>();
    number<AccuracyJobOp>();
    number<AttackJobOp>();
    number<WorstJobOp>();
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!function->hasAttr(entryAttribute))
        continue;
      functionIds[function.getName()] = static_cast<int64_t>(plan.functions.size());
      plan.functions.emplace_back().name = function.getName().str();
    }
    // Data sets are numbered as trainings name them; accuracies and attacks use those of their weights.
    module.walk([&](TrainJobOp job) { datasetIds[job.getSymName()] = dataset(job.getDataset()); });
    module.walk([&](WeightsOp weights) {
      modelIds.try_emplace(weights.getSymName(), static_cast<int64_t>(modelIds.size()));
      plan.models.push_back(model(weights));
    });
    module.walk([&](TrainJobOp job) { plan.jobs.push_back(train(job)); });
    module.walk([&](AccuracyJobOp job) { plan.jobs.push_back(accuracy(job)); });
    module.walk([&](AttackJobOp job) { plan.jobs.push_back(attack(job)); });
    module.walk([&](WorstJobOp job) { plan.jobs.push_back(worst(job)); });
    module.walk([&](ExperimentOp op) {
      if (!op.getPartOf()) {
        experimentIds[op.getSymName()] = static_cast<int64_t>(plan.experiments.size());
        plan.experiments.push_back(experiment(op));
      }
      addSetting(op, plan.experiments.back()); // the last: parts follow the first
    });
    module.walk([&](JointShowOp op) { plan.shows.push_back(joint(op)); });
    return std::move(plan);
  }

private:
  template <typename Job> void number() {
    module.walk([&](Job job) { ids.try_emplace(job.getSymName(), static_cast<int64_t>(ids.size())); });
  }

  int64_t dataset(DatasetAttr attribute) {
    auto [entry, isNew] =
        datasetIdsByAttribute.try_emplace(attribute, static_cast<int64_t>(plan.datasets.size()));
    if (isNew)
      plan.datasets.push_back(datasetOf(attribute));
    return entry->second;
  }

  /// A function with those of the scalars that it reads.
  rt::Call call(const JobCall &made) {
    auto function = module.lookupSymbol<func::FuncOp>(made.function);
    rt::Call call;
    call.function = functionIds.lookup(function.getName());
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (Attribute value = made.valueOf(function.getArgAttrDict(i)))
        call.scalars[function.getArgAttrOfType<StringAttr>(i, nameAttribute).str()] = numberOf(value);
    return call;
  }

  /// The first function that a job calls for this.
  rt::Call call(JobOpInterface job, JobCall::As as) {
    for (const JobCall &made : job.getCalls())
      if (made.as == as)
        return call(made);
    llvm_unreachable("each kind of job calls its functions");
  }

  /// Where a protected network's parameters come from; its data set is its first training's.
  rt::Model model(WeightsOp weights) {
    rt::Model model;
    for (auto parameter : weights.getParameters().getAsRange<ParameterAttr>()) {
      rt::ModelParameter one;
      for (FlatSymbolRefAttr training : parameter.getFrom()) {
        one.from.push_back(ids.lookup(training.getValue()));
        datasetIds.try_emplace(weights.getSymName(), datasetIds.lookup(training.getValue()));
      }
      one.name = parameter.getName().str();
      one.trainedAs = parameter.getTrainedAs().str();
      one.shape = parameter.getType().getShape().vec();
      model.parameters.push_back(std::move(one));
    }
    return model;
  }

  /// `source`: the training or the weights that say which data set it is.
  template <typename Job, typename Kind> rt::Job jobOf(Job op, StringRef source, Kind work) {
    rt::Job job;
    job.id = ids.lookup(op.getSymName());
    job.hash = op.getDigest()->str();
    job.label = op.getLabel().str();
    job.dataset = datasetIds.lookup(source);
    job.seed = static_cast<int64_t>(op.getSeed());
    job.precision = wordOf<rt::Precision>(stringifyPrecision(op.getPrecision()));
    job.work = std::move(work);
    return job;
  }

  /// What accuracies and attacks have in common: the model that is judged, and its paths, block by block.
  template <typename Job> rt::Answering answering(Job op) {
    rt::Answering model;
    model.weights = modelIds.lookup(op.getWeights());
    model.predict = call(op, JobCall::Predict);
    model.random = op.getRandom();
    model.votes = static_cast<int64_t>(op.getVotes().value_or(1));
    for (const JobCall &made : op.getCalls())
      if (made.as == JobCall::Stage)
        model.stages.push_back(stage(made));
    return model;
  }

  /// With what its block goes through, as BuildPrograms noted it.
  rt::Stage stage(const JobCall &made) {
    rt::Stage stage{call(made)};
    Operation *function = module.lookupSymbol(made.function);
    if (auto channels = function->getAttrOfType<IntegerAttr>(channelsAttribute))
      stage.channels = channels.getInt();
    if (auto name = function->getAttrOfType<StringAttr>(blockAttribute))
      stage.block = name.str();
    if (auto chances = function->getAttrOfType<DenseF64ArrayAttr>(chancesAttribute))
      stage.chances.assign(chances.asArrayRef().begin(), chances.asArrayRef().end());
    stage.chooses = function->hasAttr(choosesAttribute);
    return stage;
  }

  rt::Job train(TrainJobOp op) {
    rt::TrainJob job;
    job.parameters = parameters(*op.getInit());
    job.init = call(op, JobCall::Init);
    job.step = call(op, JobCall::Step);
    job.batch = op.getTraining().getBatch();
    job.epochs = op.getTraining().getEpochs();
    if (ValidationAttr validation = op.getTraining().getValidation())
      job.validation = {call(op, JobCall::Validate), validation.getImages(), validation.getKeepBest(),
                        validation.getPatience()};
    job.stream = static_cast<int64_t>(op.getStream());
    if (op.getFrozen())
      job.frozen = modelIds.lookup(*op.getFrozen());
    return jobOf(op, op.getSymName(), std::move(job));
  }

  /// What the init function makes.
  std::vector<rt::Parameter> parameters(StringRef init) {
    auto function = module.lookupSymbol<func::FuncOp>(init);
    std::vector<rt::Parameter> list;
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (roleOf(function.getResultAttrDict(i)) == rt::Role::Parameter)
        list.push_back({function.getResultAttrOfType<StringAttr>(i, nameAttribute).str(),
                        cast<RankedTensorType>(function.getResultTypes()[i]).getShape().vec()});
    return list;
  }

  rt::Job accuracy(AccuracyJobOp op) {
    rt::AccuracyJob job{answering(op), static_cast<int64_t>(op.getDraws())};
    if (CertificateAttr certificate = op.getCertificateAttr())
      job.certificate =
          rt::Certificate{certificate.getSelection(), certificate.getImages(), certificate.getRandom()};
    return jobOf(op, op.getWeights(), std::move(job));
  }

  rt::Job attack(AttackJobOp op) {
    rt::AttackJob job;
    job.model = answering(op);
    job.seed = static_cast<int64_t>(op.getAttackSeed());
    job.source = modelIds.lookup(op.getSourceWeights());
    job.examples = op.getExamples().value_or("").str();
    job.attack = call(op, JobCall::Run);
    if (std::optional<ArrayRef<int64_t>> passes = op.getPasses())
      job.passes = rt::NetworkPasses{(*passes)[0], (*passes)[1]};
    PairsAttr pairs = op.getEvaluation().getPairs();
    job.pairs.images = pairs.getImages();
    job.pairs.correctOnly = pairs.getCorrectOnly();
    job.pairs.random = op.getRandomImages();
    job.pairs.ownCorrect = op.getOwnCorrect();
    job.pairs.goal = goalOf(pairs.getGoal());
    JudgeAttr judge = op.getEvaluation().getJudge();
    job.judging = {judge.getBy() == Verdict::OneDraw, judge.getDraws(), op.getSameDraw()};
    job.threat = threatOf(op.getEvaluation().getThreat());
    return jobOf(op, op.getWeights(), std::move(job));
  }

  static rt::Threat threatOf(ThreatAttr threat) {
    return {wordOf<rt::Threat::Kind>(stringifyNorm(threat.getNorm())), threat.getRadius(),
            threat.getClipped()};
  }

  /// All that its parts have in common is the first one's.
  rt::Job worst(WorstJobOp op) {
    std::vector<rt::AttackPart> parts;
    for (auto [part, attack] : llvm::zip_equal(op.getParts().getAsValueRange<FlatSymbolRefAttr>(),
                                               op.getAttacks().getAsValueRange<StringAttr>()))
      parts.push_back({ids.lookup(part), attack.str()});
    rt::Job job = plan.jobs.at(static_cast<size_t>(parts.front().job));
    job.id = ids.lookup(op.getSymName());
    job.hash = op.getDigest()->str();
    job.label = op.getLabel().str();
    job.as<rt::AttackJob>().examples.clear(); // its parts keep theirs
    job.as<rt::AttackJob>().threat = threatOf(op.getThreat());
    job.as<rt::AttackJob>().passes = passesOf(parts);
    job.as<rt::AttackJob>().parts = std::move(parts);
    return job;
  }

  /// Together; unknown where one part's are.
  std::optional<rt::NetworkPasses> passesOf(const std::vector<rt::AttackPart> &parts) const {
    rt::NetworkPasses sum;
    for (const rt::AttackPart &part : parts) {
      const auto &passes = plan.jobs.at(static_cast<size_t>(part.job)).as<rt::AttackJob>().passes;
      if (!passes)
        return std::nullopt;
      sum.forward += passes->forward;
      sum.backward += passes->backward;
    }
    return sum;
  }

  static rt::Goal goalOf(GoalAttr attribute) {
    rt::Goal goal;
    goal.toward = attribute.getAim() != Aim::Away;
    if (goal.toward)
      goal.choice = wordOf<rt::Goal::Choice>(stringifyAim(attribute.getAim()));
    if (attribute.getAim() == Aim::Class)
      goal.klass = attribute.getNumber();
    return goal;
  }

  rt::Experiment experiment(ExperimentOp op) {
    ReportAttr report = op.getReport();
    rt::Experiment experiment;
    experiment.name = op.getDeclaredName().str();
    experiment.asPublished = report.getAsPublished();
    experiment.settings.clear();
    experiment.repeatTraining = static_cast<int64_t>(op.getTrainings());
    experiment.repeatAttack = static_cast<int64_t>(op.getAttacks());
    for (MeasureAttr measure : report.getMeasures())
      experiment.measures.push_back(measureOf(measure));
    for (ShowAttr show : report.getShows())
      experiment.shows.push_back(showOf(show));
    if (auto pictures = op->getAttrOfType<ArrayAttr>(picturesAttribute))
      for (StringRef text : pictures.getAsValueRange<StringAttr>())
        experiment.shows.push_back(rt::parseShow(text.str()));
    for (JudgedAttr judged : report.getJudges())
      experiment.judges.push_back(
          {wordOf<rt::Verdict::Kind>(stringifyVerdict(judged.getBy())), judged.getAnswers()});
    return experiment;
  }

  /// The text counts the experiments that the operation lists.
  rt::JointShow joint(JointShowOp op) const {
    rt::JointShow joint = rt::parseJointShow(op.getText().str());
    const auto names = llvm::to_vector(op.getExperiments().getAsValueRange<FlatSymbolRefAttr>());
    for (rt::ShowPart &part : joint.parts)
      part.experiment = experimentIds.lookup(names[static_cast<size_t>(part.experiment)]);
    return joint;
  }

  /// What the operation says of one setting, its defenses behind those of the settings before.
  void addSetting(ExperimentOp op, rt::Experiment &experiment) {
    const auto before = static_cast<int64_t>(experiment.defenses.size());
    const auto number = static_cast<int64_t>(experiment.settings.size());
    ReportAttr report = op.getReport();
    rt::Setting &setting = experiment.settings.emplace_back();
    setting.dataset = dataset(op.getDataset());
    if (report.getBaseline() >= 0)
      setting.baseline = before + report.getBaseline();
    if (SettingAttr named = op.getSettingAttr()) {
      setting.dataName = named.getDataset().str();
      setting.network = named.getNetwork().str();
      setting.training = named.getTraining().str();
      setting.axes = axesOf(named.getAxes());
    }
    for (ContrastAttr pair : report.getComparisons())
      experiment.comparisons.push_back({before + pair.getFirst(), before + pair.getSecond()});
    module.walk([&](DefenseEntryOp entry) {
      if (entry.getExperiment() != op.getSymName())
        return;
      experiment.defenses.push_back(defense(entry));
      experiment.defenses.back().setting = number;
    });
    module.walk([&](CellOp entry) {
      if (entry.getExperiment() != op.getSymName())
        return;
      experiment.cells.push_back(cell(entry));
      experiment.cells.back().defense += before;
    });
  }

  rt::DefenseEntry defense(DefenseEntryOp entry) {
    rt::DefenseEntry defense;
    defense.label = entry.getLabel().str();
    defense.defense = entry.getDefense().str();
    defense.family = entry.getFamily().str();
    defense.strength = entry.getStrength().str();
    defense.axes = axesOf(entry.getAxes());
    defense.accuracies = runs(entry.getRuns(), entry.getAccuracy());
    defense.certificates = runs(entry.getCertificates(), std::nullopt);
    if (FloatAttr noise = entry.getNoiseAttr())
      defense.noise = noise.getValueAsDouble();
    defense.uncertified = entry.getUncertified().value_or("").str();
    return defense;
  }

  /// The jobs of all repetitions: the one where there is but one, none where a cell means nothing.
  std::vector<int64_t> runs(std::optional<ArrayAttr> all, std::optional<StringRef> only) {
    std::vector<int64_t> list;
    if (all)
      for (StringRef job : all->getAsValueRange<FlatSymbolRefAttr>())
        list.push_back(ids.lookup(job));
    else if (only)
      list.push_back(ids.lookup(*only));
    return list;
  }

  rt::Cell cell(CellOp entry) {
    rt::Cell cell;
    cell.defense = static_cast<int64_t>(entry.getDefense());
    cell.attack = entry.getAttack().str();
    cell.gradients = entry.getGradients().str();
    cell.axes = axesOf(entry.getAxes());
    if (ArrayAttr axes = entry.getGradientsAxesAttr())
      cell.gradientsAxes = axesOf(axes);
    cell.jobs = runs(entry.getRuns(), entry.getJob());
    cell.reason = entry.getReason().str();
    return cell;
  }

  ModuleOp module;
  rt::Plan plan;
  llvm::StringMap<int64_t> ids, modelIds, datasetIds, functionIds, experimentIds;
  llvm::DenseMap<Attribute, int64_t> datasetIdsByAttribute;
};

} // namespace

rt::Plan emitPlan(ModuleOp module) {
  return PlanEmitter(module).emit();
}

void dropExperimentLevel(ModuleOp module) {
  for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
    if (!isa<func::FuncOp>(op))
      op.erase();
}

static rt::Function functionOf(const FunctionSignature &signature) {
  rt::Function function;
  function.name = signature.name;
  function.batch = signature.batch;
  function.arenaBytes = signature.arenaBytes;
  function.gradients.assign(signature.gradients.begin(), signature.gradients.end());
  function.comparisons.assign(signature.comparisons.begin(), signature.comparisons.end());
  function.finishes.assign(signature.finishes.begin(), signature.finishes.end());
  function.givens.assign(signature.givens.begin(), signature.givens.end());
  for (const ArgumentSignature &argument : signature.arguments) {
    rt::Argument &one = function.arguments.emplace_back();
    one.role = *rt::roleNamed(argument.role);
    one.name = argument.name;
    one.access = wordOf<rt::Access>(argument.access);
    if (one.role == rt::Role::Arena)
      continue;
    one.type = argument.type;
    one.shape = argument.shape;
  }
  function.oneDraw = signature.oneDraw;
  function.hostArguments = signature.hostCopies;
  if (auto count = dyn_cast_or_null<IntegerAttr>(signature.restarts))
    function.restarts = count.getInt();
  else if (auto scalar = dyn_cast_or_null<StringAttr>(signature.restarts))
    function.restartsScalar = scalar.str();
  return function;
}

void addFunctions(rt::Plan &plan, ModuleOp lowered, ModuleOp device) {
  llvm::StringMap<FunctionSignature> ofCpu, onDevice;
  for (const FunctionSignature &signature : collectSignatures(lowered))
    ofCpu[signature.name] = signature;
  if (device)
    for (const FunctionSignature &signature : collectSignatures(device))
      onDevice[signature.name] = signature;
  for (rt::Function &function : plan.functions) {
    function = functionOf(ofCpu.lookup(function.name));
    if (auto found = onDevice.find(function.name); found != onDevice.end())
      function.onDevice = std::make_shared<const rt::Function>(functionOf(found->second));
  }
}

} // namespace switchyard
