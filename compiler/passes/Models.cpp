// A plain network is one training; a mounted one takes the base model's; switching blocks are trained
// bottom-up (Algorithm 1 of the paper as its authors run it): each channel of block k under a fresh
// single-channel tail that is thrown away, on the finished blocks below, which switch. Channels of the first
// block need nothing below, so any two networks that begin alike share them: 5x5 finds its first channels
// among those of 10x10.
#include "compiler/passes/Models.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

std::string whyNoPaths(bool randomLayers, bool switches, int64_t turns, int64_t draws) {
  if (!switches)
    return "paths cannot be enumerated: the network has no switching blocks, and chooses nothing";
  if (turns > mostPaths)
    return "paths cannot be enumerated: there are more than " + std::to_string(mostPaths);
  if (randomLayers && draws == 0)
    return "besides its paths the network draws at random: write all_paths(draws = n)";
  return "";
}

namespace {

/// How an attack inside a training estimates its gradients, and what says so.
struct Sampled {
  SampleSetAttr set;
  Location where;
};

} // namespace

/// Of all attacks inside the network's training.
static SmallVector<Sampled> sampledIn(SymbolTable &symbols, ExperimentOp experiment, NetworkOp network,
                                      Location use) {
  SmallVector<Sampled> found;
  LossOp loss = experiment.getLoss() ? symbols.lookup<LossOp>(*experiment.getLoss()) : LossOp();
  for (auto by : network.getBody().getOps<TrainByOp>())
    loss = symbols.lookup<LossOp>(by.getLoss());
  for (auto against : network.getBody().getOps<TrainAgainstOp>())
    found.push_back({against.getSampledAttr(), against.getLoc()});
  if (loss)
    for (auto call : loss.getBody().getOps<AttackedOp>())
      found.push_back({call.getSampledAttr(), call.getLoc()});
  found.push_back({experiment.getSampledAttr(), use});
  llvm::erase_if(found,
                 [](const Sampled &one) { return !one.set || one.set.getBy() != Estimator::AllPaths; });
  return found;
}

/// Whether there are paths that attacks inside its training can go through, whichever block is trained: of
/// that and those behind it one channel, of those below all (S3.4).
LogicalResult ModelMaker::verifySampling(DefendWithOp use, NetworkOp network) {
  SmallVector<Fork> forks = forksOf(network);
  bool randomLayers = hasRandomLayers(network);
  int64_t blocks = network.getBottomUp() ? partsOf(network) : 1;
  for (const Sampled &one : sampledIn(symbols, experiment, network, use.getLoc()))
    for (int64_t block = 0; block < blocks && (randomLayers || !forks.empty()); ++block) {
      int64_t turns = 1;
      for (const Fork &fork : forks)
        if (!fork.isBlock() || fork.part < block)
          turns = std::min(turns * fork.count, mostPaths + 1);
      std::string reason = whyNoPaths(randomLayers, !forks.empty(), turns, one.set.getDraws());
      if (reason.empty())
        continue;
      InFlightDiagnostic error = emitError(one.where)
                                 << "`all_paths` of an attack inside a training: " << reason;
      if (one.where != use.getLoc())
        error.attachNote(use.getLoc()) << "`" << use.getLabel() << "` is trained so";
      return error;
    }
  return success();
}

/// Job names are unique, readable and carry no meaning.
std::string ModelMaker::name(StringRef kind) {
  return (experiment.getSymName() + "." + kind + "." + std::to_string(serial++)).str();
}

/// Of the use's members, then of its defenses, one after another.
void ModelMaker::addArguments(DefendWithOp use, SmallVectorImpl<Attribute> &values) {
  for (DefendWithOp member : use.choices())
    addArguments(member, values);
  for (auto [defense, arguments] : llvm::zip(use.getDefenses().getAsValueRange<FlatSymbolRefAttr>(),
                                             use.getArguments().getAsRange<DictionaryAttr>()))
    for (auto scalar : symbols.lookup<DefenseOp>(defense).getScalars().getAsRange<StringAttr>())
      values.push_back(arguments.get(scalar));
}

/// The defenses' arguments under the names the network's scalars have, which are in the same order.
DictionaryAttr ModelMaker::networkScalars(DefendWithOp use, NetworkOp network) {
  SmallVector<Attribute> values;
  addArguments(use, values);
  SmallVector<NamedAttribute> scalars;
  for (auto [name, value] : llvm::zip_equal(network.getScalars().getAsRange<StringAttr>(), values))
    scalars.push_back(builder.getNamedAttr(name, value));
  return builder.getDictionaryAttr(scalars);
}

std::string ModelMaker::train(Location loc, NetworkOp network, const std::string &label,
                              DictionaryAttr scalars, int64_t run, const std::optional<Channel> &channel) {
  std::string training = name("train");
  int64_t block = channel ? channel->block : 0;
  int64_t stream = channel ? block << 16 | (channel->number + 1) : 0;
  auto below = channel && !channel->below.empty()
                   ? FlatSymbolRefAttr::get(builder.getContext(), channel->below)
                   : FlatSymbolRefAttr();
  std::string text = label + (run ? ", run " + std::to_string(run + 1) : "");
  TrainJobOp::create(builder, loc, training, builder.getStringAttr(text), experiment.getDataset(),
                     experiment.getTraining(), experiment.getSeed() + run, stream, block, below,
                     experiment.getPrecision(), network.getSymName(), experiment.getAugmentationAttr(),
                     experiment.getLossAttr(), experiment.getValidatedAgainstAttr(),
                     experiment.getSampledAttr(), scalars, FlatSymbolRefAttr(), FlatSymbolRefAttr(),
                     FlatSymbolRefAttr(), StringAttr());
  return training;
}

std::string ModelMaker::weights(Location loc, NetworkOp network, ArrayRef<Trainings> trainingsOfBlock) {
  SmallVector<Attribute> list;
  for (const NetworkParameter &parameter : parametersOf(network)) {
    if (parameter.block >= static_cast<int64_t>(trainingsOfBlock.size()))
      continue; // of the blocks to come
    auto from = llvm::map_to_vector(trainingsOfBlock[parameter.block], [&](const std::string &training) {
      return FlatSymbolRefAttr::get(builder.getContext(), training);
    });
    list.push_back(ParameterAttr::get(builder.getContext(), parameter.name, parameter.wholeType(), from, ""));
  }
  return weights(loc, list);
}

std::string ModelMaker::weights(Location loc, ArrayRef<Attribute> parameters) {
  std::string symbol = name("weights");
  WeightsOp::create(builder, loc, symbol, builder.getArrayAttr(parameters));
  return symbol;
}

/// Each member's, trained as if it stood alone, under the names that they have in the choice.
FailureOr<std::string> ModelMaker::ofMembers(DefendWithOp use, NetworkOp network, int64_t run) {
  auto choice = *network.getBody().front().getOps<ChooseOp>().begin();
  SmallVector<Attribute> all;
  for (auto [number, member] : llvm::enumerate(use.choices())) {
    FailureOr<Model> model = make(member, run);
    if (failed(model))
      return failure();
    std::string prefix = memberPrefix(choice.getPath(), number);
    auto own = cast<WeightsOp>(SymbolTable::lookupNearestSymbolFrom(
        use, FlatSymbolRefAttr::get(builder.getContext(), model->weights)));
    for (auto one : own.getParameters().getAsRange<ParameterAttr>())
      all.push_back(ParameterAttr::get(builder.getContext(), prefix + one.getName().str(), one.getType(),
                                       one.getFrom(), one.getName()));
    own.erase(); // no job asks this member alone
  }
  return weights(use.getLoc(), all);
}

/// The base network's training, whose parameters a mounted defense must have and no others.
FailureOr<std::string> ModelMaker::mounted(DefendWithOp use, NetworkOp network, int64_t run) {
  SmallVector<NetworkParameter> own = parametersOf(network), wanted = parametersOf(base);
  bool same = llvm::equal(own, wanted, [](const NetworkParameter &a, const NetworkParameter &b) {
    return a.name == b.name && a.wholeType() == b.wholeType();
  });
  if (!same)
    return use.emitError()
           << "`" << use.getLabel()
           << "` is mounted on the base model's weights, but its layers have other parameters";
  if (failed(verifySampling(use, base)))
    return failure();
  std::string training = train(use.getLoc(), base, (experiment.titleWith(base) + ", base").str(),
                               builder.getDictionaryAttr({}), run);
  return weights(use.getLoc(), network, SmallVector<Trainings>(partsOf(network), {training}));
}

std::string ModelMaker::bottomUp(DefendWithOp use, NetworkOp network, const std::string &label,
                                 DictionaryAttr scalars, int64_t run) {
  SmallVector<Trainings> finished;
  std::string frozen;
  for (auto [index, block] : llvm::enumerate(blocksOf(network))) {
    Trainings channels;
    // Those of the first block depend on nothing but what is put in there and what they descend: mostly
    // nothing.
    bool plain = index == 0 && use.getDefenses().size() == 1 &&
                 network.getBody().getOps<TrainAgainstOp>().empty() &&
                 network.getBody().getOps<TrainByOp>().empty();
    std::string of = plain ? experiment.titleWith(base).str() : label;
    for (int64_t channel = 0; channel < static_cast<int64_t>(block.getChannels().value_or(1)); ++channel)
      channels.push_back(train(use.getLoc(), network,
                               of + ", channel " + std::to_string(channel) + " of " + block.getName().str(),
                               scalars, run, Channel{static_cast<int64_t>(index), channel, frozen}));
    finished.push_back(channels);
    frozen = weights(use.getLoc(), network, finished);
  }
  return frozen; // nothing is left to come
}

FailureOr<Model> ModelMaker::make(DefendWithOp use, int64_t run) {
  auto network = symbols.lookup<NetworkOp>(use.getNetwork().value_or(""));
  if (!network)
    return use.emitError() << "has no network: swy-apply-defenses must run first";
  Model model{network,
              "",
              networkScalars(use, network),
              hasRandomLayers(network),
              pathsOf(network),
              turnsOf(network),
              network.getAnswerAttr()};
  std::string label = (experiment.titleWith(base) + ", " + use.getLabel()).str();
  if (use.choices().empty() && !use.getMounted() && failed(verifySampling(use, network)))
    return failure();
  if (!use.choices().empty()) {
    FailureOr<std::string> trained = ofMembers(use, network, run);
    if (failed(trained))
      return failure();
    model.weights = *trained;
  } else if (use.getMounted()) {
    FailureOr<std::string> trained = mounted(use, network, run);
    if (failed(trained))
      return failure();
    model.weights = *trained;
  } else if (network.getBottomUp()) {
    model.weights = bottomUp(use, network, label, model.scalars, run);
  } else {
    std::string training = train(use.getLoc(), network, label, model.scalars, run);
    model.weights = weights(use.getLoc(), network, SmallVector<Trainings>(partsOf(network), {training}));
  }
  return model;
}

} // namespace switchyard
