// A training in functions for one example. A step is: the image as the training's layers and an attack leave
// it, a loss of it, its gradient at each weight, the optimizer.
#include "compiler/passes/TrainingProgram.h"
#include "compiler/passes/Sampling.h"

#include "mlir/IR/IRMapping.h"

#include <cmath>

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

/// Glorot and Bengio's uniform limit, sqrt(6 / (fan in + fan out)), for weights [out, in, ...] of so many
/// places.
double glorotLimit(RankedTensorType weights, int64_t places) {
  int64_t window = 1;
  for (int64_t size : weights.getShape().drop_front(2))
    window *= size;
  window /= places;
  return std::sqrt(6.0 / static_cast<double>(window * (weights.getDimSize(0) + weights.getDimSize(1))));
}

/// The parameters of `block` and those behind it.
SmallVector<NetworkParameter> trainedFrom(NetworkOp network, int64_t block) {
  SmallVector<NetworkParameter> parameters = parametersOf(network);
  llvm::erase_if(parameters, [&](const NetworkParameter &p) { return p.block < block; });
  return parameters;
}

} // namespace

/// Weights uniform within Glorot's limit, what layers say otherwise, the optimizer's states zero (FACTS: the
/// authors' initialization).
func::FuncOp buildInit(ModuleOp module, NetworkOp network, OptimizerOp optimizer, int64_t block,
                       StringRef name) {
  EntryFunction p(module, network.getLoc(), name, 1);
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
      double limit = glorotLimit(parameter.type, parameter.places);
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

namespace {

/// Cross-entropy of the label: log_sum_exp(z) - z[y].
Value crossEntropy(EntryFunction &p, Value logits, Value label) {
  Value total = p.make<LogSumExpOp>(logits), own = p.make<TakeOp>(logits, label);
  return p.make<SubOp>(total, own);
}

/// How the blocks below the one being trained switch: each example draws, or one draw serves the batch, its
/// pass being the iteration.
Channel drawInTraining(OpBuilder &b, const Fork &block, const Instantiation &how, TrainingDraw draw,
                       Value iteration) {
  if (draw == TrainingDraw::PerExample)
    return drawChannel(b, block, how);
  auto type = RankedTensorType::get({2}, b.getI32Type());
  Instantiation shared = how;
  shared.rows = arith::ConstantOp::create(b, block.op->getLoc(),
                                          DenseElementsAttr::get(type, ArrayRef<int32_t>{0, 65535}));
  shared.pass = iteration;
  return {drawChannel(b, block, shared).value, false};
}

/// What a training changes: weights by their gradients, statistics by what passes through their layers.
struct Trained {
  SmallVector<NetworkParameter> weights, statistics;
  SmallVector<Value> values;              // of the weights
  SmallVector<SmallVector<Value>> states; // of each weight
  llvm::StringMap<Value> updates;         // of the statistics

  Trained(EntryFunction &p, NetworkArguments &arguments, OptimizerOp optimizer,
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

  /// Lets layers use and change the statistics of the batch; `weight` is each example's. What passes through
  /// later follows what has passed before.
  void follow(Instantiation &how, Value weight) {
    how.weight = weight;
    how.parameter = [this, before = how.parameter](StringRef name) {
      Value behind = updates.lookup(name);
      return behind ? behind : before(name);
    };
    how.trains = [this](StringRef name) {
      return llvm::any_of(statistics, [&](const NetworkParameter &one) { return one.name == name; });
    };
    how.update = [this](StringRef name, Value value) { updates[name] = value; };
  }

  void giveStatistics(EntryFunction &p, const NetworkArguments &arguments) const {
    for (const NetworkParameter &one : statistics) {
      Value before = arguments.parameters.at(one.name), behind = updates.lookup(one.name);
      p.result(behind ? behind : before, rt::Role::Parameter, one.name, before); // its layer may not act
    }
  }
};

/// The l2 norm of all gradients together.
Value normOf(EntryFunction &p, ValueRange gradients) {
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

  StepNumbers(EntryFunction &p, OptimizerOp optimizer)
      : iteration(p.argument(p.integer(), rt::Role::Iteration)),
        progress(p.argument(p.real(), rt::Role::Progress)) {
    for (StringRef name : optimizer.getScalars().getAsValueRange<StringAttr>())
      scalars.push_back(p.argument(p.real(), rt::Role::Scalar, name));
  }

  /// Gives the step's results: each weight and what it keeps, as the optimizer's program makes them.
  void step(EntryFunction &p, OptimizerOp optimizer, const Trained &trained, ValueRange gradients) const {
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

/// A network while `block` is trained: one channel of it and of those behind it; those before it are frozen
/// and switch (S3.4).
struct PartlyTrained {
  EntryFunction &p;
  ModuleOp module;
  NetworkOp network;
  int64_t block;
  const NetworkArguments &arguments;
  TrainingDraw draw;
  Value iteration;                 ///< of the step, which a draw for the batch is made by
  SmallVector<int64_t> sampleSets; ///< how many draws each attack's has, of those that average

  Value logits(OpBuilder &builder, Value example, const Instantiation &how,
               const Sampling &sampling = Sampling(SampleSetAttr())) const {
    auto choose = [&](OpBuilder &b, const Fork &fork, const Instantiation &inside) -> std::optional<Channel> {
      if (fork.isBlock() && fork.part >= block)
        return std::nullopt;
      if (std::optional<Channel> way = sampling.way(b, fork))
        return way;
      return fork.isBlock() ? drawInTraining(b, fork, inside, draw, iteration) : drawChannel(b, fork, inside);
    };
    return buildNetwork(builder, network, example, arguments.scalars, how, choose);
  }

  /// As the attack leaves an example, which sees the network as at inference.
  Value attacked(AttackOp attack, Value example, Value label, ValueRange scalars, SampleSetAttr set) {
    Sampling sampling(set);
    Value frozenPass = sampling.isFrozen() ? p.integers({0}, /*scalar=*/true) : Value();
    auto model = [&](OpBuilder &builder, ModelOp op) {
      OfModel marking(builder, sampling.isMean());
      return logits(builder, op.getInput(),
                    arguments.instantiation(sampling.mode(), frozenPass ? frozenPass : op.getPass()),
                    sampling);
    };
    Block &body = *p.builder.getBlock();
    Operation *before = body.empty() ? nullptr : &body.back();
    Value result = inlineAttack(p, attack, {example, label, arguments.rows, arguments.stream}, scalars,
                                Confined::ByTally, model);
    if (sampling.isMean() && markSampleSet(body, before, static_cast<int64_t>(sampleSets.size())))
      sampleSets.push_back(sampling.draws);
    return result;
  }

  /// The function, which says what its attacks average over.
  func::FuncOp close() {
    func::FuncOp function = p.close();
    if (!sampleSets.empty())
      function->setAttr(sampleSetsAttribute, p.builder.getDenseI64ArrayAttr(sampleSets));
    return function;
  }
};

/// The pass of the `number`th answer: from 0 up, or where attacks do that, from the last one down.
Value passOfAnswer(EntryFunction &p, uint32_t number, bool isAttacked) {
  constexpr uint32_t last = 255;
  return p.integers({static_cast<int32_t>((isAttacked ? last - number : number) << 24)}, /*scalar=*/true);
}

class TrainStep {
  using Mode = Instantiation::Mode;

public:
  TrainStep(ModuleOp module, NetworkOp network, int64_t block, StringRef name, const TrainingRecipe &recipe)
      : module(module), network(network), block(block), recipe(recipe),
        p(module, network.getLoc(), name, recipe.training.getBatch()),
        image(p.argument(exampleType(network), rt::Role::Image)),
        label(p.argument(p.integer(), rt::Role::Label)),
        weight(p.argument(p.real(), rt::Role::ExampleWeight)), numbers(p, recipe.optimizer),
        arguments(framed()), trained(p, arguments, recipe.optimizer, trainedFrom(network, block)),
        asked{p,
              module,
              network,
              block,
              arguments,
              network.getBottomUp().value_or(TrainingDraw::PerExample),
              numbers.iteration,
              {}} {}

  func::FuncOp build() {
    Value example = recipe.augmentation ? augmented() : image;
    Value loss = lossOf(attackedBefore(example));
    auto gradient = GradientOp::create(p.builder, p.loc, ValueRange(trained.values).getTypes(), loss,
                                       trained.values, weight);
    p.result(loss, rt::Role::Loss);
    numbers.step(p, recipe.optimizer, trained, gradient.getResults());
    trained.giveStatistics(p, arguments);
    return asked.close();
  }

private:
  NetworkArguments framed() {
    NetworkArguments result(p, network);
    result.addWeights(p, network, {0, block});
    result.step = numbers.iteration;
    return result;
  }

  /// The image as the training's layers leave it, an image still: what leaves the input's range ends there,
  /// as under attack (S1.13). Their draws have sites of their own, and pass 0.
  Value augmented() {
    Instantiation how = arguments.instantiation(Mode::Training, p.integers({0}, /*scalar=*/true));
    Value changed = buildChain(p.builder, recipe.augmentation.getBody(), image, how, drawChannel);
    Value low = p.constant(network.getLow().convertToDouble()),
          high = p.constant(network.getHigh().convertToDouble());
    return p.make<MinOp>(p.make<MaxOp>(changed, low), high);
  }

  Value answer(Value example) {
    Instantiation how = arguments.instantiation(Mode::Training, passOfAnswer(p, answers++, isAttacked));
    trained.follow(how, weight);
    return asked.logits(p.builder, example, how);
  }

  /// A constant to the step's gradient. The attack finds the statistics that the step begins with (S6.4).
  Value attacked(AttackOp attack, Value example, ValueRange scalars, SampleSetAttr set) {
    isAttacked = true;
    return p.make<StopGradientOp>(asked.attacked(attack, example, label, scalars, set));
  }

  template <typename Op> Op ownTraining() {
    auto found = network.getBody().front().getOps<Op>();
    return found.empty() ? Op() : *found.begin();
  }

  /// Adversarial training's example in the place of the clean one.
  Value attackedBefore(Value example) {
    auto against = ownTraining<TrainAgainstOp>();
    if (!against)
      return example;
    return attacked(module.lookupSymbol<AttackOp>(against.getAttack()), example,
                    buildTrainingScalars(p.builder, against, arguments.scalars), against.getSampledAttr());
  }

  /// What the network's own training descends, or the experiment's, or the cross-entropy.
  Value lossOf(Value example) {
    if (auto by = ownTraining<TrainByOp>())
      return inlined(module.lookupSymbol<LossOp>(by.getLoss()), example,
                     buildTrainingScalars(p.builder, by, arguments.scalars));
    if (recipe.loss)
      return inlined(recipe.loss, example, {});
    return crossEntropy(p, answer(example), label);
  }

  /// Marks an image that a loss gives to an attack which holds its examples to the input's range: why they
  /// leave it may be that image.
  Value given(AttackedOp call, Value image) {
    auto attack = module.lookupSymbol<AttackOp>(call.getAttack());
    for (auto finished : attack.getBody().getOps<FinishedOp>())
      if (finished.getLowAttr() && finished.getHighAttr())
        return GivenOp::create(p.builder, call.getLoc(), image.getType(), image, finished.getLowAttr(),
                               finished.getHighAttr());
    return image;
  }

  Value inlined(LossOp loss, Value example, ValueRange scalars) {
    Block &body = loss.getBody().front();
    isAttacked |= !body.getOps<AttackedOp>().empty();
    IRMapping values;
    values.map(body.getArguments().take_front(4),
               ValueRange{example, label, arguments.rows, arguments.stream});
    values.map(body.getArguments().drop_front(4), scalars);
    for (Operation &op : body.without_terminator()) {
      auto at = [&](Value value) { return values.lookup(value); };
      if (auto model = dyn_cast<ModelOp>(op))
        values.map(model.getLogits(), answer(at(model.getInput())));
      else if (auto call = dyn_cast<AttackedOp>(op))
        values.map(call.getResult(),
                   attacked(module.lookupSymbol<AttackOp>(call.getAttack()), given(call, at(call.getImage())),
                            llvm::map_to_vector(call.getScalars(), at), call.getSampledAttr()));
      else
        p.builder.clone(op, values);
    }
    return values.lookup(body.back().getOperand(0));
  }

  ModuleOp module;
  NetworkOp network;
  int64_t block;
  TrainingRecipe recipe;
  EntryFunction p;
  Value image, label, weight;
  StepNumbers numbers;
  NetworkArguments arguments;
  Trained trained;
  PartlyTrained asked;
  uint32_t answers = 0;    // of the loss so far
  bool isAttacked = false; // an attack has passes of its own, from 0 up
};

} // namespace

func::FuncOp buildTrainStep(ModuleOp module, NetworkOp network, int64_t block, StringRef name,
                            const TrainingRecipe &recipe) {
  return TrainStep(module, network, block, name, recipe).build();
}

func::FuncOp buildValidate(ModuleOp module, NetworkOp network, int64_t block, StringRef name,
                           const TrainingRecipe &recipe) {
  EntryFunction p(module, network.getLoc(), name, recipe.training.getBatch());
  Value image = p.argument(exampleType(network), rt::Role::Image),
        label = p.argument(p.integer(), rt::Role::Label);
  NetworkArguments arguments(p, network);
  arguments.addWeights(p, network, {0, block});
  for (const NetworkParameter &parameter : trainedFrom(network, block))
    arguments.parameters[parameter.name] = p.argument(parameter.type, rt::Role::Weight, parameter.name);
  PartlyTrained asked{p, module, network, block, arguments, TrainingDraw::PerExample, {}, {}};
  bool isAttacked = static_cast<bool>(recipe.validatedAgainst);
  Value example =
      isAttacked ? asked.attacked(recipe.validatedAgainst, image, label, {}, recipe.sampled) : image;
  Instantiation how = arguments.instantiation(Instantiation::Mode::Inference, passOfAnswer(p, 0, isAttacked));
  p.result(asked.logits(p.builder, example, how), rt::Role::Logits);
  return asked.close();
}

} // namespace switchyard
