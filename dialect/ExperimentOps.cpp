// Verifiers of what the user wrote: networks, defenses, attacks, experiments. (Cn) as in ExperimentOps.td.
#include "dialect/Experiment.h"

using namespace mlir;
using namespace switchyard::swy;

static Type realType(MLIRContext *context, ArrayRef<int64_t> shape = {}) {
  return RankedTensorType::get(shape, Float32Type::get(context));
}
static Type wholeType(MLIRContext *context, unsigned bits, ArrayRef<int64_t> shape = {}) {
  return RankedTensorType::get(shape, IntegerType::get(context, bits));
}

/// A real tensor with sizes.
static bool isExample(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getElementType().isF32();
}

static bool isRealScalar(Value value) {
  return value.getType() == realType(value.getContext());
}

LogicalResult NetworkOp::verify() {
  Block &body = getBody().front();
  if (body.getNumArguments() != 1 + getScalars().size())
    return emitOpError("needs one argument for the example and one for each of ")
           << getScalars().size() << " scalars";
  if (!isExample(body.getArgument(0).getType()) ||
      !llvm::all_of(body.getArguments().drop_front(), isRealScalar)) // (C2)
    return emitOpError("takes a real example of fixed shape and real scalars");
  double low = getLow().convertToDouble(), high = getHigh().convertToDouble();
  if (!std::isfinite(low) || !std::isfinite(high) || low >= high) // (C3)
    return emitOpError("needs a finite range, low below high");
  auto yield = dyn_cast<YieldOp>(body.back());
  Type logits = realType(getContext(), {static_cast<int64_t>(getClasses())});
  if (!yield || yield->getNumOperands() != 1 || yield->getOperand(0).getType() != logits) // (C1)
    return emitOpError("must yield logits of type ") << logits;
  return success();
}

/// What a chain of layers in an operation's region takes and gives.
static LogicalResult verifyChain(Operation *op, Region &region, Type input, Type result) {
  Block &body = region.front();
  if (body.getArgumentTypes() != TypeRange(input)) // (C1)
    return op->emitOpError("needs one argument of its input's type, ") << input;
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (!yield || yield->getOperandTypes() != TypeRange(result)) // (C2)
    return op->emitOpError("must yield one value of its result's type, ") << result;
  return success();
}

LogicalResult BlockOp::verify() {
  return verifyChain(*this, getBody(), getInput().getType(), getResult().getType());
}

LogicalResult ResidualOp::verify() {
  for (Region *chain : {&getMain(), &getShortcut()})
    if (failed(verifyChain(*this, *chain, getInput().getType(), getResult().getType())))
      return failure();
  return success();
}

LogicalResult ChooseOp::verify() {
  if (getMembers().size() < 2) // (C3)
    return emitOpError("needs two members or more");
  for (Region &member : getMembers())
    if (failed(verifyChain(*this, member, getInput().getType(), getResult().getType())))
      return failure();
  return verifyChances(*this, getChances(), static_cast<int64_t>(getMembers().size())); // (C3)
}

/// (C1) and (C2) of layers with weights.
static LogicalResult verifyWeightChain(LayerOpInterface layer, Region &chain) {
  Type type = chain.front().getNumArguments() == 1 ? chain.front().getArgument(0).getType() : Type();
  if (!type || (!isOpen(type) && type != factorsOf(layer).type)) // (C1)
    return layer->emitOpError("needs one argument of its weights' type, ") << factorsOf(layer).type;
  if (failed(verifyChain(layer, chain, type, type))) // (C1)
    return failure();
  WalkResult other = chain.walk([&](Operation *op) {
    auto inner = dyn_cast<LayerOpInterface>(op);
    bool stands = inner ? mayStandOnWeights(inner) : !isa<ChooseOp, BlockOp>(op);
    return stands ? WalkResult::advance() : WalkResult::interrupt();
  });
  if (other.wasInterrupted()) // (C2)
    return layer->emitOpError("has something else than layers without weights on its weights");
  return success();
}

mlir::LogicalResult switchyard::swy::verifyLayer(Operation *layer) {
  auto input = dyn_cast<RankedTensorType>(layer->getOperand(0).getType());
  if (!input) // of a rewrite: inferred where it lands
    return success();
  if (Region *chain = cast<LayerOpInterface>(layer).getWeightChain())
    if (failed(verifyWeightChain(cast<LayerOpInterface>(layer), *chain)))
      return failure();
  FailureOr<RankedTensorType> type = cast<LayerOpInterface>(layer).inferType(input);
  if (failed(type))
    return failure();
  if (layer->getResult(0).getType() != *type)
    return layer->emitOpError() << "of " << input << " gives " << *type << ", not "
                                << layer->getResult(0).getType();
  return success();
}

LogicalResult AugmentationOp::verify() {
  Block &body = getBody().front();
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (body.getNumArguments() != 1 || !isExample(body.getArgument(0).getType()) || !yield ||
      yield->getOperandTypes() != body.getArgumentTypes()) // (C1)
    return emitOpError("needs one argument, an image, and one value to yield of its type");
  WalkResult learning = body.walk([](LayerOpInterface layer) {
    return layer.getParameters().empty() ? WalkResult::advance() : WalkResult::interrupt();
  });
  if (learning.wasInterrupted()) // (C2)
    return emitOpError("has a layer that learns");
  return success();
}

LogicalResult switchyard::swy::verifyAugmentation(Operation *op, FlatSymbolRefAttr augmentation,
                                                  NetworkOp network, SymbolTableCollection &symbols) {
  if (!augmentation)
    return success();
  auto found = symbols.lookupNearestSymbolFrom<AugmentationOp>(op, augmentation);
  if (!found)
    return op->emitOpError("there is no augmentation ") << augmentation;
  if (found.getBody().getArgument(0).getType() != network.getBody().getArgument(0).getType())
    return op->emitOpError("augmentation ") << augmentation << " is none for the network's images";
  return success();
}

LogicalResult DefenseOp::verify() {
  if (getBody().getNumArguments() != getScalars().size())
    return emitOpError("needs one argument for each of ") << getScalars().size() << " scalars";
  if (!llvm::all_of(getBody().getArguments(), isRealScalar)) // (C1)
    return emitOpError("takes real scalars");
  return success();
}

LogicalResult InsertOp::verify() {
  Type open = UnrankedTensorType::get(Float32Type::get(getContext()));
  Block &body = getBody().front();
  auto yield = dyn_cast<YieldOp>(body.back());
  if (body.getArgumentTypes() != TypeRange(open) || !yield ||
      yield->getOperandTypes() != TypeRange(open)) // (C1)
    return emitOpError("needs one argument and one value to yield, of type ") << open;
  if (getWhere() == Where::Instead && (getWhich() == Which::Named || getTarget() == "block")) // (C2)
    return emitOpError("stands in the place of layers, residuals and choices, not of blocks");
  if (getWhere() == Where::OnWeights && (getWhich() == Which::Named || getTarget() == "block")) // (C3)
    return emitOpError("stands on the weights of layers, not of blocks");
  return success();
}

/// The arguments of a program for one example: image, class, rows and stream, and scalars.
static LogicalResult verifyGiven(Operation *op, Block &body, size_t scalars) {
  if (body.getNumArguments() != 4 + scalars)
    return op->emitOpError("needs arguments for image, class, rows, stream and ") << scalars << " scalars";
  MLIRContext *context = op->getContext();
  SmallVector<Type> given{wholeType(context, 32), wholeType(context, 32, {2}), wholeType(context, 64)};
  bool fit = llvm::all_of(body.getArguments().drop_front(4), [&](Value value) {
    return isRealScalar(value) || value.getType() == wholeType(context, 32);
  });
  if (isExample(body.getArgument(0).getType()) &&
      llvm::equal(ValueRange(body.getArguments().slice(1, 3)).getTypes(), given) && fit)
    return success();
  return op->emitOpError(
      "takes a real image of fixed shape, tensor<i32>, tensor<2xi32>, tensor<i64> and scalars");
}

static LogicalResult verifyYield(Operation *op, Block &body, Type type, StringRef what) {
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (yield && yield->getOperandTypes() == TypeRange(type))
    return success();
  return op->emitOpError("must yield ") << what;
}

LogicalResult AttackOp::verify() {
  Block &body = getBody().front();
  if (failed(verifyGiven(*this, body, getScalars().size()))) // (C1)
    return failure();
  return verifyYield(*this, body, body.getArgument(0).getType(), // (C2)
                     "a finished example of the clean one's type");
}

LogicalResult LossOp::verify() {
  Block &body = getBody().front();
  if (failed(verifyGiven(*this, body, getScalars().size()))) // (C1)
    return failure();
  return verifyYield(*this, body, realType(getContext()), "one number, tensor<f32>"); // (C2)
}

/// That a program takes images of this type and has these scalars.
template <typename Program>
static LogicalResult verifyCall(Operation *op, Program program, FlatSymbolRefAttr symbol, ValueRange scalars,
                                StringRef kind) {
  if (!program)
    return op->emitOpError("there is no ") << kind << " " << symbol;
  if (!llvm::equal(ValueRange(program.getBody().getArguments().drop_front(4)).getTypes(), scalars.getTypes()))
    return op->emitOpError("does not give ") << symbol << " its scalars";
  return success();
}

/// That a program takes examples of the network and asks it for its logits.
static LogicalResult verifyOn(Operation *op, Operation *program, Block &body, NetworkOp network) {
  Type example = network.getBody().getArgument(0).getType();
  Type logits = realType(network.getContext(), {static_cast<int64_t>(network.getClasses())});
  bool fits = body.getArgument(0).getType() == example;
  program->walk([&](ModelOp model) {
    fits &= model.getInput().getType() == example && model.getLogits().getType() == logits;
  });
  if (fits)
    return success();
  return op->emitOpError() << program->getName().stripDialect() << " " << SymbolTable::getSymbolName(program)
                           << " is none for examples and classes of network " << network.getSymNameAttr();
}

LogicalResult TrainAgainstOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto attack = symbols.lookupNearestSymbolFrom<AttackOp>(*this, getAttackAttr());
  if (failed(verifyCall(*this, attack, getAttackAttr(), getScalars(), "attack"))) // (C1)
    return failure();
  auto network = (*this)->getParentOfType<NetworkOp>();
  return network ? verifyAttackOn(*this, attack, network) : success();
}

LogicalResult TrainByOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto loss = symbols.lookupNearestSymbolFrom<LossOp>(*this, getLossAttr());
  if (failed(verifyCall(*this, loss, getLossAttr(), getScalars(), "loss"))) // (C1)
    return failure();
  auto network = (*this)->getParentOfType<NetworkOp>();
  return network ? verifyOn(*this, loss, loss.getBody().front(), network) : success();
}

LogicalResult AttackedOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto attack = symbols.lookupNearestSymbolFrom<AttackOp>((*this)->getParentOp(), getAttackAttr());
  if (failed(verifyCall(*this, attack, getAttackAttr(), getScalars(), "attack"))) // (C1)
    return failure();
  if (attack.getBody().getArgument(0).getType() != getImage().getType())
    return emitOpError("attack ") << getAttackAttr() << " is none for images of type "
                                  << getImage().getType();
  return success();
}

/// That what a training names, if anything, is such a program without scalars for the network.
template <typename Program>
static LogicalResult verifyNamed(Operation *op, FlatSymbolRefAttr symbol, NetworkOp network,
                                 SymbolTableCollection &symbols, StringRef kind) {
  if (!symbol)
    return success();
  auto program = symbols.lookupNearestSymbolFrom<Program>(op, symbol);
  if (failed(verifyCall(op, program, symbol, ValueRange(), kind)))
    return failure();
  return verifyOn(op, program, program.getBody().front(), network);
}

LogicalResult switchyard::swy::verifyLoss(Operation *op, FlatSymbolRefAttr loss, NetworkOp network,
                                          SymbolTableCollection &symbols) {
  return verifyNamed<LossOp>(op, loss, network, symbols, "loss");
}

LogicalResult switchyard::swy::verifyValidation(Operation *op, FlatSymbolRefAttr against, NetworkOp network,
                                                SymbolTableCollection &symbols) {
  return verifyNamed<AttackOp>(op, against, network, symbols, "attack");
}

LogicalResult switchyard::swy::verifyAttackOn(Operation *op, AttackOp attack, NetworkOp network) {
  return verifyOn(op, attack, attack.getBody().front(), network);
}

LogicalResult switchyard::swy::verifyScalars(Operation *op, ArrayAttr scalars, DictionaryAttr values,
                                             const llvm::Twine &of) {
  for (auto scalar : scalars.getAsRange<StringAttr>())
    if (!values.contains(scalar))
      return op->emitOpError(of) << " has no value for " << scalar;
  return success();
}

//===----------------------------------------------------------------------===//
// Experiments
//===----------------------------------------------------------------------===//

LogicalResult ExperimentOp::verify() {
  for (Operation &op : getBody().front())
    if (!isa<DefendWithOp, AttackWithOp, WorstOfOp, GradientsOp>(op)) // (C4)
      return op.emitError("is no item of an experiment");
  bool attacks = !getBody().getOps<AttackWithOp>().empty() || !getBody().getOps<WorstOfOp>().empty();
  if (attacks && !getPairs()) // (C2)
    return emitOpError("attacks something, but says no pairs");
  if (getOwnCorrect() && !(getPairs() && getPairs()->getCorrectOnly())) // (C10)
    return emitOpError("says whose answers choose among images, but takes all of them");
  int64_t defenses = countDefenses();
  bool known = getReport().getBaseline() >= -1 && getReport().getBaseline() < defenses;
  for (ContrastAttr pair : getReport().getComparisons())
    known &= pair.getFirst() < defenses && pair.getSecond() < defenses;
  if (!known) // (C3)
    return emitOpError("reports on a defense that is none of its ") << defenses;
  return success();
}

StringRef ExperimentOp::titleWith(NetworkOp network) {
  return getSettingAttr() ? getSettingAttr().getTitle() : network.getDeclaredName();
}

LogicalResult JointShowOp::verifySymbolUses(SymbolTableCollection &symbols) {
  for (auto name : getExperiments().getAsRange<FlatSymbolRefAttr>()) { // (C1)
    auto experiment = symbols.lookupNearestSymbolFrom<ExperimentOp>(*this, name);
    if (!experiment || experiment.getPartOfAttr())
      return emitOpError("there is no experiment ") << name;
  }
  return success();
}

int64_t ExperimentOp::countDefenses() {
  return llvm::range_size(getBody().getOps<DefendWithOp>());
}

LogicalResult ExperimentOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (getPartOfAttr()) { // (C9)
    auto whole = symbols.lookupNearestSymbolFrom<ExperimentOp>(*this, getPartOfAttr());
    if (!whole || !whole.getSettingAttr() || whole.getPartOfAttr() || !getSettingAttr())
      return emitOpError("is no setting of an experiment ") << getPartOfAttr() << " with settings";
  }
  auto network = symbols.lookupNearestSymbolFrom<NetworkOp>(*this, getNetworkAttr());
  if (!network) // (C1)
    return emitOpError("there is no network ") << getNetworkAttr();
  auto example = cast<RankedTensorType>(network.getBody().getArgument(0).getType());
  if (example.getShape() != getDataset().getInput() ||
      static_cast<int64_t>(network.getClasses()) != getDataset().getClasses())
    return emitOpError("network ") << getNetworkAttr() << " is none for images and classes of the data set";
  if (failed(verifyTraining(*this, getTraining(), symbols))) // (C5)
    return failure();
  if (failed(verifyAugmentation(*this, getAugmentationAttr(), network, symbols))) // (C6)
    return failure();
  if (failed(verifyLoss(*this, getLossAttr(), network, symbols))) // (C7)
    return failure();
  return verifyValidation(*this, getValidatedAgainstAttr(), network, symbols); // (C8)
}

LogicalResult FinishedOp::verify() {
  if (isBall(getNorm()) != static_cast<bool>(getRadius())) // (C1)
    return emitOpError("needs a radius for a norm, and only for one");
  return success();
}

LogicalResult DefendWithOp::verify() {
  if (getDefenses().empty() || getDefenses().size() != getArguments().size()) // (C1)
    return emitOpError("needs defenses and arguments for each, got ")
           << getArguments().size() << " for " << getDefenses().size();
  std::vector<DefendWithOp> members = choices();
  if (members.empty() && getMembers().empty())
    return success();
  bool simple = llvm::all_of(members, [](DefendWithOp member) { return member.getMembers().empty(); });
  if (members.size() < 2 || !simple) // (C4)
    return emitOpError("is a choice of two defenses or more, none a choice itself");
  return verifyChances(*this, getChances(), static_cast<int64_t>(members.size())); // (C4)
}

std::vector<DefendWithOp> DefendWithOp::choices() {
  if (getMembers().empty())
    return {};
  auto members = getMembers().front().getOps<DefendWithOp>();
  return {members.begin(), members.end()};
}

StringRef DefendWithOp::protectedNetwork() {
  auto transfer = (*this)->getParentOfType<GradientsOp>();
  return transfer ? *transfer.getOf() : (*this)->getParentOfType<ExperimentOp>().getNetwork();
}

/// How many scalars the network of a use has.
static size_t scalarsOf(DefendWithOp use, SymbolTableCollection &symbols) {
  size_t scalars = 0;
  for (auto symbol : use.getDefenses().getAsRange<FlatSymbolRefAttr>())
    if (auto defense = symbols.lookupNearestSymbolFrom<DefenseOp>(use, symbol))
      scalars += defense.getScalars().size();
  for (DefendWithOp member : use.choices())
    scalars += scalarsOf(member, symbols);
  return scalars;
}

LogicalResult DefendWithOp::verifySymbolUses(SymbolTableCollection &symbols) {
  size_t scalars = scalarsOf(*this, symbols);
  for (auto [symbol, arguments] : llvm::zip(getDefenses().getAsRange<FlatSymbolRefAttr>(),
                                            getArguments().getAsRange<DictionaryAttr>())) {
    auto defense = symbols.lookupNearestSymbolFrom<DefenseOp>(*this, symbol);
    if (!defense) // (C2)
      return emitOpError("there is no defense ") << symbol;
    if (failed(verifyScalars(*this, defense.getScalars(), arguments, "`" + getLabel() + "`")))
      return failure();
  }
  if (!getNetworkAttr())
    return success();
  auto network = symbols.lookupNearestSymbolFrom<NetworkOp>(*this, getNetworkAttr());
  if (!network || network.getScalars().size() != scalars) // (C3)
    return emitOpError("there is no network ") << getNetworkAttr() << " with " << scalars << " scalars";
  return success();
}

LogicalResult WorstOfOp::verify() {
  Block &body = getMembers().front();
  if (body.empty()) // (C1)
    return emitOpError("holds no attack");
  for (Operation &op : body) { // (C1)
    auto attack = dyn_cast<AttackWithOp>(op);
    if (!attack || !attack.getAxes().empty())
      return emitOpError("holds attacks without axes, and nothing else");
  }
  return success();
}

LogicalResult AttackWithOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto attack = symbols.lookupNearestSymbolFrom<AttackOp>(*this, getAttackAttr());
  if (!attack) // (C1)
    return emitOpError("there is no attack ") << getAttackAttr();
  if (failed(verifyScalars(*this, attack.getScalars(), getArguments(), "`" + getLabel() + "`")))
    return failure();
  auto experiment = (*this)->getParentOfType<ExperimentOp>();
  auto network = symbols.lookupNearestSymbolFrom<NetworkOp>(*this, experiment.getNetworkAttr());
  return network ? verifyAttackOn(*this, attack, network) : success(); // else the experiment's error
}

LogicalResult GradientsOp::verify() {
  auto draws = static_cast<int64_t>(getDraws());
  if (!hasDraws(getEstimator(), draws)) // (C1)
    return emitOpError() << stringifyEstimator(getEstimator()) << " has no " << draws << " draws";
  int64_t source = static_cast<int64_t>(getSource()),
          defenses = (*this)->getParentOfType<ExperimentOp>().countDefenses();
  bool transfer = getEstimator() == Estimator::Transfer;
  bool isModel = getOf() && transfer && !getModel().empty() && llvm::hasSingleElement(getModel().front()) &&
                 isa<DefendWithOp>(getModel().front().front());
  if (getOf() ? !isModel : !getModel().empty()) // (C3)
    return emitOpError("a transfer, and nothing else, has one model of a network");
  if (transfer && !getOf() ? source < 0 || source >= defenses : source != -1) // (C2)
    return emitOpError("a transfer, and nothing else, has a source among the ")
           << defenses << " defenses, got " << source;
  return success();
}

LogicalResult GradientsOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (!getOfAttr())
    return success();
  auto network = symbols.lookupNearestSymbolFrom<NetworkOp>(*this, getOfAttr());
  auto own = symbols.lookupNearestSymbolFrom<NetworkOp>(
      *this, (*this)->getParentOfType<ExperimentOp>().getNetworkAttr());
  if (!network) // (C4)
    return emitOpError("there is no network ") << getOfAttr();
  auto same = [&](auto of) { return !own || of(network) == of(own); };
  if (!same([](NetworkOp one) { return one.getBody().getArgument(0).getType(); }) ||
      !same([](NetworkOp one) { return one.getClasses(); })) // (C4)
    return emitOpError("network ") << getOfAttr() << " is none for images and classes of the experiment's";
  return success();
}

DefendWithOp GradientsOp::otherModel() {
  return getOf() ? cast<DefendWithOp>(getModel().front().front()) : DefendWithOp();
}
