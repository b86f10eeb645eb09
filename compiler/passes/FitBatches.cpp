// How many examples a function takes at once follows from the work there is: on a GPU a batch should be
// large, but rows that only pad a batch cost as much as others.
#include "compiler/passes/JobFunctions.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_FITBATCHES
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// The most rows that some run of a function has to do; `unknown` where only the data set tells.
constexpr int64_t unknown = std::numeric_limits<int64_t>::max();

int64_t times(int64_t rows, int64_t count) {
  return rows == unknown ? unknown : rows * std::max<int64_t>(count, 1);
}

/// Images and their goals.
int64_t pairsOf(AttackJobOp job, NetworkOp network) {
  PairsAttr pairs = job.getEvaluation().getPairs();
  bool each = pairs.getGoal().getAim() == Aim::EachWrongClass;
  return pairs.getImages() * (each ? static_cast<int64_t>(network.getClasses()) - 1 : 1);
}

/// How many rows an example can take (swy-restarts-to-rows).
int64_t restartsOf(AttackJobOp job, func::FuncOp function) {
  Attribute count = function->getAttr(restartsAttribute);
  if (auto scalar = dyn_cast_if_present<StringAttr>(count))
    count = job.getAttackScalars().get(scalar);
  if (auto real = dyn_cast_if_present<FloatAttr>(count))
    return static_cast<int64_t>(real.getValueAsDouble());
  auto whole = dyn_cast_if_present<IntegerAttr>(count);
  return whole ? whole.getInt() : 1;
}

struct FitBatchesPass : switchyard::impl::FitBatchesBase<FitBatchesPass> {
  using FitBatchesBase::FitBatchesBase;

  void runOnOperation() override {
    work.clear();
    fitted = 0;
    SymbolTable symbols(getOperation());
    if (failed(switchyard::needFunctions(getOperation(), symbols)))
      return signalPassFailure();
    llvm::StringMap<int64_t> together; // rows of attacks that the runtime runs together
    getOperation().walk([&](AttackJobOp job) {
      int64_t pairs = pairsOf(job, symbols.lookup<NetworkOp>(job.getNetwork()));
      int64_t restarts = restartsOf(job, symbols.lookup<func::FuncOp>(*job.getRun()));
      std::string group = (*job.getRun() + " " + job.getSourceWeights() + " " + job.getWeights() + " " +
                           Twine(job.getAttackSeed()) + " " + Twine(restarts))
                              .str();
      note(*job.getRun(), together[group] += times(pairs, restarts));
      judged(job, pairs, symbols);
    });
    getOperation().walk([&](AccuracyJobOp job) { judged(job, testImagesOf(job, symbols), symbols); });
    for (auto &[name, rows] : work)
      fitFunction(symbols.lookup<func::FuncOp>(name), rows);
    remarkCounts(getOperation(), "fit-batches", {{"functions have a batch by their work", fitted}});
  }

private:
  llvm::StringMap<int64_t> work; // by function
  int64_t fitted = 0;

  void fitFunction(func::FuncOp function, int64_t rows) {
    constexpr StringLiteral name = "fit-batches";
    if (precisionOf(function) == Precision::ExactOrder)
      return remarkMissed(function, name, "batches keep their size: precision exact_order");
    ++fitted;
    int64_t batch = fit(rows);
    function->setAttr(batchAttribute, Builder(&getContext()).getI64IntegerAttr(batch));
    if (rows == unknown)
      return remarkApplied(function, name,
                           "takes " + Twine(batch) +
                               " rows at once: how many there are only the data set tells");
    int64_t batches = llvm::divideCeil(std::max<int64_t>(rows, 1), batch);
    remarkApplied(function, name,
                  "takes " + Twine(batch) + " rows at once, " + Twine(rows) + " in " + Twine(batches) +
                      (batches == 1 ? " batch" : " batches"));
  }

  void note(StringRef function, int64_t rows) { work[function] = std::max(work[function], rows); }

  template <typename Job> void judged(Job job, int64_t rows, SymbolTable &symbols) {
    bool oneDraw = symbols.lookup(*job.getPredict())->hasAttr(oneDrawAttribute); // in a batch
    note(*job.getPredict(), oneDraw ? rows : times(rows, job.getDraws()));
    if (job.getStages())
      for (StringRef stage : job.getStages()->template getAsValueRange<FlatSymbolRefAttr>())
        note(stage, rows);
  }

  /// Of the data set that the job's network was trained on.
  int64_t testImagesOf(AccuracyJobOp job, SymbolTable &symbols) {
    auto weights = symbols.lookup<WeightsOp>(job.getWeights());
    for (auto parameter : weights.getParameters().getAsRange<ParameterAttr>()) {
      auto training = symbols.lookup<TrainJobOp>(parameter.getFrom().front().getValue());
      int64_t images = training.getDataset().getTest();
      return images ? images : unknown;
    }
    return unknown;
  }

  /// The same number of rows in each batch, in whole vectors of four.
  int64_t fit(int64_t rows) const {
    if (rows == unknown)
      return largest;
    int64_t batches = llvm::divideCeil(std::max<int64_t>(rows, 1), largest);
    return std::min<int64_t>(largest, llvm::alignTo(llvm::divideCeil(rows, batches), 4));
  }
};

} // namespace
