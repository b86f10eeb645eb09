// Makes the functions that jobs call. Each is written for one example; roles (docs/artifact.md) say what the
// runtime binds to its arguments and results. Functions are shared by all jobs on the same network and
// attack.
#include "compiler/passes/Passes.h"
#include "compiler/passes/Program.h"
#include "dialect/Remarks.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>
#include <map>

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_BUILDPROGRAMS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

RankedTensorType exampleType(NetworkOp network) {
  return cast<RankedTensorType>(network.getBody().front().getArgument(0).getType());
}

/// Glorot and Bengio's uniform limit, sqrt(6 / (fan in + fan out)), for weights [out, in, ...].
double glorotLimit(RankedTensorType weights) {
  int64_t window = 1;
  for (int64_t size : weights.getShape().drop_front(2))
    window *= size;
  return std::sqrt(6.0 / static_cast<double>(window * (weights.getDimSize(0) + weights.getDimSize(1))));
}

/// The parameters of `block` and those behind it.
SmallVector<NetworkParameter> trainedFrom(NetworkOp network, int64_t block) {
  SmallVector<NetworkParameter> parameters = parametersOf(network);
  llvm::erase_if(parameters, [&](const NetworkParameter &p) { return p.block < block; });
  return parameters;
}

/// Each example's own draw at the block's site (S3.4).
Channel drawChannel(OpBuilder &b, BlockOp block, const Instantiation &how) {
  auto type = RankedTensorType::get({}, b.getI32Type());
  auto site = SiteAttr::get(b.getContext(), (block.getName() + "/channel").str());
  return {RandomChannelOp::create(b, block.getLoc(), type, how.stream, how.rows, how.pass, site,
                                  *block.getChannels()),
          true};
}

/// The first channel of every block (S4.1, `randomness_off`).
Channel firstChannel(OpBuilder &b, BlockOp block) {
  auto type = RankedTensorType::get({}, b.getI32Type());
  return {arith::ConstantOp::create(b, block.getLoc(), DenseElementsAttr::get(type, 0)), false};
}

/// Weights uniform within Glorot's limit, what layers say otherwise, the optimizer's states zero (FACTS: the
/// authors' initialization).
func::FuncOp buildInit(ModuleOp module, NetworkOp network, OptimizerOp optimizer, int64_t block,
                       StringRef name) {
  Program p(module, network.getLoc(), name, 1);
  Value stream = p.argument(p.integer({}, 64), rt::Role::Stream);
  Value rows = p.integers({0, 65535}), pass = p.integers({0}, /*scalar=*/true);
  SmallVector<Value> scalars;
  for (StringRef scalar : network.getScalars().getAsValueRange<StringAttr>())
    scalars.push_back(p.scalar(p.real(), scalar, Owner::Model));
  auto number = [&](Value value) { return buildNumber(p.builder, value, scalars); };
  SmallVector<NetworkParameter> parameters = trainedFrom(network, block);
  for (const NetworkParameter &parameter : parameters) {
    Value value;
    if (parameter.computed) {
      value = p.make<BroadcastOp>(parameter.type, parameter.computed(p.builder, number));
    } else if (parameter.start) {
      value = p.make<BroadcastOp>(parameter.type, p.constant(*parameter.start));
    } else {
      double limit = glorotLimit(parameter.type);
      Value uniform = p.make<RandomUniformOp>(parameter.type, stream, rows, pass,
                                              SiteAttr::get(p.builder.getContext(), parameter.name));
      Value scaled = p.make<MulOp>(p.constant(2 * limit), uniform);
      value = p.make<SubOp>(scaled, p.constant(limit));
    }
    p.result(value, rt::Role::Parameter, parameter.name);
  }
  for (const NetworkParameter &parameter : parameters)
    if (!parameter.isStatistic)
      for (const std::string &state : optimizer.stateNames(parameter.name))
        p.result(p.make<BroadcastOp>(parameter.type, p.constant(0)), rt::Role::State, state);
  return p.close();
}

/// Cross-entropy of the label: log_sum_exp(z) - z[y].
Value crossEntropy(Program &p, Value logits, Value label) {
  Value total = p.make<LogSumExpOp>(logits), own = p.make<TakeOp>(logits, label);
  return p.make<SubOp>(total, own);
}

/// How the blocks below the one being trained switch: each example draws, or one draw serves the batch, its
/// pass being the iteration.
std::optional<Channel> drawInTraining(OpBuilder &b, BlockOp block, const Instantiation &how,
                                      TrainingDraw draw, Value iteration) {
  if (draw == TrainingDraw::PerExample)
    return drawChannel(b, block, how);
  auto type = RankedTensorType::get({2}, b.getI32Type());
  Instantiation shared = how;
  shared.rows =
      arith::ConstantOp::create(b, block.getLoc(), DenseElementsAttr::get(type, ArrayRef<int32_t>{0, 65535}));
  shared.pass = iteration;
  return Channel{drawChannel(b, block, shared).value, false};
}

/// An attack's body; `answer` puts the network in the place of `swy.model`. `given` are example, goal, rows
/// and stream, `scalars` the attack's own. With several draws, `swy-expand-expectation` averages the
/// gradients later.
Value inlineAttack(Program &p, AttackOp attack, ValueRange given, ValueRange scalars,
                   llvm::function_ref<Value(OpBuilder &, ModelOp)> answer) {
  Block &body = attack.getBody().front();
  IRMapping values;
  values.map(body.getArguments().take_front(4), given);
  values.map(body.getArguments().drop_front(4), scalars);
  for (Operation &op : body.without_terminator())
    p.builder.clone(op, values);
  p.builder.getBlock()->walk([&](ModelOp model) {
    OpBuilder builder(model);
    model.setOperand(0, ModelInputOp::create(builder, model.getLoc(), model.getInput()));
    model.getLogits().replaceAllUsesWith(answer(builder, model));
    model.erase();
  });
  return values.lookup(body.back().getOperand(0));
}

/// The pass of a training step's forward pass behind an attack, whose own passes count from 0.
constexpr int32_t passAfterAttack = 255 << 24;

/// The training example as the attack leaves it, with the weights of this step; a constant to the step's
/// gradient.
Value attackExample(Program &p, AttackOp attack, TrainAgainstOp against, NetworkOp network, Value image,
                    Value label, const NetworkArguments &arguments) {
  SmallVector<Value> scalars = buildAttackScalars(p.builder, against, arguments.scalars);
  auto answer = [&](OpBuilder &builder, ModelOp model) {
    Instantiation how = arguments.instantiation(Instantiation::Mode::Inference, model.getPass());
    auto single = [](OpBuilder &, BlockOp, int64_t) -> std::optional<Channel> { return std::nullopt; };
    return buildNetwork(builder, network, model.getInput(), arguments.scalars, how, single);
  };
  Value attacked = inlineAttack(p, attack, {image, label, arguments.rows, arguments.stream}, scalars, answer);
  return p.make<StopGradientOp>(attacked);
}

/// Adversarial training's example in the place of the clean one, and the pass that the training's own takes
/// then.
std::pair<Value, int32_t> trainingExample(Program &p, ModuleOp module, NetworkOp network, Value image,
                                          Value label, const NetworkArguments &arguments) {
  auto againsts = network.getBody().front().getOps<TrainAgainstOp>();
  if (againsts.empty())
    return {image, 0};
  TrainAgainstOp against = *againsts.begin();
  auto attack = module.lookupSymbol<AttackOp>(against.getAttack());
  return {attackExample(p, attack, against, network, image, label, arguments), passAfterAttack};
}

/// The image as the training's layers leave it, an image still: what leaves the input's range ends there, as
/// under attack (S1.13). Their draws have sites of their own, and pass 0.
Value augmented(Program &p, AugmentationOp augmentation, NetworkOp network, Value image,
                const NetworkArguments &arguments) {
  Instantiation how =
      arguments.instantiation(Instantiation::Mode::Training, p.integers({0}, /*scalar=*/true));
  Value changed = buildChain(p.builder, augmentation.getBody(), image, how);
  Value low = p.constant(network.getLow().convertToDouble()),
        high = p.constant(network.getHigh().convertToDouble());
  return p.make<MinOp>(p.make<MaxOp>(changed, low), high);
}

/// What a training changes: weights by their gradients, statistics by what passes through their layers.
struct Trained {
  SmallVector<NetworkParameter> weights, statistics;
  SmallVector<Value> values;              // of the weights
  SmallVector<SmallVector<Value>> states; // of each weight
  llvm::StringMap<Value> updates;         // of the statistics

  Trained(Program &p, NetworkArguments &arguments, OptimizerOp optimizer,
          ArrayRef<NetworkParameter> parameters) {
    arguments.addTrained(p, parameters);
    for (const NetworkParameter &parameter : parameters) {
      (parameter.isStatistic ? statistics : weights).push_back(parameter);
      if (parameter.isStatistic)
        continue;
      values.push_back(arguments.parameters[parameter.name]);
      states.push_back(
          llvm::map_to_vector(optimizer.stateNames(parameter.name), [&](const std::string &name) {
            return p.argument(parameter.type, rt::Role::State, name);
          }));
    }
  }

  /// Lets layers use and change the statistics of the batch; `weight` is each example's.
  void follow(Instantiation &how, Value weight) {
    how.weight = weight;
    how.trains = [this](StringRef name) {
      return llvm::any_of(statistics, [&](const NetworkParameter &one) { return one.name == name; });
    };
    how.update = [this](StringRef name, Value value) { updates[name] = value; };
  }

  void giveStatistics(Program &p, const NetworkArguments &arguments) const {
    for (const NetworkParameter &one : statistics) {
      Value before = arguments.parameters.at(one.name), behind = updates.lookup(one.name);
      p.result(behind ? behind : before, rt::Role::Parameter, one.name, before); // its layer may not act
    }
  }
};

/// The l2 norm of all gradients together.
Value normOf(Program &p, ValueRange gradients) {
  Value sum;
  for (Value gradient : gradients) {
    Value own = p.make<ReduceSumOp>(p.make<MulOp>(gradient, gradient), 0);
    sum = sum ? p.make<AddOp>(sum, own) : own;
  }
  return sum ? p.make<SqrtOp>(sum) : p.constant(0);
}

/// What the training gives its optimizer beside weights and gradients, and the scalars of that.
struct StepNumbers {
  Value iteration, progress; // from 0; in [0, 1)
  SmallVector<Value> scalars;

  StepNumbers(Program &p, OptimizerOp optimizer)
      : iteration(p.argument(p.integer(), rt::Role::Iteration)),
        progress(p.argument(p.real(), rt::Role::Progress)) {
    for (StringRef name : optimizer.getScalars().getAsValueRange<StringAttr>())
      scalars.push_back(p.argument(p.real(), rt::Role::Scalar, name));
  }

  /// Gives the step's results: each weight and what it keeps, as the optimizer's program makes them.
  void step(Program &p, OptimizerOp optimizer, const Trained &trained, ValueRange gradients) const {
    auto ifRead = [&](OptimizerOp::Given given, llvm::function_ref<Value()> make) {
      return optimizer.reads(given) ? make() : p.constant(0);
    };
    Value number = ifRead(OptimizerOp::Iteration, [&] {
      return p.make<AddOp>(p.make<ToRealOp>(p.real(), iteration), p.constant(1));
    });
    Value norm = ifRead(OptimizerOp::Norm, [&] { return normOf(p, gradients); });
    for (auto [parameter, value, states, gradient] :
         llvm::zip(trained.weights, trained.values, trained.states, gradients)) {
      SmallVector<Value> given{value, gradient, number, progress, norm};
      llvm::append_range(given, scalars);
      llvm::append_range(given, states);
      SmallVector<Value> made = optimizer.instantiate(p.builder, parameter.type, given);
      p.result(made.front(), rt::Role::Parameter, parameter.name, value);
      for (auto [name, state, next] :
           llvm::zip(optimizer.stateNames(parameter.name), states, ArrayRef<Value>(made).drop_front()))
        p.result(next, rt::Role::State, name, state);
    }
  }
};

/// One step of a training. Trains one channel of `block` and of the blocks behind it; those before it are
/// frozen and switch (S3.4).
func::FuncOp buildTrainStep(ModuleOp module, NetworkOp network, int64_t block, StringRef name,
                            TrainingAttr training, AugmentationOp augmentation) {
  Program p(module, network.getLoc(), name, training.getBatch());
  Value image = p.argument(exampleType(network), rt::Role::Image),
        label = p.argument(p.integer(), rt::Role::Label);
  Value weight = p.argument(p.real(), rt::Role::ExampleWeight);
  auto optimizer = module.lookupSymbol<OptimizerOp>(training.getOptimizer());
  StepNumbers numbers(p, optimizer);
  NetworkArguments arguments(p, network);
  arguments.addWeights(p, network, {0, block});
  Trained trained(p, arguments, optimizer, trainedFrom(network, block));

  Value seen = augmentation ? augmented(p, augmentation, network, image, arguments) : image;
  auto [example, pass] = trainingExample(p, module, network, seen, label, arguments);
  Instantiation how =
      arguments.instantiation(Instantiation::Mode::Training, p.integers({pass}, /*scalar=*/true));
  trained.follow(how, weight);
  auto choose = [&](OpBuilder &b, BlockOp place, int64_t index) -> std::optional<Channel> {
    if (index >= block)
      return std::nullopt; // one channel, in training
    return drawInTraining(b, place, how, network.getBottomUp().value_or(TrainingDraw::PerExample),
                          numbers.iteration);
  };
  Value logits = buildNetwork(p.builder, network, example, arguments.scalars, how, choose);
  Value loss = crossEntropy(p, logits, label);
  auto gradient = GradientOp::create(p.builder, p.loc, ValueRange(trained.values).getTypes(), loss,
                                     trained.values, weight);

  p.result(loss, rt::Role::Loss);
  numbers.step(p, optimizer, trained, gradient.getResults());
  trained.giveStatistics(p, arguments);
  return p.close();
}

func::FuncOp buildPredict(ModuleOp module, NetworkOp network, StringRef name, int64_t batch) {
  Program p(module, network.getLoc(), name, batch);
  Value image = p.argument(exampleType(network), rt::Role::Image);
  NetworkArguments arguments(p, network);
  arguments.addWeights(p, network);
  Instantiation how =
      arguments.instantiation(Instantiation::Mode::Inference, p.integers({0}, /*scalar=*/true));
  auto choose = [&](OpBuilder &b, BlockOp block, int64_t) -> std::optional<Channel> {
    return drawChannel(b, block, how);
  };
  p.result(buildNetwork(p.builder, network, image, arguments.scalars, how, choose), rt::Role::Logits);
  return p.close();
}

/// One block with a given channel, for going through all paths: the first takes images, the last gives
/// logits.
func::FuncOp buildStage(ModuleOp module, NetworkOp network, int64_t block, StringRef name, int64_t batch) {
  Program p(module, network.getLoc(), name, batch);
  SmallVector<BlockOp> blocks = blocksOf(network);
  bool isLast = block + 1 == static_cast<int64_t>(blocks.size());
  auto inputType =
      cast<RankedTensorType>(block ? blocks[block - 1].getResult().getType() : exampleType(network));
  Value input = p.argument(inputType, block ? rt::Role::Activation : rt::Role::Image);
  Value channel = p.argument(p.integer(), rt::Role::Channel);
  NetworkArguments arguments(p, network);
  BlockSpan range{block, block + 1};
  arguments.addWeights(p, network, range);
  Instantiation how =
      arguments.instantiation(Instantiation::Mode::Inference, p.integers({0}, /*scalar=*/true));
  auto choose = [&](OpBuilder &, BlockOp, int64_t) -> std::optional<Channel> {
    return Channel{channel, false};
  };
  p.result(buildNetwork(p.builder, network, input, arguments.scalars, how, choose, range),
           isLast ? rt::Role::Logits : rt::Role::NextActivation);
  func::FuncOp function = p.close();
  function->setAttr(channelsAttribute, p.builder.getI64IntegerAttr(blocks[block].getChannels().value_or(1)));
  function->setAttr(blockAttribute, p.builder.getStringAttr(blocks[block].getName()));
  return function;
}

func::FuncOp buildAttack(ModuleOp module, AttackOp attack, NetworkOp network, Estimator estimator,
                         int64_t draws, StringRef name, int64_t batch) {
  Program p(module, attack.getLoc(), name, batch);
  Value image = p.argument(exampleType(network), rt::Role::Image),
        goal = p.argument(p.integer(), rt::Role::Goal);
  SmallVector<Value> own;
  for (auto [scalar, argument] : llvm::zip(attack.getScalars().getAsValueRange<StringAttr>(),
                                           attack.getBody().front().getArguments().drop_front(4)))
    own.push_back(p.scalar(cast<RankedTensorType>(argument.getType()), scalar, Owner::Attack));
  NetworkArguments arguments(p, network);
  arguments.addWeights(p, network);
  Value frozenPass = p.integers({0}, /*scalar=*/true);
  auto mode = estimator == Estimator::RandomnessOff ? Instantiation::Mode::RandomnessOff
                                                    : Instantiation::Mode::Inference;
  auto answer = [&](OpBuilder &builder, ModelOp model) {
    // A frozen draw is the same in every pass.
    Instantiation how =
        arguments.instantiation(mode, estimator == Estimator::FrozenDraw ? frozenPass : model.getPass());
    auto choose = [&](OpBuilder &b, BlockOp block, int64_t index) -> std::optional<Channel> {
      if (estimator == Estimator::RandomnessOff)
        return firstChannel(b, block);
      if (estimator != Estimator::AllPaths)
        return drawChannel(b, block, how);
      return Channel{PathChannelOp::create(b, block.getLoc(), p.integer(), index, *block.getChannels()),
                     false};
    };
    return buildNetwork(builder, network, model.getInput(), arguments.scalars, how, choose);
  };
  p.result(inlineAttack(p, attack, {image, goal, arguments.rows, arguments.stream}, own, answer),
           rt::Role::Adversarial);
  func::FuncOp function = p.close();
  if (draws > 1) // of what is random besides the paths
    function->setAttr(drawsAttribute, p.builder.getI64IntegerAttr(draws));
  return function;
}

struct BuildProgramsPass : switchyard::impl::BuildProgramsBase<BuildProgramsPass> {
  using BuildProgramsBase::BuildProgramsBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto network = [&](StringRef name) { return symbols.lookup<NetworkOp>(name); };
    getOperation().walk([&](TrainJobOp job) {
      std::optional<StringRef> augmentation = job.getAugmentation();
      buildTraining(job, network(job.getNetwork()),
                    augmentation ? symbols.lookup<AugmentationOp>(*augmentation) : AugmentationOp());
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
      std::string wanted = (attack.getSymName() + "_" + stringifyEstimator(job.getEstimator()) + draws + "_" +
                            source.getSymName())
                               .str();
      job.setRun(once(key, wanted, [&](StringRef name) {
        return buildAttack(getOperation(), attack, source, job.getEstimator(), job.getDraws(), name,
                           batchOf(job.getPrecision()));
      }));
      judgeBy(job, network(job.getNetwork()));
    });
    remarkCounts(getOperation(), "build-programs", {{"functions built", static_cast<int64_t>(built.size())}});
  }

  void buildTraining(TrainJobOp job, NetworkOp net, AugmentationOp augmentation) {
    auto optimizer = getOperation().lookupSymbol<OptimizerOp>(job.getTraining().getOptimizer());
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
    key.augmentation = augmentation;
    std::string step = "train_" + of + "_" + std::to_string(batch);
    job.setStep(once(key, step, [&](StringRef name) {
      return buildTrainStep(getOperation(), net, block, name, job.getTraining(), augmentation);
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
    for (int64_t block = 0, count = blocksOf(net).size(); block < count; ++block) {
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
    Operation *optimizer = nullptr, *augmentation = nullptr, *attack = nullptr;
    std::optional<Estimator> estimator = {};
    int64_t draws = 1;

    Key(StringRef kind, Operation *network, Precision precision)
        : kind(kind), network(network), precision(precision) {}
    auto members() const {
      return std::tie(kind, network, precision, block, batch, optimizer, augmentation, attack, estimator,
                      draws);
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
