// Makes the functions that jobs call. Each is written for one example; roles (docs/artifact.md) say what the
// runtime binds to its arguments and results. Functions are shared by all jobs on the same network and attack.
#include "compiler/passes/NetworkProgram.h"
#include "compiler/passes/Passes.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_BUILDPROGRAMS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// A function being written: arguments and results are added with their roles, then it is closed.
class Program {
public:
  Program(ModuleOp module, Location loc, StringRef name, int64_t batch) : builder(module.getContext()), loc(loc) {
    builder.setInsertionPointToEnd(module.getBody());
    function = func::FuncOp::create(builder, loc, name, builder.getFunctionType({}, {}));
    function->setAttr("swy.entry", builder.getUnitAttr());
    function->setAttr("swy.batch", builder.getI64IntegerAttr(batch));
    builder.setInsertionPointToStart(function.addEntryBlock());
  }

  /// A new argument; all are added before they are dropped by `close` if unused.
  Value argument(RankedTensorType type, StringRef role, StringRef name = "") {
    arguments.push_back(attributes(role, name));
    return function.getBody().front().addArgument(type, loc);
  }

  /// A result; `into` is the argument whose buffer it is written to, null for a buffer of its own.
  void result(Value value, StringRef role, StringRef name = "", Value into = {}) {
    values.push_back(value);
    results.push_back(attributes(role, name));
    targets.push_back(into);
  }

  func::FuncOp close() {
    dropUnusedScalars();
    Block &body = function.getBody().front();
    func::ReturnOp::create(builder, loc, values);
    function.setFunctionType(builder.getFunctionType(body.getArgumentTypes(), ValueRange(values).getTypes()));
    for (auto [result, into] : llvm::zip(results, targets))
      if (into)
        result.push_back(builder.getNamedAttr(
            "swy.into", builder.getI64IntegerAttr(cast<BlockArgument>(into).getArgNumber())));
    auto dictionaries = [&](ArrayRef<SmallVector<NamedAttribute>> lists) {
      return llvm::map_to_vector(lists, [&](const SmallVector<NamedAttribute> &list) -> Attribute {
        return builder.getDictionaryAttr(list);
      });
    };
    function.setArgAttrsAttr(builder.getArrayAttr(dictionaries(arguments)));
    function.setResAttrsAttr(builder.getArrayAttr(dictionaries(results)));
    return function;
  }

  RankedTensorType real(ArrayRef<int64_t> shape = {}) { return RankedTensorType::get(shape, builder.getF32Type()); }
  RankedTensorType integer(ArrayRef<int64_t> shape = {}, unsigned bits = 32) {
    return RankedTensorType::get(shape, builder.getIntegerType(bits));
  }
  Value constant(double value) { return realConstant(builder, loc, value); }
  Value integers(ArrayRef<int32_t> values, bool scalar = false) {
    auto type = scalar ? integer() : integer({static_cast<int64_t>(values.size())});
    return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, values));
  }
  template <typename Op, typename... Args> Value make(Args &&...args) {
    return Op::create(builder, loc, std::forward<Args>(args)...);
  }

  OpBuilder builder;
  Location loc;

private:
  SmallVector<NamedAttribute> attributes(StringRef role, StringRef name) {
    SmallVector<NamedAttribute> list{builder.getNamedAttr("swy.role", builder.getStringAttr(role))};
    if (!name.empty())
      list.push_back(builder.getNamedAttr("swy.name", builder.getStringAttr(name)));
    return list;
  }

  /// Scalars that nothing reads are no arguments, so that they are no part of a job's name either.
  void dropUnusedScalars() {
    Block &body = function.getBody().front();
    for (int64_t i = body.getNumArguments() - 1; i >= 0; --i) {
      if (cast<StringAttr>(arguments[i][0].getValue()) != "scalar" || !body.getArgument(i).use_empty())
        continue;
      body.eraseArgument(i);
      arguments.erase(arguments.begin() + i);
    }
  }

  func::FuncOp function;
  SmallVector<SmallVector<NamedAttribute>> arguments, results;
  SmallVector<Value> values, targets;
};

/// What every function that runs a network has: its random context, scalars and parameters.
struct NetworkArguments {
  Value stream, rows;
  SmallVector<Value> scalars;
  llvm::StringMap<Value> parameters;

  NetworkArguments(Program &program, NetworkOp network, StringRef parameterRole) {
    rows = program.argument(program.integer({2}), "rows");
    stream = program.argument(program.integer({}, 64), "stream");
    for (StringRef name : network.getScalars().getAsValueRange<StringAttr>())
      scalars.push_back(program.argument(program.real(), "scalar", name));
    for (const NetworkParameter &parameter : parametersOf(network))
      parameters[parameter.name] = program.argument(parameter.type, parameterRole, parameter.name);
  }

  Instantiation instantiation(Instantiation::Mode mode, Value pass) const {
    Instantiation how;
    how.mode = mode;
    how.parameter = [this](StringRef name) { return parameters.lookup(name); };
    how.stream = stream;
    how.rows = rows;
    how.pass = pass;
    return how;
  }
};

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

/// Weights uniform within Glorot's limit, biases and momentum zero (FACTS: the authors' initialization).
func::FuncOp buildInit(ModuleOp module, NetworkOp network, StringRef name) {
  Program p(module, network.getLoc(), name, 1);
  Value stream = p.argument(p.integer({}, 64), "stream");
  Value rows = p.integers({0, 65535}), pass = p.integers({0}, /*scalar=*/true);
  SmallVector<NetworkParameter> parameters = parametersOf(network);
  for (const NetworkParameter &parameter : parameters) {
    Value value = p.make<BroadcastOp>(parameter.type, p.constant(0));
    if (parameter.type.getRank() > 1) {
      double limit = glorotLimit(parameter.type);
      Value uniform = p.make<RandomUniformOp>(parameter.type, stream, rows, pass, parameter.name);
      Value scaled = p.make<MulOp>(p.constant(2 * limit), uniform);
      value = p.make<SubOp>(scaled, p.constant(limit));
    }
    p.result(value, "parameter", parameter.name);
  }
  for (const NetworkParameter &parameter : parameters)
    p.result(p.make<BroadcastOp>(parameter.type, p.constant(0)), "state", parameter.name);
  return p.close();
}

/// Cross-entropy of the label: log_sum_exp(z) - z[y].
Value crossEntropy(Program &p, Value logits, Value label) {
  Value total = p.make<LogSumExpOp>(logits), own = p.make<TakeOp>(logits, label);
  return p.make<SubOp>(total, own);
}

/// One step of SGD with momentum m and rate decay (PyTorch's form of Nesterov):
/// v = m v + g; w -= rate / (1 + decay iteration) * (nesterov ? g + m v : v).
func::FuncOp buildTrainStep(ModuleOp module, NetworkOp network, StringRef name, int64_t batch, bool nesterov) {
  Program p(module, network.getLoc(), name, batch);
  Value image = p.argument(exampleType(network), "image"), label = p.argument(p.integer(), "label");
  Value weight = p.argument(p.real(), "example_weight"), iteration = p.argument(p.integer(), "iteration");
  Value rate = p.argument(p.real(), "scalar", "rate"), momentum = p.argument(p.real(), "scalar", "momentum");
  Value decay = p.argument(p.real(), "scalar", "decay");
  NetworkArguments arguments(p, network, "parameter");
  SmallVector<NetworkParameter> parameters = parametersOf(network);
  SmallVector<Value> values, states;
  for (const NetworkParameter &parameter : parameters) {
    values.push_back(arguments.parameters[parameter.name]);
    states.push_back(p.argument(parameter.type, "state", parameter.name));
  }

  Value pass = p.integers({0}, /*scalar=*/true);
  Value logits = buildNetwork(p.builder, network, image, arguments.scalars,
                              arguments.instantiation(Instantiation::Mode::Training, pass));
  Value loss = crossEntropy(p, logits, label);
  auto gradient = GradientOp::create(p.builder, p.loc, ValueRange(values).getTypes(), loss, values, weight);

  Value steps = p.make<ToRealOp>(p.real(), iteration);
  Value slowdown = p.make<AddOp>(p.constant(1), p.make<MulOp>(decay, steps));
  Value effective = p.make<DivOp>(rate, slowdown);
  p.result(loss, "loss");
  for (auto [parameter, value, state, g] : llvm::zip(parameters, values, states, gradient.getResults())) {
    Value velocity = p.make<AddOp>(p.make<MulOp>(momentum, state), g);
    Value direction = nesterov ? p.make<AddOp>(g, p.make<MulOp>(momentum, velocity)) : velocity;
    Value updated = p.make<SubOp>(value, p.make<MulOp>(effective, direction));
    p.result(updated, "parameter", parameter.name, value);
    p.result(velocity, "state", parameter.name, state);
  }
  return p.close();
}

func::FuncOp buildPredict(ModuleOp module, NetworkOp network, StringRef name, int64_t batch) {
  Program p(module, network.getLoc(), name, batch);
  Value image = p.argument(exampleType(network), "image");
  NetworkArguments arguments(p, network, "weight");
  Value pass = p.integers({0}, /*scalar=*/true);
  p.result(buildNetwork(p.builder, network, image, arguments.scalars,
                        arguments.instantiation(Instantiation::Mode::Inference, pass)),
           "logits");
  return p.close();
}

/// The attack's body with the network in the place of `swy.model`.
/// With several draws, `swy-expand-expectation` averages the gradients later.
func::FuncOp buildAttack(ModuleOp module, AttackOp attack, NetworkOp network, Estimator estimator, int64_t draws,
                         StringRef name, int64_t batch) {
  Program p(module, attack.getLoc(), name, batch);
  Block &body = attack.getBody().front();
  Value image = p.argument(exampleType(network), "image"), goal = p.argument(p.integer(), "goal");
  SmallVector<Value> own;
  for (auto [scalar, argument] : llvm::zip(attack.getScalars().getAsValueRange<StringAttr>(), body.getArguments().drop_front(4)))
    own.push_back(p.argument(cast<RankedTensorType>(argument.getType()), "scalar", scalar));
  NetworkArguments arguments(p, network, "weight");

  IRMapping values;
  values.map(body.getArguments().take_front(4), ValueRange{image, goal, arguments.rows, arguments.stream});
  values.map(body.getArguments().drop_front(4), own);
  Value frozenPass = p.integers({0}, /*scalar=*/true);
  for (Operation &op : body.without_terminator())
    p.builder.clone(op, values);
  auto mode = estimator == Estimator::RandomnessOff ? Instantiation::Mode::RandomnessOff
                                                    : Instantiation::Mode::Inference;
  p.builder.getBlock()->walk([&](ModelOp model) {
    OpBuilder builder(model);
    // A frozen draw is the same in every pass.
    Value pass = estimator == Estimator::FrozenDraw ? frozenPass : model.getPass();
    Value logits = buildNetwork(builder, network, model.getInput(), arguments.scalars,
                                arguments.instantiation(mode, pass));
    model.getLogits().replaceAllUsesWith(logits);
    model.erase();
  });
  p.result(values.lookup(body.back().getOperand(0)), "adversarial");
  func::FuncOp function = p.close();
  if (draws > 1)
    function->setAttr("swy.draws", p.builder.getI64IntegerAttr(draws));
  return function;
}

struct BuildProgramsPass : switchyard::impl::BuildProgramsBase<BuildProgramsPass> {
  using BuildProgramsBase::BuildProgramsBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto network = [&](StringRef name) { return symbols.lookup<NetworkOp>(name); };
    getOperation().walk([&](TrainJobOp job) { buildTraining(job, network(job.getNetwork())); });
    getOperation().walk([&](AccuracyJobOp job) { job.setPredict(predict(network(job.getNetwork()))); });
    getOperation().walk([&](AttackJobOp job) {
      NetworkOp source = network(job.getSourceNetwork());
      auto attack = symbols.lookup<AttackOp>(job.getAttack());
      std::string draws = job.getDraws() > 1 ? std::to_string(job.getDraws()) : "";
      job.setRun(once((attack.getSymName() + "_" + stringifyEstimator(job.getEstimator()) + draws + "_" +
                       source.getSymName()).str(),
                      [&](StringRef name) {
                        return buildAttack(getOperation(), attack, source, job.getEstimator(), job.getDraws(), name,
                                           attackBatch);
                      }));
      job.setPredict(predict(network(job.getNetwork())));
    });
  }

  void buildTraining(TrainJobOp job, NetworkOp net) {
    bool nesterov = cast<BoolAttr>(job.getTraining().get("nesterov")).getValue();
    job.setInit(once(("init_" + net.getSymName()).str(),
                     [&](StringRef name) { return buildInit(getOperation(), net, name); }));
    std::string step = ("train_" + net.getSymName() + "_").str() + std::to_string(job.getBatch());
    job.setStep(once(step + (nesterov ? "_nesterov" : ""), [&](StringRef name) {
      return buildTrainStep(getOperation(), net, name, job.getBatch(), nesterov);
    }));
  }

  StringRef predict(NetworkOp net) {
    return once(("predict_" + net.getSymName()).str(),
                [&](StringRef name) { return buildPredict(getOperation(), net, name, attackBatch); });
  }

  /// The name of the function for `key`, built at the first call for it: the key in letters that C accepts, with a
  /// number behind where two keys would coincide.
  template <typename Build> StringRef once(const std::string &key, Build build) {
    auto [entry, isNew] = built.try_emplace(key);
    if (!isNew)
      return entry->second;
    std::string wanted = key;
    std::replace_if(wanted.begin(), wanted.end(), [](char c) { return !llvm::isAlnum(c); }, '_');
    std::string name = wanted;
    for (int n = 2; !names.insert(name).second; ++n)
      name = wanted + "_" + std::to_string(n);
    entry->second = name;
    build(name);
    return entry->second;
  }

  llvm::StringMap<std::string> built;
  llvm::StringSet<> names;
};

} // namespace
