// Names every job by the hash of what determines its result, and makes equal work one. Functions with the
// same digest are one function; jobs with the same digest are one job, which their cells share.
//
// A job is hashed by all attributes on it. Left out are what it is called, and what is hashed by way of the
// functions that it calls: their graphs, and of its scalars those that they read. So a new attribute is in
// the name until somebody says that it decides nothing.
#include "compiler/passes/CanonicalHash.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_NAMEJOBS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// How many examples run at once changes no result (S6.1). A training's batch is part of its recipe, and
/// stands there.

/// A function that a job calls, and where its scalars come from, the later before the earlier.
struct Call {
  StringRef role;
  StringRef function;
  SmallVector<DictionaryAttr, 2> scalars;
};

SmallVector<Call> callsOf(TrainJobOp job) {
  return {{"init", *job.getInit(), {}}, {"step", *job.getStep(), {job.getScalars(), job.getTraining()}}};
}

/// The functions that a job is judged by: the whole network, and where all paths are judged one for each
/// block.
template <typename Job> void addJudging(SmallVector<Call> &calls, Job job) {
  calls.push_back({"predict", *job.getPredict(), {job.getScalars()}});
  if (std::optional<ArrayAttr> list = job.getStages())
    for (StringRef stage : list->template getAsValueRange<FlatSymbolRefAttr>())
      calls.push_back({"stage", stage, {job.getScalars()}});
}

SmallVector<Call> callsOf(AccuracyJobOp job) {
  SmallVector<Call> calls;
  addJudging(calls, job);
  return calls;
}

SmallVector<Call> callsOf(AttackJobOp job) {
  SmallVector<Call> calls{{"run", *job.getRun(), {job.getAttackScalars(), job.getSourceScalars()}}};
  addJudging(calls, job);
  return calls;
}

/// Whether an attribute names the job or something of the user's, or is hashed by way of the calls.
bool isHashedOtherwise(StringRef attribute) {
  return llvm::StringSwitch<bool>(attribute)
      .Cases({"sym_name", "label", "digest", "network", "source_network", "attack"}, true)
      .Cases({"init", "step", "run", "predict", "stages"}, true)
      .Cases({"scalars", "source_scalars", "attack_scalars"}, true)
      .Default(false);
}

class Naming {
public:
  explicit Naming(ModuleOp module)
      : module(module), hasher([this](StringRef name) { return digestBehind(name); }) {}

  LogicalResult run() {
    mergeFunctions();
    // A training's frozen blocks come before it, and the weights they make before both.
    for (Operation &op : *module.getBody())
      if (auto job = dyn_cast<TrainJobOp>(op))
        name(job);
      else if (auto weights = dyn_cast<WeightsOp>(op))
        nameWeights(weights);
    module.walk([&](AccuracyJobOp job) { name(job); });
    module.walk([&](AttackJobOp job) { name(job); });
    count();
    replaceMerged();
    if (hasher.problem().empty())
      return success();
    return module.emitError("cannot name the jobs: ") << hasher.problem();
  }

private:
  std::optional<Digest> digestBehind(StringRef symbol) const {
    auto found = digests.find(symbol);
    return found == digests.end() ? std::nullopt : std::optional<Digest>(found->second);
  }

  void mergeFunctions() {
    for (auto function : module.getOps<func::FuncOp>()) {
      functions[function.getSymName()] = function;
      Digest digest = hasher.function(function, {batchAttribute, "swy.block"});
      digests[function.getSymName()] = digest;
      Attribute batch = function->getAttr(batchAttribute);
      Hash whole("function");
      whole.add(digest).add(batch ? hasher.attribute(batch) : "none");
      mergeBy(whole.digest(), function, function.getSymName());
    }
  }

  /// Names, types and the trainings that make them, merged or not.
  void nameWeights(WeightsOp weights) {
    Digest digest = Hash("weights").add(hasher.attribute(weights.getParametersAttr())).digest();
    digests[weights.getSymName()] = digest;
    mergeBy(digest, weights, weights.getSymName());
  }

  template <typename Job> void name(Job job) {
    Hash hash(job->getName().getStringRef());
    for (NamedAttribute entry : job->getAttrDictionary())
      if (!isHashedOtherwise(entry.getName().getValue()))
        hash.add(entry.getName().getValue()).add(hasher.attribute(entry.getValue()));
    for (const Call &call : callsOf(job))
      hash.add(call.role).add(digestOf(call));
    Digest digest = hash.digest();
    digests[job.getSymName()] = digest;
    job.setDigest(StringRef(llvm::toHex(digest, /*LowerCase=*/true)));
    mergeBy(digest, job, job.getSymName());
  }

  /// The function's graph and the scalars it reads.
  Digest digestOf(const Call &call) {
    func::FuncOp function = functions.at(call.function);
    Hash hash("call");
    hash.add(digests.at(call.function));
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (auto scalar = function.getArgAttrOfType<StringAttr>(i, nameAttribute))
        for (DictionaryAttr dictionary : call.scalars)
          if (Attribute value = dictionary.get(scalar))
            hash.add(scalar.getValue()).add(hasher.attribute(value));
    return hash.digest();
  }

  void mergeBy(const Digest &digest, Operation *op, StringRef symbol) {
    auto [entry, isNew] = byDigest.try_emplace(digest, symbol);
    if (isNew)
      return;
    merged.push_back(op);
    StringAttr first = StringAttr::get(module.getContext(), entry->second);
    replacements[StringAttr::get(module.getContext(), symbol)] = FlatSymbolRefAttr::get(first);
  }

  void count() {
    int64_t equal = llvm::count_if(merged, [](Operation *op) { return isa<func::FuncOp>(op); });
    remarkCounts(module, "name-jobs",
                 {{"functions", static_cast<int64_t>(functions.size()) - equal},
                  {"equal functions merged", equal},
                  {"equal jobs merged", static_cast<int64_t>(merged.size()) - equal}});
  }

  /// In one walk, however many there are.
  void replaceMerged() {
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](FlatSymbolRefAttr reference) -> std::optional<Attribute> {
      auto found = replacements.find(reference.getAttr());
      return found == replacements.end() ? std::nullopt : std::optional<Attribute>(found->second);
    });
    for (Operation *op : merged)
      op->erase();
    replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/false);
  }

  ModuleOp module;
  CanonicalHash hasher;
  llvm::StringMap<func::FuncOp> functions;
  llvm::StringMap<Digest> digests; // by symbol
  llvm::StringMap<StringRef> byDigest;
  llvm::DenseMap<StringAttr, FlatSymbolRefAttr> replacements;
  SmallVector<Operation *> merged;
};

struct NameJobsPass : switchyard::impl::NameJobsBase<NameJobsPass> {
  void runOnOperation() override {
    if (failed(Naming(getOperation()).run()))
      signalPassFailure();
  }
};

} // namespace
