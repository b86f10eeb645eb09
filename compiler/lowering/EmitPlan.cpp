// Jobs get numbers in the order trainings, accuracies, attacks, so that what a job needs comes before it.
#include "compiler/lowering/EmitPlan.h"

#include "compiler/lowering/Signatures.h"
#include "dialect/Dialect.h"
#include "runtime/contract/PlanFields.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include <cmath>

using namespace mlir;
using namespace switchyard::swy;
namespace switchyard {
namespace {

template <typename Attr> Attr entryOf(DictionaryAttr dictionary, StringRef name) {
  return cast<Attr>(dictionary.get(name));
}

std::string textOf(DictionaryAttr dictionary, StringRef name) {
  return entryOf<StringAttr>(dictionary, name).str();
}

int64_t wholeOf(DictionaryAttr dictionary, StringRef name) {
  return entryOf<IntegerAttr>(dictionary, name).getInt();
}

bool flagOf(DictionaryAttr dictionary, StringRef name) {
  return entryOf<BoolAttr>(dictionary, name).getValue();
}

double numberOf(Attribute attribute) {
  if (auto whole = dyn_cast<IntegerAttr>(attribute))
    return static_cast<double>(whole.getInt());
  return cast<FloatAttr>(attribute).getValueAsDouble();
}

std::vector<std::string> textsOf(DictionaryAttr dictionary, StringRef name) {
  std::vector<std::string> texts;
  for (StringRef text : entryOf<ArrayAttr>(dictionary, name).getAsValueRange<StringAttr>())
    texts.push_back(text.str());
  return texts;
}

/// The value whose word it is; the attributes' words are the plan's.
template <typename Enum> Enum wordOf(StringRef text) {
  for (const auto &[value, word] : rt::Words<Enum>::table())
    if (text == word)
      return value;
  llvm::report_fatal_error("the plan has no word for an attribute's");
}

/// In the order of the program.
rt::Axes axesOf(ArrayAttr list) {
  rt::Axes axes;
  for (auto axis : list.getAsRange<DictionaryAttr>())
    axes.push_back(
        {textOf(axis, "name"),
         {axis.contains("value") ? numberOf(axis.get("value")) : std::nan(""), textOf(axis, "text")}});
  return axes;
}

std::vector<rt::Aggregate> aggregatesOf(DictionaryAttr dictionary, StringRef name) {
  std::vector<rt::Aggregate> aggregates;
  if (auto list = dictionary.getAs<ArrayAttr>(name))
    for (auto one : list.getAsRange<DictionaryAttr>())
      aggregates.push_back({textOf(one, "how"), textsOf(one, "over")});
  return aggregates;
}

std::map<std::string, double> argumentsOf(DictionaryAttr dictionary, StringRef name) {
  std::map<std::string, double> arguments;
  if (auto given = dictionary.getAs<DictionaryAttr>(name))
    for (NamedAttribute one : given)
      arguments[one.getName().str()] = cast<FloatAttr>(one.getValue()).getValueAsDouble();
  return arguments;
}

rt::Measure measureOf(DictionaryAttr attribute) {
  return {textOf(attribute, "name"), aggregatesOf(attribute, "aggregates"),
          argumentsOf(attribute, "arguments")};
}

rt::Show showOf(DictionaryAttr attribute) {
  rt::Show show;
  show.kind = textOf(attribute, "kind");
  for (auto measure : entryOf<ArrayAttr>(attribute, "measures").getAsRange<DictionaryAttr>())
    show.measures.push_back(measureOf(measure));
  show.against = textOf(attribute, "against");
  show.by = textsOf(attribute, "by");
  show.forEach = textsOf(attribute, "for_each");
  show.againstAggregates = aggregatesOf(attribute, "against_aggregates");
  show.againstArguments = argumentsOf(attribute, "against_arguments");
  if (auto fit = attribute.getAs<BoolAttr>("fit"))
    show.fit = fit.getValue();
  return show;
}

rt::DatasetSpec datasetOf(DictionaryAttr attribute) {
  rt::DatasetSpec dataset;
  dataset.name = textOf(attribute, "name");
  dataset.source = textOf(attribute, "source");
  for (NamedAttribute argument : entryOf<DictionaryAttr>(attribute, "arguments"))
    if (auto file = dyn_cast<StringAttr>(argument.getValue()))
      dataset.files[argument.getName().str()] = file.str();
    else
      dataset.arguments[argument.getName().str()] = numberOf(argument.getValue());
  for (auto size : entryOf<ArrayAttr>(attribute, "input").getAsRange<IntegerAttr>())
    dataset.input.push_back(size.getInt());
  dataset.low = numberOf(attribute.get("low"));
  dataset.high = numberOf(attribute.get("high"));
  dataset.classes = wholeOf(attribute, "classes");
  return dataset;
}

class PlanEmitter {
public:
  explicit PlanEmitter(ModuleOp module) : module(module) {}

  rt::Plan emit() {
    number<TrainJobOp>();
    number<AccuracyJobOp>();
    number<AttackJobOp>();
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
    module.walk([&](ExperimentOp op) { plan.experiments.push_back(experiment(op)); });
    return std::move(plan);
  }

private:
  template <typename Job> void number() {
    module.walk([&](Job job) { ids.try_emplace(job.getSymName(), static_cast<int64_t>(ids.size())); });
  }

  int64_t dataset(DictionaryAttr attribute) {
    auto [entry, isNew] =
        datasetIdsByAttribute.try_emplace(attribute, static_cast<int64_t>(plan.datasets.size()));
    if (isNew)
      plan.datasets.push_back(datasetOf(attribute));
    return entry->second;
  }

  /// A function with those of the scalars that it reads.
  rt::Call call(std::optional<StringRef> name, ArrayRef<DictionaryAttr> scalars) {
    auto function = module.lookupSymbol<func::FuncOp>(*name);
    rt::Call call;
    call.function = functionIds.lookup(*name);
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      auto scalar = function.getArgAttrOfType<StringAttr>(i, nameAttribute);
      for (DictionaryAttr dictionary : scalars)
        if (Attribute value = scalar ? dictionary.get(scalar) : Attribute())
          call.scalars[scalar.str()] = numberOf(value);
    }
    return call;
  }

  /// Where a protected network's parameters come from; its data set is its first training's.
  rt::Model model(WeightsOp weights) {
    rt::Model model;
    for (auto parameter : weights.getParameters().getAsRange<DictionaryAttr>()) {
      rt::ModelParameter one;
      for (StringRef training : parameter.getAs<ArrayAttr>("from").getAsValueRange<FlatSymbolRefAttr>()) {
        one.from.push_back(ids.lookup(training));
        datasetIds.try_emplace(weights.getSymName(), datasetIds.lookup(training));
      }
      one.name = textOf(parameter, "name");
      one.shape = cast<RankedTensorType>(parameter.getAs<TypeAttr>("type").getValue()).getShape().vec();
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
    model.predict = call(op.getPredict(), {op.getScalars()});
    model.random = op.getRandom();
    if (op.getStages())
      for (StringRef stage : op.getStages()->template getAsValueRange<FlatSymbolRefAttr>())
        model.stages.push_back({call(stage, {op.getScalars()}), channelsOf(stage), blockOf(stage)});
    return model;
  }

  /// How many channels the stage's block has, as BuildPrograms noted it.
  int64_t channelsOf(StringRef stage) {
    auto function = module.lookupSymbol<func::FuncOp>(stage);
    auto channels = function->getAttrOfType<IntegerAttr>("swy.channels");
    return channels ? channels.getInt() : 1;
  }

  std::string blockOf(StringRef stage) {
    auto name = module.lookupSymbol<func::FuncOp>(stage)->getAttrOfType<StringAttr>("swy.block");
    return name ? name.str() : "";
  }

  rt::Job train(TrainJobOp op) {
    rt::TrainJob job;
    job.parameters = parameters(*op.getInit());
    job.init = call(op.getInit(), {});
    job.step = call(op.getStep(), {op.getScalars(), op.getTraining()});
    job.batch = wholeOf(op.getTraining(), "batch");
    job.epochs = wholeOf(op.getTraining(), "epochs");
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
    return jobOf(op, op.getWeights(), std::move(job));
  }

  rt::Job attack(AttackJobOp op) {
    rt::AttackJob job;
    job.model = answering(op);
    job.seed = static_cast<int64_t>(op.getAttackSeed());
    job.source = modelIds.lookup(op.getSourceWeights());
    job.attack = call(op.getRun(), {op.getAttackScalars(), op.getSourceScalars()});
    job.pairs.images = wholeOf(op.getSettings(), "images");
    job.pairs.correctOnly = flagOf(op.getSettings(), "correct_only");
    job.pairs.goal = goalOf(entryOf<DictionaryAttr>(op.getSettings(), "goal"));
    auto judge = entryOf<DictionaryAttr>(op.getSettings(), "judge");
    job.judging = {textOf(judge, "kind") == "one_draw", wholeOf(judge, "draws")};
    job.threat = {wordOf<rt::Threat::Norm>(textOf(op.getThreat(), "kind")),
                  numberOf(op.getThreat().get("radius")), flagOf(op.getThreat(), "clipped")};
    return jobOf(op, op.getWeights(), std::move(job));
  }

  static rt::Goal goalOf(DictionaryAttr attribute) {
    rt::Goal goal;
    goal.toward = textOf(attribute, "form") == "toward";
    if (goal.toward)
      goal.choice = wordOf<rt::Goal::Choice>(textOf(attribute, "choice"));
    if (goal.toward && goal.choice == rt::Goal::Choice::Class)
      goal.klass = wholeOf(attribute, "class");
    return goal;
  }

  rt::Experiment experiment(ExperimentOp op) {
    DictionaryAttr settings = op.getSettings();
    rt::Experiment experiment;
    experiment.name = op.getSymName().str();
    experiment.asPublished = flagOf(settings, "as_published");
    experiment.dataset = dataset(op.getDataset());
    if (int64_t baseline = wholeOf(settings, "baseline"); baseline >= 0)
      experiment.baseline = baseline;
    for (auto measure : entryOf<ArrayAttr>(settings, "measures").getAsRange<DictionaryAttr>())
      experiment.measures.push_back(measureOf(measure));
    for (auto show : entryOf<ArrayAttr>(settings, "shows").getAsRange<DictionaryAttr>())
      experiment.shows.push_back(showOf(show));
    readRuns(settings, experiment);
    module.walk([&](DefenseEntryOp entry) {
      if (entry.getExperiment() == op.getSymName())
        experiment.defenses.push_back(defense(entry));
    });
    module.walk([&](CellOp entry) {
      if (entry.getExperiment() == op.getSymName())
        experiment.cells.push_back(cell(entry));
    });
    return experiment;
  }

  static void readRuns(DictionaryAttr settings, rt::Experiment &experiment) {
    if (settings.get("repeat_training"))
      experiment.repeatTraining = wholeOf(settings, "repeat_training");
    if (settings.get("repeat_attack"))
      experiment.repeatAttack = wholeOf(settings, "repeat_attack");
    if (auto comparisons = settings.getAs<ArrayAttr>("comparisons"))
      for (auto pair : comparisons.getAsRange<ArrayAttr>())
        experiment.comparisons.push_back(
            {cast<IntegerAttr>(pair[0]).getInt(), cast<IntegerAttr>(pair[1]).getInt()});
  }

  rt::DefenseEntry defense(DefenseEntryOp entry) {
    rt::DefenseEntry defense;
    defense.label = entry.getLabel().str();
    defense.defense = entry.getDefense().str();
    defense.family = entry.getFamily().str();
    defense.strength = entry.getStrength().str();
    defense.axes = axesOf(entry.getAxes());
    defense.accuracies = runs(entry.getRuns(), entry.getAccuracy());
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
    cell.jobs = runs(entry.getRuns(), entry.getJob());
    cell.reason = entry.getReason().str();
    return cell;
  }

  ModuleOp module;
  rt::Plan plan;
  llvm::StringMap<int64_t> ids, modelIds, datasetIds, functionIds;
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
