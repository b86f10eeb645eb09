// Layers as programs: their verifiers, and how one lands in a network, where its tensors have sizes.
#include "dialect/Experiment.h"
#include "dialect/layers/Layers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace switchyard::swy;

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

LogicalResult LayerProgramOp::verify() {
  MLIRContext *context = getContext();
  Type open = UnrankedTensorType::get(Float32Type::get(context));
  Type real = RankedTensorType::get({}, Float32Type::get(context));
  auto whole = [&](unsigned bits, ArrayRef<int64_t> shape = {}) -> Type {
    return RankedTensorType::get(shape, IntegerType::get(context, bits));
  };
  SmallVector<Type> given{open, whole(32, {2}), whole(64), whole(32)};
  given.append(getScalars().size(), real);
  Block &body = getBody().front();
  if (body.getArgumentTypes() != TypeRange(given)) // (C1)
    return emitOpError("needs arguments of types ") << given;
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (!yield || yield->getOperandTypes() != TypeRange(open)) // (C2)
    return emitOpError("must yield one value of type ") << open;
  for (Operation &op : body)
    if (op.getNumRegions() > 0) // (C3)
      return op.emitOpError("has a region, in a layer's program");
  return success();
}

bool LayerProgramOp::draws() {
  return llvm::any_of(getBody().front(), [](Operation &op) { return isa<DrawOpInterface>(op); });
}

/// Of an image all but one row, column or pixel, or all but a channel: what the shape of weights, [out, in,
/// ...], has as well is the first dimension.
static bool isByFirst(ArrayRef<int64_t> shared) {
  return shared == ArrayRef<int64_t>{1, 2};
}

StringRef LayerProgramOp::asksForPixels() {
  for (Operation &op : getBody().front()) {
    auto size = dyn_cast<SizeOp>(op);
    auto shared = op.getAttrOfType<DenseI64ArrayAttr>("shared");
    if (isa<SortGroupsOp>(op))
      return "groups of channels or units";
    if (isa<IotaOp, SampleOp>(op) || (size && size.getAlong().value_or(0) > 0))
      return "rows or columns";
    if (shared && !shared.empty() && !isByFirst(shared))
      return "draws for rows, columns or pixels";
  }
  return "";
}

bool LayerProgramOp::asksForImage() {
  return llvm::any_of(getBody().front(), [](Operation &op) {
    auto size = dyn_cast<SizeOp>(op);
    auto shared = op.getAttrOfType<DenseI64ArrayAttr>("shared");
    auto trained = dyn_cast<TrainedOp>(op);
    return isa<IotaOp, SampleOp>(op) || (size && size.getAlong()) || (shared && !shared.empty()) ||
           (trained && trained.getEach() == Each::Channel);
  });
}

LogicalResult TrainedOp::verify() {
  if (isOpen(getResult().getType()) == (getEach() == Each::Layer) || // (C1)
      (getEach() == Each::Layer && getResult().getType() != getStart().getType()))
    return emitOpError("each ") << stringifyEach(getEach()) << " gives no " << getResult().getType();
  return success();
}

//===----------------------------------------------------------------------===//
// In a network
//===----------------------------------------------------------------------===//

static LayerProgramOp programOf(ProgramLayerOp layer) {
  return SymbolTable::lookupNearestSymbolFrom<LayerProgramOp>(layer, layer.getProgramAttr());
}

LogicalResult ProgramLayerOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto program = symbols.lookupNearestSymbolFrom<LayerProgramOp>(*this, getProgramAttr());
  if (!program) // (C1)
    return emitOpError("there is no layer program ") << getProgramAttr();
  if (program.getScalars().size() != getScalars().size()) // (C2)
    return emitOpError("does not give ") << getProgramAttr() << " its scalars";
  return success();
}

StringRef ProgramLayerOp::getKind() {
  LayerProgramOp program = programOf(*this);
  return program ? program.getDeclaredName() : getProgram();
}

FailureOr<RankedTensorType> ProgramLayerOp::inferType(RankedTensorType input) {
  LayerProgramOp program = programOf(*this);
  if (!program)
    return input;
  for (auto groups : program.getBody().front().getOps<SortGroupsOp>())
    if (std::string error = switchyard::groupsError(input.getShape().vec(), groups.getSize()); !error.empty())
      return emitError() << "layer `" << getKind() << "` " << error;
  if (isOnWeights(*this)) {
    StringRef asked = program.asksForPixels();
    if (!asked.empty())
      return emitError() << "layer `" << getKind() << "` stands on weights and asks for " << asked
                         << ": weights have channels, which are their outputs, and elements";
    return input;
  }
  if (!program.asksForImage() || input.getRank() == 3)
    return input;
  InFlightDiagnostic error = emitError() << "layer `" << getKind()
                                         << "` takes an image (channels x height x width), got ";
  llvm::interleave(input.getShape(), error, "x");
  return error;
}

/// A value of one operation and those that it is computed by, cloned; `scalar` gives what begins them.
static Value cloneNumber(OpBuilder &builder, Value value, function_ref<Value(Value)> scalar) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return scalar(value);
  IRMapping values;
  for (Value operand : op->getOperands())
    values.map(operand, cloneNumber(builder, operand, scalar));
  return builder.clone(*op, values)->getResult(cast<OpResult>(value).getResultNumber());
}

/// The type of a layer's trained value for an input.
static RankedTensorType keptType(TrainedOp trained, RankedTensorType input) {
  ArrayRef<int64_t> shape = input.getShape();
  return input.clone(trained.getEach() == Each::Element   ? shape
                     : trained.getEach() == Each::Channel ? shape.take_front(1)
                                                          : ArrayRef<int64_t>());
}

LayerParameters ProgramLayerOp::getParameters() {
  LayerProgramOp program = programOf(*this);
  LayerParameters parameters;
  if (!program)
    return parameters;
  auto input = cast<RankedTensorType>(getInput().getType());
  for (auto trained : program.getBody().front().getOps<TrainedOp>()) {
    KeptParameter kept{(getPath() + "/" + trained.getName()).str(), keptType(trained, input), std::nullopt};
    kept.computed = [layer = *this, trained](OpBuilder &builder, function_ref<Value(Value)> scalar) mutable {
      return cloneNumber(builder, trained.getStart(), [&](Value own) {
        unsigned number = cast<BlockArgument>(own).getArgNumber();
        return cloneNumber(builder, layer.getScalars()[number - 4], scalar);
      });
    };
    parameters.push_back(std::move(kept));
  }
  return parameters;
}

bool ProgramLayerOp::actsIn(bool training) {
  return getWhen() == When::Always || getWhen() == (training ? When::Training : When::Inference);
}

bool ProgramLayerOp::drawsIn(bool training) {
  LayerProgramOp program = programOf(*this);
  return actsIn(training) && program && program.draws();
}

/// A program's type for an input of `example`'s type.
static Type landed(Type type, RankedTensorType example) {
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return type;
  if (isOpen(tensor))
    return example.clone(tensor.getElementType());
  if (!tensor.hasStaticShape())
    return RankedTensorType::get({example.getNumElements()}, tensor.getElementType());
  return tensor;
}

/// A parameter of the layer where its value stands in the program.
static Value keptValue(OpBuilder &builder, TrainedOp trained, StringRef path, RankedTensorType example,
                       const Instantiation &how) {
  Location loc = trained.getLoc();
  Value own = how.own(builder, loc, (path + "/" + trained.getName()).str());
  if (trained.getEach() != Each::Channel)
    return own;
  if (how.onWeights) // which no example has of its own
    return BroadcastOp::create(builder, loc, example, own);
  Value each = ForExamplesOp::create(builder, loc, own.getType(), own);
  return BroadcastOp::create(builder, loc, example, each);
}

static Value sizeConstant(OpBuilder &builder, SizeOp size, RankedTensorType example) {
  int64_t number = size.getAlong() ? example.getDimSize(*size.getAlong()) : example.getNumElements();
  auto type = cast<RankedTensorType>(size.getResult().getType());
  return arith::ConstantOp::create(builder, size.getLoc(),
                                   DenseElementsAttr::get(type, static_cast<int32_t>(number)));
}

void switchyard::swy::inlineOpen(OpBuilder &builder, Block &body, IRMapping &values, RankedTensorType shape,
                                 llvm::function_ref<Value(Operation &)> own,
                                 llvm::function_ref<void(Operation *)> cloned) {
  for (Operation &op : body.without_terminator()) {
    auto size = dyn_cast<SizeOp>(op);
    if (Value value = size ? sizeConstant(builder, size, shape) : own ? own(op) : Value()) {
      values.map(op.getResult(0), value);
      continue;
    }
    Operation *copy = builder.clone(op, values);
    for (Value result : copy->getResults())
      result.setType(landed(result.getType(), shape));
    if (cloned)
      cloned(copy);
  }
}

/// Channels are those of the first dimension, and numbers that become a tensor are no example's.
static void settleOnWeights(Operation *copy, int64_t rank) {
  if (auto shared = copy->getAttrOfType<DenseI64ArrayAttr>("shared"); shared && isByFirst(shared))
    copy->setAttr(
        "shared",
        Builder(copy->getContext()).getDenseI64ArrayAttr(llvm::to_vector(llvm::seq<int64_t>(1, rank))));
  if (isa<BroadcastOp>(copy))
    copy->setAttr(forWeightsAttribute, UnitAttr::get(copy->getContext()));
}

Value ProgramLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  LayerProgramOp program = programOf(*this);
  if (how.mode == Instantiation::Mode::RandomnessOff && program.draws())
    return input;
  auto example = cast<RankedTensorType>(input.getType());
  Block &body = program.getBody().front();
  IRMapping values;
  values.map(body.getArguments().take_front(4), ValueRange{input, how.rows, how.stream, how.pass});
  values.map(body.getArguments().drop_front(4), getScalars());
  auto kept = [&](Operation &op) {
    auto trained = dyn_cast<TrainedOp>(op);
    return trained ? keptValue(builder, trained, getPath(), example, how) : Value();
  };
  auto number = [&](Operation *copy) {
    if (auto site = copy->getAttrOfType<SiteAttr>("site"))
      copy->setAttr("site", SiteAttr::get(getContext(), Owner::Model, getPath(), site.getNumber()));
    if (how.onWeights)
      settleOnWeights(copy, example.getRank());
  };
  inlineOpen(builder, body, values, example, kept, number);
  return values.lookup(body.back().getOperand(0));
}
