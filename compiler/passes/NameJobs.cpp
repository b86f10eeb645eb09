// Names every job by the hash of what determines its result, and makes equal work one. Functions with the
// same canonical text are one function; jobs with the same digest are one job, which their cells share.
#include "compiler/passes/CanonicalText.h"
#include "compiler/passes/Passes.h"
#include "dialect/Roles.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_NAMEJOBS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// Signature and body, but not the batch: how many examples run at once changes no result (S6.1). A training
/// batch is part of the recipe.
std::string functionText(func::FuncOp function) {
  auto roles = [](ArrayAttr attributes) {
    return attributes ? canonicalText(Attribute(attributes)) : std::string();
  };
  Attribute draws = function->getAttr("swy.draws");
  Precision precision = precisionOf(function);
  return roles(function.getArgAttrsAttr()) + roles(function.getResAttrsAttr()) +
         canonicalText(function.getOperation()) + (draws ? "draws " + canonicalText(draws) : "") +
         (precision == Precision::Float32 ? "" : "precision " + stringifyPrecision(precision).str());
}

class Naming {
public:
  explicit Naming(ModuleOp module) : module(module), symbols(module) {}

  void run() {
    mergeFunctions();
    // A training's frozen blocks come before it, and the weights they make before both.
    for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (auto job = dyn_cast<TrainJobOp>(op))
        name(job, digest(job));
      else if (auto weights = dyn_cast<WeightsOp>(op))
        mergeWeights(weights);
    module.walk([&](AccuracyJobOp job) { name(job, digest(job)); });
    module.walk([&](AttackJobOp job) { name(job, digest(job)); });
    for (Operation *job : merged)
      job->erase();
  }

private:
  void mergeFunctions() {
    llvm::StringMap<StringRef> first;
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      std::string text = functionText(function) + "batch " + canonicalText(function->getAttr(batchAttribute));
      auto [entry, isNew] = first.try_emplace(text, function.getSymName());
      if (isNew)
        continue;
      replaceReferences(function.getSymName(), entry->second);
      function.erase();
    }
  }

  void replaceReferences(StringRef from, StringRef to) {
    StringAttr symbol = StringAttr::get(module.getContext(), to);
    (void)SymbolTable::replaceAllSymbolUses(StringAttr::get(module.getContext(), from), symbol, module);
  }

  /// The function's text and the scalars it reads.
  std::string call(std::optional<StringRef> name, ArrayRef<DictionaryAttr> scalars) {
    auto function = module.lookupSymbol<func::FuncOp>(*name);
    std::string text = functionText(function);
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (auto scalar = function.getArgAttrOfType<StringAttr>(i, nameAttribute))
        for (DictionaryAttr dictionary : scalars)
          if (Attribute value = dictionary.get(scalar))
            text += scalar.getValue().str() + "=" + canonicalText(value) + "\n";
    return text;
  }

  std::string digest(TrainJobOp job) {
    DictionaryAttr training = job.getTraining();
    return sha256("train\n" + call(job.getInit(), {}) + call(job.getStep(), {job.getScalars(), training}) +
                  canonicalText(Attribute(job.getDataset())) + canonicalText(training) + seed(job.getSeed()) +
                  "stream " + std::to_string(job.getStream()) + "\n" +
                  (job.getFrozen() ? upstream(*job.getFrozen()) : ""));
  }

  std::string digest(AccuracyJobOp job) {
    return sha256("accuracy\n" + call(job.getPredict(), {job.getScalars()}) + stages(job) +
                  upstream(job.getWeights()) + seed(job.getSeed()) + std::to_string(job.getDraws()));
  }

  std::string digest(AttackJobOp job) {
    DictionaryAttr settings = job.getSettings();
    std::string text = "attack\n" + call(job.getRun(), {job.getAttackScalars(), job.getSourceScalars()}) +
                       upstream(job.getSourceWeights()) + call(job.getPredict(), {job.getScalars()}) +
                       stages(job) + upstream(job.getWeights()) + seed(job.getSeed()) +
                       seed(job.getAttackSeed()) + canonicalText(Attribute(job.getThreat()));
    for (StringRef name : {"images", "correct_only", "goal", "judge"})
      text += canonicalText(settings.get(name));
    return sha256(text);
  }

  static std::string seed(int64_t value) { return "seed " + std::to_string(value) + "\n"; }

  /// The functions that a job is judged by path after path.
  template <typename Job> std::string stages(Job job) {
    std::string text;
    if (std::optional<ArrayAttr> list = job.getStages())
      for (StringRef stage : list->template getAsValueRange<FlatSymbolRefAttr>())
        text += "stage " + call(stage, {job.getScalars()});
    return text;
  }

  /// What weights are made of: names, types and the digests of the trainings, merged or not.
  std::string upstream(StringRef weights) {
    std::string text = "weights\n";
    for (auto parameter : symbols.lookup<WeightsOp>(weights).getParameters().getAsRange<DictionaryAttr>()) {
      text += canonicalText(parameter.get("name")) + canonicalText(parameter.get("type"));
      for (StringRef training : parameter.getAs<ArrayAttr>("from").getAsValueRange<FlatSymbolRefAttr>())
        text += symbols.lookup<TrainJobOp>(training).getDigest()->str() + "\n";
    }
    return text;
  }

  /// Equal weights are one, so that the runtime holds them once.
  void mergeWeights(WeightsOp weights) {
    auto [entry, isNew] = byDigest.try_emplace(upstream(weights.getSymName()), weights.getSymName());
    if (isNew)
      return;
    replaceReferences(weights.getSymName(), entry->second);
    merged.push_back(weights);
  }

  template <typename Job> void name(Job job, std::string digest) {
    job.setDigest(StringRef(digest));
    auto [entry, isNew] = byDigest.try_emplace(digest, job.getSymName());
    if (isNew)
      return;
    replaceReferences(job.getSymName(), entry->second);
    merged.push_back(job);
  }

  ModuleOp module;
  SymbolTable symbols;
  llvm::StringMap<StringRef> byDigest;
  SmallVector<Operation *> merged;
};

struct NameJobsPass : switchyard::impl::NameJobsBase<NameJobsPass> {
  void runOnOperation() override { Naming(getOperation()).run(); }
};

} // namespace
