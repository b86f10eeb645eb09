// Makes the functions that jobs call. Each is written for one example; roles (docs/artifact.md) say what the
// runtime binds to its arguments and results. Functions are shared by all jobs on the same network and
// attack.
#include "compiler/passes/Answer.h"
#include "compiler/passes/Passes.h"
#include "compiler/passes/Paths.h"
#include "compiler/passes/Sampling.h"
#include "compiler/passes/TrainingProgram.h"
#include "dialect/Remarks.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <map>

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_BUILDPROGRAMS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

func::FuncOp buildPredict(ModuleOp module, NetworkOp network, StringRef name, int64_t batch) {
  EntryFunction p(module, network.getLoc(), name, batch);
  Value image = p.argument(exampleType(network), rt::Role::Image);
  NetworkArguments arguments(p, network);
  arguments.addWeights(p, network);
  Instantiation how =
      arguments.instantiation(Instantiation::Mode::Inference, p.integers({0}, /*scalar=*/true));
  p.result(buildAnswer(p.builder, network, image, arguments.scalars, how, drawChannel), rt::Role::Logits);
  return p.close();
}

/// Of a network that is one choice: the declaration that makes it.
StringRef choiceName(NetworkOp network) {
  auto choices = network.getBody().front().getOps<ChooseOp>();
  return choices.empty() ? network.getSymName() : (*choices.begin()).getPath();
}

/// One block with a given channel, and given members, for going through all paths: the first takes images,
/// the last gives logits.
func::FuncOp buildStage(ModuleOp module, NetworkOp network, int64_t block, StringRef name, int64_t batch) {
  EntryFunction p(module, network.getLoc(), name, batch);
  SmallVector<BlockOp> blocks = blocksOf(network);
  bool isLast = block + 1 == partsOf(network);
  auto inputType =
      cast<RankedTensorType>(block ? blocks[block - 1].getResult().getType() : exampleType(network));
  Value input = p.argument(inputType, block ? rt::Role::Activation : rt::Role::Image);
  Value channel = p.argument(p.integer(), rt::Role::Channel);
  NetworkArguments arguments(p, network);
  BlockSpan range{block, block + 1};
  arguments.addWeights(p, network, range);
  Instantiation how =
      arguments.instantiation(Instantiation::Mode::Inference, p.integers({0}, /*scalar=*/true));
  Paths paths(network, block);
  Paths::Directions directions = paths.directions(p.builder, p.loc, channel);
  auto choose = [&](OpBuilder &, const Fork &fork, const Instantiation &) -> std::optional<Channel> {
    return Channel{directions.at(fork.op), false};
  };
  p.result(buildNetwork(p.builder, network, input, arguments.scalars, how, choose, range),
           isLast ? rt::Role::Logits : rt::Role::NextActivation);
  func::FuncOp function = p.close();
  function->setAttr(channelsAttribute, p.builder.getI64IntegerAttr(paths.count()));
  if (paths.choose())
    function->setAttr(choosesAttribute, p.builder.getUnitAttr());
  if (SmallVector<double> chances = paths.chances(); !chances.empty())
    function->setAttr(chancesAttribute, p.builder.getDenseF64ArrayAttr(chances));
  function->setAttr(blockAttribute,
                    p.builder.getStringAttr(blocks.empty() ? choiceName(network) : blocks[block].getName()));
  return function;
}

func::FuncOp buildAttack(ModuleOp module, AttackOp attack, NetworkOp network, const Sampling &sampling,
                         StringRef name, int64_t batch) {
  EntryFunction p(module, attack.getLoc(), name, batch);
  Value image = p.argument(exampleType(network), rt::Role::Image),
        goal = p.argument(p.integer(), rt::Role::Goal);
  SmallVector<Value> own;
  for (auto [scalar, argument] : llvm::zip(attack.getScalars().getAsValueRange<StringAttr>(),
                                           attack.getBody().front().getArguments().drop_front(4)))
    own.push_back(p.scalar(cast<RankedTensorType>(argument.getType()), scalar, Owner::Attack));
  NetworkArguments arguments(p, network);
  arguments.addWeights(p, network);
  Value frozenPass = p.integers({0}, /*scalar=*/true);
  PathTable paths(network);
  auto answer = [&](OpBuilder &builder, ModelOp model) {
    Instantiation how =
        arguments.instantiation(sampling.mode(), sampling.isFrozen() ? frozenPass : model.getPass());
    how.asIdentity = sampling.asIdentity;
    Paths::Directions directions;
    if ((how.onPath = model.getPath() != nullptr))
      directions = paths.directions(builder, model.getLoc(), model.getPath());
    auto choose = [&](OpBuilder &b, const Fork &fork, const Instantiation &inside) -> std::optional<Channel> {
      if (how.onPath)
        return Channel{directions.at(fork.op), false};
      std::optional<Channel> way = sampling.way(b, fork);
      return way ? way : drawChannel(b, fork, inside);
    };
    OfModel marking(builder, sampling.isMean());
    return buildAnswer(builder, network, model.getInput(), arguments.scalars, how, choose);
  };
  Value example = inlineAttack(p, attack, {image, goal, arguments.rows, arguments.stream}, own,
                               Confined::ByRuntime, answer);
  paths.resolve(*p.builder.getBlock());
  p.result(example, rt::Role::Adversarial);
  func::FuncOp function = p.close();
  if (sampling.draws > 1)
    function->setAttr(drawsAttribute, p.builder.getI64IntegerAttr(sampling.draws));
  return function;
}

struct BuildProgramsPass : switchyard::impl::BuildProgramsBase<BuildProgramsPass> {
  using BuildProgramsBase::BuildProgramsBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto network = [&](StringRef name) { return symbols.lookup<NetworkOp>(name); };
    getOperation().walk([&](TrainJobOp job) {
      std::optional<StringRef> augmentation = job.getAugmentation(), loss = job.getLoss(),
                               against = job.getValidatedAgainst();
      TrainingAttr training = job.getTraining();
      buildTraining(job, network(job.getNetwork()),
                    {training, symbols.lookup<OptimizerOp>(training.getOptimizer().getValue()),
                     augmentation ? symbols.lookup<AugmentationOp>(*augmentation) : AugmentationOp(),
                     loss ? symbols.lookup<LossOp>(*loss) : LossOp(),
                     against ? symbols.lookup<AttackOp>(*against) : AttackOp(), job.getSampledAttr()});
    });
    getOperation().walk([&](AccuracyJobOp job) { judgeBy(job, network(job.getNetwork())); });
    getOperation().walk([&](AttackJobOp job) {
      NetworkOp source = network(job.getSourceNetwork());
      auto attack = symbols.lookup<AttackOp>(job.getAttack());
      std::string draws = job.getDraws() > 1 ? std::to_string(job.getDraws()) : "";
      Key key{"run", source, job.getPrecision()};
      key.attack = attack;
      key.estimator = job.getEstimator();
      key.draws = static_cast<int64_t>(job.getDraws());
      key.asIdentity = job.getIdentityAttr().getAsOpaquePointer();
      std::string wanted = (attack.getSymName() + "_" + stringifyEstimator(job.getEstimator()) + draws + "_" +
                            source.getSymName())
                               .str();
      job.setRun(once(key, wanted, [&](StringRef name) {
        return buildAttack(getOperation(), attack, source,
                           Sampling(job.getEstimator(), job.getDraws(), job.getIdentityAttr()), name,
                           batchOf(job.getPrecision()));
      }));
      judgeBy(job, network(job.getNetwork()));
    });
    remarkCounts(getOperation(), "build-programs", {{"functions built", static_cast<int64_t>(built.size())}});
  }

  void buildTraining(TrainJobOp job, NetworkOp net, const TrainingRecipe &recipe) {
    OptimizerOp optimizer = recipe.optimizer;
    int64_t batch = job.getTraining().getBatch();
    int64_t block = job.getBlock();
    std::string of = (net.getSymName() + (block ? "_block" + std::to_string(block) : "")).str();
    // Draws, which are the same in all precisions.
    Key init{"init", net, Precision::Float32};
    init.block = block;
    init.optimizer = optimizer;
    job.setInit(once(init, "init_" + of,
                     [&](StringRef name) { return buildInit(getOperation(), net, optimizer, block, name); }));
    Key key{"step", net, job.getPrecision()};
    key.block = block;
    key.batch = batch;
    key.optimizer = optimizer;
    key.augmentation = recipe.augmentation;
    key.loss = recipe.loss;
    std::string step = "train_" + of + "_" + std::to_string(batch);
    job.setStep(once(
        key, step, [&](StringRef name) { return buildTrainStep(getOperation(), net, block, name, recipe); }));
    if (recipe.training.getValidation())
      buildValidation(job, net, recipe);
  }

  void buildValidation(TrainJobOp job, NetworkOp net, const TrainingRecipe &recipe) {
    Key key{"validate", net, job.getPrecision()};
    key.block = job.getBlock();
    key.batch = recipe.training.getBatch();
    key.attack = recipe.validatedAgainst;
    key.estimator = Sampling(recipe.sampled).by;
    key.draws = Sampling(recipe.sampled).draws;
    std::string wanted = ("validate_" + net.getSymName() + "_block" + std::to_string(key.block)).str();
    job.setValidate(once(key, wanted, [&](StringRef name) {
      return buildValidate(getOperation(), net, key.block, name, recipe);
    }));
  }

  /// How many examples run at once. In an exact order one number, since libraries choose algorithms by it
  /// (S6.2).
  int64_t batchOf(Precision precision) const {
    constexpr int64_t exactOrderBatch = 100;
    return precision == Precision::ExactOrder ? exactOrderBatch : attackBatch;
  }

  /// The functions that answer for the protected network: on one draw, and where it is judged exactly block
  /// by block.
  template <typename Job> void judgeBy(Job job, NetworkOp net) {
    Precision precision = job.getPrecision();
    job.setPredict(
        once({"predict", net, precision}, ("predict_" + net.getSymName()).str(),
             [&](StringRef name) { return buildPredict(getOperation(), net, name, batchOf(precision)); }));
    if (!job.getExact())
      return;
    SmallVector<Attribute> stages;
    for (int64_t block = 0; block < partsOf(net); ++block) {
      std::string wanted = ("stage" + std::to_string(block) + "_" + net.getSymName()).str();
      Key key{"stage", net, precision};
      key.block = block;
      StringRef stage = once(key, wanted, [&](StringRef name) {
        return buildStage(getOperation(), net, block, name, batchOf(precision));
      });
      stages.push_back(FlatSymbolRefAttr::get(&getContext(), stage));
    }
    job.setStagesAttr(ArrayAttr::get(&getContext(), stages));
  }

  /// What makes a function; its kind says which of it is asked.
  struct Key {
    StringRef kind;
    Operation *network;
    Precision precision;
    int64_t block = 0, batch = 0; // of trainings and stages
    Operation *optimizer = nullptr, *augmentation = nullptr, *loss = nullptr, *attack = nullptr;
    std::optional<Estimator> estimator = {};
    int64_t draws = 1;
    const void *asIdentity = nullptr;

    Key(StringRef kind, Operation *network, Precision precision)
        : kind(kind), network(network), precision(precision) {}
    auto members() const {
      return std::tie(kind, network, precision, block, batch, optimizer, augmentation, loss, attack,
                      estimator, draws, asIdentity);
    }
    bool operator<(const Key &other) const { return members() < other.members(); }
  };

  /// The name of the function for `key`, built at the first call for it: the name that is wanted in letters
  /// that C accepts, with a number behind where two keys want one.
  template <typename Build> StringRef once(const Key &key, std::string wanted, Build build) {
    auto [entry, isNew] = built.try_emplace(key);
    if (!isNew)
      return entry->second;
    if (key.precision != Precision::Float32)
      wanted += "_" + stringifyPrecision(key.precision).str();
    std::replace_if(wanted.begin(), wanted.end(), [](char c) { return !llvm::isAlnum(c); }, '_');
    std::string name = wanted;
    for (int n = 2; !names.insert(name).second; ++n)
      name = wanted + "_" + std::to_string(n);
    entry->second = name;
    setPrecision(build(name), key.precision);
    return entry->second;
  }

  std::map<Key, std::string> built;
  llvm::StringSet<> names;
};

} // namespace
