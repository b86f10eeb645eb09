// Names every job by the hash of what determines its result, and makes equal work one. Functions with the
// same digest are one function; jobs with the same digest are one job, which their cells share.
//
// A job says what decides its result (JobOpInterface): attributes, each hashed whole, and the functions that
// it calls, whose graphs are hashed with those of its scalars that they take.
#include "compiler/passes/CanonicalHash.h"
#include "compiler/passes/JobFunctions.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"

#include "mlir/IR/AttrTypeSubElements.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_NAMEJOBS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

class Naming {
public:
  explicit Naming(ModuleOp module)
      : module(module), hasher([this](StringRef name) { return digestBehind(name); }) {}

  LogicalResult run() {
    if (failed(switchyard::needFunctions(module, SymbolTable(module))))
      return failure();
    mergeFunctions();
    for (auto set : module.getOps<WorstJobOp>())
      sets[set.getSymName()] = set;
    for (auto experiment : module.getOps<ExperimentOp>())
      if (PairsAttr pairs = experiment.getPairsAttr(); pairs && pairs.getCorrectOnly())
        noteChoosers(experiment);
    for (auto optimizer : module.getOps<OptimizerOp>())
      digests[optimizer.getSymName()] = hasher.program(optimizer.getBody());
    // What a job needs comes before it: frozen blocks before a training, trainings before weights.
    for (Operation &op : *module.getBody())
      if (auto job = dyn_cast<JobOpInterface>(op))
        name(job);
      else if (auto weights = dyn_cast<WeightsOp>(op))
        nameWeights(weights);
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

  /// How many examples run at once changes no result (S6.1); a training's batch is part of its recipe. What a
  /// block is called changes none, either.
  void mergeFunctions() {
    for (auto function : module.getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      functions[function.getSymName()] = function;
      Digest digest = hasher.function(function, {batchAttribute, blockAttribute});
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

  void name(JobOpInterface job) {
    Hash hash(job->getName().getStringRef());
    for (StringRef decisive : job.getDecisiveNames())
      if (Attribute value = job->getAttr(decisive))
        hash.add(decisive).add(hasher.attribute(value));
    for (const JobCall &call : job.getCalls())
      hash.add(static_cast<uint64_t>(call.as)).add(digestOf(call));
    Digest digest = hash.digest();
    StringRef symbol = SymbolTable::getSymbolName(job).getValue();
    digests[symbol] = digest;
    job.setDigest(StringRef(llvm::toHex(digest, /*LowerCase=*/true)));
    if (auto attack = dyn_cast<AttackJobOp>(*job))
      nameExamples(attack);
    auto chosen = choosers.find(symbol);
    mergeBy(chosen == choosers.end() ? digest
                                     : Hash("chosen").add(digest).add(digests.at(chosen->second)).digest(),
            job, symbol);
  }

  /// By whose accuracy the images of attacks are chosen. Two settings may attack one model on images that
  /// their own `none` chooses: two jobs of one name, which the runtime keeps apart by what they need.
  void noteChoosers(ExperimentOp experiment) {
    SmallVector<DefenseEntryOp> defenses;
    for (auto entry : module.getOps<DefenseEntryOp>())
      if (entry.getExperiment() == experiment.getSymName())
        defenses.push_back(entry);
    for (auto cell : module.getOps<CellOp>())
      if (cell.getExperiment() == experiment.getSymName())
        noteChoosers(experiment, cell, defenses);
  }

  void noteChoosers(ExperimentOp experiment, CellOp cell, ArrayRef<DefenseEntryOp> defenses) {
    const auto by = experiment.getOwnCorrect() ? static_cast<int64_t>(cell.getDefense())
                                               : experiment.getReport().getBaseline();
    if (by < 0)
      return;
    DefenseEntryOp chooser = defenses[by];
    const SmallVector<StringRef> accuracies = runsOf(chooser.getRuns(), chooser.getAccuracy());
    for (auto [run, job] : llvm::enumerate(runsOf(cell.getRuns(), cell.getJob()))) {
      const StringRef accuracy = accuracies[run / experiment.getAttacks()];
      choosers[job] = accuracy;
      if (auto set = sets.find(job); set != sets.end())
        for (StringRef part : set->second.getParts().getAsValueRange<FlatSymbolRefAttr>())
          choosers[part] = accuracy;
    }
  }

  /// The jobs of all repetitions; none where a cell means nothing.
  static SmallVector<StringRef> runsOf(std::optional<ArrayAttr> all, std::optional<StringRef> only) {
    if (all)
      return llvm::to_vector(all->getAsValueRange<FlatSymbolRefAttr>());
    return only ? SmallVector<StringRef>{*only} : SmallVector<StringRef>{};
  }

  /// What finished examples are kept by, so that another judge needs no other attack: all that makes them.
  void nameExamples(AttackJobOp job) {
    Hash hash("examples");
    EvaluationAttr evaluation = job.getEvaluation();
    for (Attribute part : {Attribute(job.getSourceWeightsAttr()), Attribute(evaluation.getPairs()),
                           Attribute(evaluation.getThreat()), Attribute(job.getSeedAttr()),
                           Attribute(job.getAttackSeedAttr()), Attribute(job.getPrecisionAttr())})
      hash.add(hasher.attribute(part));
    hash.add(job.getRandomImages() ? "random" : "first");
    if (job.getOwnCorrect())
      hash.add("own correct");
    for (const JobCall &call : job.getCalls())
      if (call.as == JobCall::Run)
        hash.add(digestOf(call));
    job.setExamples(StringRef(llvm::toHex(hash.digest(), /*LowerCase=*/true)));
  }

  /// The function's graph and the scalars it takes.
  Digest digestOf(const JobCall &call) {
    func::FuncOp function = functions.at(call.function.getValue());
    Hash hash("call");
    hash.add(digests.at(call.function.getValue()));
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (Attribute value = call.valueOf(function.getArgAttrDict(i)))
        hash.add(function.getArgAttrOfType<StringAttr>(i, nameAttribute).getValue())
            .add(hasher.attribute(value));
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
  llvm::StringMap<WorstJobOp> sets;
  llvm::StringMap<StringRef> choosers; // of attack jobs, an accuracy job each
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
