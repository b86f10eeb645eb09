// Jobs get numbers in the order trainings, accuracies, attacks, so that what a job needs comes before it.
// Fields are those of docs/artifact.md, in its order.
#include "compiler/lowering/EmitPlan.h"

#include "compiler/lowering/Signatures.h"
#include "dialect/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace switchyard::swy;
using llvm::json::Array;
using llvm::json::Object;

namespace switchyard {
namespace {

/// An attribute as JSON: dictionaries, arrays, strings, numbers, truth values.
llvm::json::Value toJson(Attribute attribute) {
  if (auto dictionary = dyn_cast<DictionaryAttr>(attribute)) {
    Object object;
    for (NamedAttribute entry : dictionary)
      object[entry.getName().str()] = toJson(entry.getValue());
    return object;
  }
  if (auto array = dyn_cast<ArrayAttr>(attribute)) {
    Array list;
    for (Attribute element : array)
      list.push_back(toJson(element));
    return list;
  }
  if (auto flag = dyn_cast<BoolAttr>(attribute))
    return flag.getValue();
  if (auto whole = dyn_cast<IntegerAttr>(attribute))
    return whole.getInt();
  if (auto real = dyn_cast<FloatAttr>(attribute))
    return real.getValueAsDouble();
  return cast<StringAttr>(attribute).str();
}

class PlanEmitter {
public:
  explicit PlanEmitter(ModuleOp module) : module(module) {}

  Object emit() {
    number<TrainJobOp>();
    number<AccuracyJobOp>();
    number<AttackJobOp>();
    // Data sets are numbered as trainings name them; accuracies and attacks use those of their weights.
    module.walk([&](TrainJobOp job) { datasetOf[job.getSymName()] = dataset(job.getDataset()); });
    Array models, jobs;
    module.walk([&](WeightsOp weights) {
      modelIds.try_emplace(weights.getSymName(), static_cast<int64_t>(modelIds.size()));
      models.push_back(model(weights));
    });
    module.walk([&](TrainJobOp job) { jobs.push_back(train(job)); });
    module.walk([&](AccuracyJobOp job) { jobs.push_back(accuracy(job)); });
    module.walk([&](AttackJobOp job) { jobs.push_back(attack(job)); });
    Array experiments;
    module.walk([&](ExperimentOp op) { experiments.push_back(experiment(op)); });
    return Object{{"datasets", std::move(datasets)},
                  {"models", std::move(models)},
                  {"jobs", std::move(jobs)},
                  {"experiments", std::move(experiments)}};
  }

private:
  template <typename Job> void number() {
    module.walk([&](Job job) { ids.try_emplace(job.getSymName(), static_cast<int64_t>(ids.size())); });
  }

  int64_t dataset(DictionaryAttr attribute) {
    auto [entry, isNew] = datasetIds.try_emplace(attribute, static_cast<int64_t>(datasets.size()));
    if (isNew)
      datasets.push_back(Object{{"name", toJson(attribute.get("name"))},
                                {"source", toJson(attribute.get("source"))},
                                {"arguments", toJson(attribute.get("arguments"))},
                                {"input", toJson(attribute.get("input"))},
                                {"range", Array{toJson(attribute.get("low")), toJson(attribute.get("high"))}},
                                {"classes", toJson(attribute.get("classes"))}});
    return entry->second;
  }

  /// A function with those of the scalars that it reads.
  Object call(std::optional<StringRef> name, ArrayRef<DictionaryAttr> scalars) {
    auto function = module.lookupSymbol<func::FuncOp>(*name);
    Object values;
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      auto scalar = function.getArgAttrOfType<StringAttr>(i, "swy.name");
      for (DictionaryAttr dictionary : scalars)
        if (Attribute value = scalar ? dictionary.get(scalar) : Attribute())
          values[scalar.str()] = toJson(value);
    }
    return Object{{"function", name->str()}, {"scalars", std::move(values)}};
  }

  /// Where a protected network's parameters come from; its data set is its first training's.
  Object model(WeightsOp weights) {
    Array parameters;
    for (auto parameter : weights.getParameters().getAsRange<DictionaryAttr>()) {
      Array from;
      for (StringRef training : parameter.getAs<ArrayAttr>("from").getAsValueRange<FlatSymbolRefAttr>()) {
        from.push_back(ids.lookup(training));
        datasetOf.try_emplace(weights.getSymName(), datasetOf.lookup(training));
      }
      auto type = cast<RankedTensorType>(parameter.getAs<TypeAttr>("type").getValue());
      parameters.push_back(Object{{"name", toJson(parameter.get("name"))},
                                  {"shape", Array(type.getShape())},
                                  {"from", std::move(from)}});
    }
    return Object{{"id", modelIds.lookup(weights.getSymName())}, {"parameters", std::move(parameters)}};
  }

  /// `source`: the training or the weights that say which data set it is.
  template <typename Job> Object common(Job job, StringRef kind, StringRef source) {
    Object object{{"id", ids.lookup(job.getSymName())}, {"kind", kind.str()},
                  {"hash", job.getDigest()->str()},     {"label", job.getLabel().str()},
                  {"dataset", datasetOf[source]},       {"seed", static_cast<int64_t>(job.getSeed())}};
    if (job.getPrecision() != Precision::Float32)
      object["precision"] = stringifyPrecision(job.getPrecision()).str();
    return object;
  }

  /// The functions that go through all paths, block by block.
  template <typename Job> void addPaths(Object &object, Job job) {
    if (!job.getStages())
      return;
    Array stages;
    for (StringRef stage : job.getStages()->template getAsValueRange<FlatSymbolRefAttr>()) {
      Object one = call(stage, {job.getScalars()});
      one["channels"] = channelsOf(stage);
      stages.push_back(std::move(one));
    }
    object["paths"] = Object{{"stages", std::move(stages)}};
  }

  /// How many channels the stage's block has, as BuildPrograms noted it.
  int64_t channelsOf(StringRef stage) {
    auto function = module.lookupSymbol<func::FuncOp>(stage);
    auto channels = function->getAttrOfType<IntegerAttr>("swy.channels");
    return channels ? channels.getInt() : 1;
  }

  Object train(TrainJobOp job) {
    Object object = common(job, "train", job.getSymName());
    object["parameters"] = parameters(*job.getInit());
    object["init"] = call(job.getInit(), {});
    object["step"] = call(job.getStep(), {job.getScalars(), job.getTraining()});
    object["batch"] = toJson(job.getTraining().get("batch"));
    object["epochs"] = toJson(job.getTraining().get("epochs"));
    object["stream"] = static_cast<int64_t>(job.getStream());
    if (job.getFrozen())
      object["frozen"] = modelIds.lookup(*job.getFrozen());
    return object;
  }

  /// What the init function makes.
  Array parameters(StringRef init) {
    auto function = module.lookupSymbol<func::FuncOp>(init);
    Array list;
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (function.getResultAttrOfType<StringAttr>(i, "swy.role") == "parameter") {
        auto type = cast<RankedTensorType>(function.getResultTypes()[i]);
        list.push_back(Object{{"name", function.getResultAttrOfType<StringAttr>(i, "swy.name").str()},
                              {"shape", Array(type.getShape())}});
      }
    return list;
  }

  Object accuracy(AccuracyJobOp job) {
    Object object = common(job, "accuracy", job.getWeights());
    object["weights"] = modelIds.lookup(job.getWeights());
    object["predict"] = call(job.getPredict(), {job.getScalars()});
    object["random"] = job.getRandom();
    object["draws"] = static_cast<int64_t>(job.getDraws());
    addPaths(object, job);
    return object;
  }

  Object attack(AttackJobOp job) {
    Object object = common(job, "attack", job.getWeights());
    object["attack_seed"] = static_cast<int64_t>(job.getAttackSeed());
    object["weights"] = modelIds.lookup(job.getWeights());
    object["attack_weights"] = modelIds.lookup(job.getSourceWeights());
    object["attack"] = call(job.getRun(), {job.getAttackScalars(), job.getSourceScalars()});
    object["predict"] = call(job.getPredict(), {job.getScalars()});
    object["random"] = job.getRandom();
    for (StringRef field : {"images", "correct_only", "goal", "judge"})
      object[field] = toJson(job.getSettings().get(field));
    object["threat"] = toJson(job.getThreat());
    addPaths(object, job);
    return object;
  }

  Object experiment(ExperimentOp op) {
    DictionaryAttr settings = op.getSettings();
    Array defenses, cells;
    module.walk([&](DefenseEntryOp entry) {
      if (entry.getExperiment() == op.getSymName())
        defenses.push_back(defense(entry));
    });
    module.walk([&](CellOp entry) {
      if (entry.getExperiment() == op.getSymName())
        cells.push_back(cell(entry));
    });
    return Object{
        {"name", op.getSymName().str()},
        {"as_published", toJson(settings.get("as_published"))},
        {"dataset", dataset(op.getDataset())},
        {"defenses", std::move(defenses)},
        {"baseline", toJson(settings.get("baseline"))},
        {"cells", std::move(cells)},
        {"measures", toJson(settings.get("measures"))},
        {"des_offset", toJson(settings.get("des_offset"))},
        {"shows", toJson(settings.get("shows"))},
        {"repeat_training", count(settings, "repeat_training")},
        {"repeat_attack", count(settings, "repeat_attack")},
        {"comparisons", settings.get("comparisons") ? toJson(settings.get("comparisons")) : Array()}};
  }

  static int64_t count(DictionaryAttr settings, StringRef key) {
    auto value = settings.getAs<IntegerAttr>(key);
    return value ? value.getInt() : 1;
  }

  /// In the order of the program: an array, so that the order is kept.
  Array axes(ArrayAttr list) { return std::move(*toJson(list).getAsArray()); }

  Object defense(DefenseEntryOp entry) {
    return Object{{"label", entry.getLabel().str()},
                  {"defense", entry.getDefense().str()},
                  {"family", entry.getFamily().str()},
                  {"strength", entry.getStrength().str()},
                  {"axes", axes(entry.getAxes())},
                  {"accuracy", ids.lookup(entry.getAccuracy())},
                  {"accuracies", runs(entry.getRuns(), entry.getAccuracy())}};
  }

  /// The jobs of all repetitions: the one where there is but one, none where a cell means nothing.
  Array runs(std::optional<ArrayAttr> all, std::optional<StringRef> only) {
    Array list;
    if (all)
      for (StringRef job : all->getAsValueRange<FlatSymbolRefAttr>())
        list.push_back(ids.lookup(job));
    else if (only)
      list.push_back(ids.lookup(*only));
    return list;
  }

  Object cell(CellOp entry) {
    return Object{{"defense", static_cast<int64_t>(entry.getDefense())},
                  {"attack", entry.getAttack().str()},
                  {"gradients", entry.getGradients().str()},
                  {"axes", axes(entry.getAxes())},
                  {"job", entry.getJob() ? ids.lookup(*entry.getJob()) : -1},
                  {"jobs", runs(entry.getRuns(), entry.getJob())},
                  {"reason", entry.getReason().str()}};
  }

  ModuleOp module;
  llvm::StringMap<int64_t> ids, modelIds, datasetOf;
  llvm::DenseMap<Attribute, int64_t> datasetIds;
  Array datasets;
};

} // namespace

Object emitJobs(ModuleOp module) {
  return PlanEmitter(module).emit();
}

void dropExperimentLevel(ModuleOp module) {
  for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
    if (!isa<func::FuncOp>(op))
      op.erase();
}

static Object signatureObject(const FunctionSignature &signature) {
  Array arguments;
  for (const ArgumentSignature &argument : signature.arguments)
    arguments.push_back(Object{{"role", argument.role},
                               {"name", argument.name},
                               {"type", argument.type},
                               {"shape", Array(argument.shape)},
                               {"access", argument.access}});
  return Object{
      {"batch", signature.batch}, {"arena_bytes", signature.arenaBytes}, {"arguments", std::move(arguments)}};
}

Array emitFunctions(ModuleOp lowered, ModuleOp device) {
  llvm::StringMap<FunctionSignature> onDevice;
  if (device)
    for (const FunctionSignature &signature : collectSignatures(device))
      onDevice[signature.name] = signature;
  Array functions;
  for (const FunctionSignature &signature : collectSignatures(lowered)) {
    Object function = signatureObject(signature);
    function["name"] = signature.name;
    if (auto found = onDevice.find(signature.name); found != onDevice.end()) {
      Object cuda = signatureObject(found->second);
      cuda["host"] = Array(found->second.hostCopies);
      if (found->second.restarts)
        cuda["restarts"] = toJson(found->second.restarts);
      function["cuda"] = std::move(cuda);
    }
    functions.push_back(std::move(function));
  }
  return functions;
}

std::string planText(Object jobs, Array functions, const ProgramFacts &facts) {
  Object plan = std::move(jobs), modules;
  for (const auto &[place, text] : facts.modules)
    modules[place] = text;
  plan["schema"] = 2;
  plan["program"] =
      Object{{"file", facts.file}, {"resolved", facts.resolved}, {"modules", std::move(modules)},
             {"seed", facts.seed}, {"compiler", facts.compiler}, {"cpu", facts.cpu}};
  plan["functions"] = std::move(functions);
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << llvm::json::Value(std::move(plan));
  return text;
}

} // namespace switchyard
