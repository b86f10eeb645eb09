// How layers become program-level operations, and what their interface answers by the table of
// dialect/layers/.
#include "dialect/layers/Layers.h"
#include "dialect/Experiment.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

//===----------------------------------------------------------------------===//
// By the table
//===----------------------------------------------------------------------===//

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// An operand's number where it is a constant, 0 where the layer has none.
static std::optional<double> known(Value operand) {
  DenseFPElementsAttr dense;
  if (!operand)
    return 0;
  if (matchPattern(operand, m_Constant(&dense)) && dense.isSplat())
    return dense.getSplatValue<APFloat>().convertToDouble();
  return std::nullopt;
}

/// The operands behind the input, null where an optional one is not there.
static SmallVector<Value> realsOf(Operation *layer) {
  SmallVector<Value> reals;
  auto segments = layer->getAttrOfType<DenseI32ArrayAttr>("operandSegmentSizes");
  auto operand = layer->getOperands().begin() + 1;
  for (size_t i = 1; i < (segments ? size_t(segments.size()) : layer->getNumOperands()); ++i)
    reals.push_back(segments && segments[i] == 0 ? Value() : *operand++);
  return reals;
}

static LayerArguments argumentsOf(Operation *layer) {
  LayerArguments result{findLayer(cast<LayerOpInterface>(layer).getKind().str()), {}};
  assert(result.kind && "every layer has a row");
  SmallVector<Value> reals = realsOf(layer);
  auto real = reals.begin();
  for (const LayerParameter &parameter : result.kind->parameters) {
    LayerValue value;
    if (parameter.isReal())
      value.real = known(*real++);
    else if (auto when = layer->getAttrOfType<WhenAttr>(parameter.name))
      value.word = stringifyWhen(when.getValue()).str();
    else if (auto numbers = layer->getAttrOfType<DenseF64ArrayAttr>(parameter.name))
      value.numbers = numbers.asArrayRef().vec();
    else if (auto flag = layer->getAttrOfType<BoolAttr>(parameter.name))
      value.flag = flag.getValue();
    else
      value.count = layer->getAttrOfType<IntegerAttr>(parameter.name).getInt();
    result.values.push_back(std::move(value));
  }
  return result;
}

FailureOr<RankedTensorType> switchyard::swy::inferLayerType(Operation *layer, RankedTensorType input) {
  LayerArguments arguments = argumentsOf(layer);
  InferredShape inferred = inferShape(arguments, input.getShape().vec());
  bool acts = layerActs(layer, true) && layerActs(layer, false);
  if (inferred.error.empty() && !acts && inferred.shape != input.getShape().vec())
    inferred.error = changesInOnePhase;
  if (!inferred.error.empty())
    return layer->emitError() << "layer `" << arguments.kind->name << "` " << inferred.error;
  return RankedTensorType::get(inferred.shape, input.getElementType());
}

RankedTensorType switchyard::swy::typeFor(Operation *layer, Value input) {
  return *inferLayerType(layer, typeOf(input));
}

LayerParameters switchyard::swy::layerParameters(Operation *layer) {
  LayerArguments arguments = argumentsOf(layer);
  std::string path = cast<LayerOpInterface>(layer).getPath().str();
  LayerParameters result;
  for (const LayerWeights &one :
       arguments.kind->weights(typeOf(layer->getOperand(0)).getShape().vec(), arguments))
    result.push_back({path + "/" + one.name,
                      RankedTensorType::get(one.shape, Float32Type::get(layer->getContext())), one.start,
                      one.isStatistic});
  return result;
}

bool switchyard::swy::layerActs(Operation *layer, bool training) {
  auto when = layer->getAttrOfType<WhenAttr>(whenAttribute);
  return !when || when.getValue() == When::Always ||
         when.getValue() == (training ? When::Training : When::Inference);
}

bool switchyard::swy::layerDraws(Operation *layer, bool training) {
  return layerActs(layer, training) && switchyard::drawsIn(argumentsOf(layer), training);
}

Value switchyard::swy::createLayer(OpBuilder &builder, Location loc, const LayerKind &kind, Type type,
                                   Value input, ArrayRef<OpFoldResult> arguments, StringRef path) {
  OperationState state(loc, ("swy." + kind.name + "_layer"));
  SmallVector<int32_t> segments{1};
  state.addOperands(input);
  for (auto [parameter, argument] : llvm::zip_equal(kind.parameters, arguments)) {
    if (!parameter.isReal()) {
      state.addAttribute(parameter.name, cast<Attribute>(argument));
      continue;
    }
    auto value = dyn_cast_if_present<Value>(argument);
    if (value)
      state.addOperands(value);
    segments.push_back(value ? 1 : 0);
  }
  if (state.name.hasTrait<OpTrait::AttrSizedOperandSegments>())
    state.addAttribute("operandSegmentSizes", builder.getDenseI32ArrayAttr(segments));
  state.addAttribute("path", builder.getStringAttr(path));
  state.addTypes(type);
  return builder.create(state)->getResult(0);
}

Value Instantiation::own(OpBuilder &builder, Location loc, StringRef name) const {
  Value value = parameter(name);
  if (!channel)
    return value;
  RankedTensorType stack = typeOf(value);
  auto type = RankedTensorType::get(stack.getShape().drop_front(), stack.getElementType());
  return TakeChannelOp::create(builder, loc, type, value, order);
}

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

Value ConvLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  return Conv2dOp::create(builder, getLoc(), typeFor(*this, input), input, how.parameter(path + "/weights"),
                          getBias() ? how.parameter(path + "/bias") : Value(), how.channel, getStride(),
                          getPadding(), /*relu=*/false);
}

Value DenseLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  return DenseOp::create(builder, getLoc(), typeFor(*this, input), input, how.parameter(path + "/weights"),
                         how.parameter(path + "/bias"), how.channel,
                         /*relu=*/false);
}

//===----------------------------------------------------------------------===//
// Layers without weights
//===----------------------------------------------------------------------===//

Value MaxPoolLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  RankedTensorType type = typeFor(*this, input);
  return MaxPoolOp::create(builder, getLoc(), type, type.clone(builder.getI8Type()), input, getSize())
      .getResult();
}

Value AvgPoolLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  return AvgPoolOp::create(builder, getLoc(), typeFor(*this, input), input, getSize());
}

//===----------------------------------------------------------------------===//
// Random layers
//===----------------------------------------------------------------------===//

static SiteAttr siteOf(LayerOpInterface layer) {
  return SiteAttr::get(layer.getContext(), layer.getPath());
}

/// x * m with m = 1 / (1 - rate) where a uniform draw reaches the rate, else 0.
Value DropoutLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  bool training = how.mode == Instantiation::Mode::Training;
  if (how.mode == Instantiation::Mode::RandomnessOff || !drawsIn(training))
    return input;
  Location loc = getLoc();
  Value rate = training ? getTraining() : getInference();
  Value draw =
      RandomUniformOp::create(builder, loc, input.getType(), how.stream, how.rows, how.pass, siteOf(*this));
  auto maskType = typeOf(input).clone(builder.getI1Type());
  Value keep = CompareOp::create(builder, loc, maskType, Comparison::GreaterEqual, draw, rate);
  Value one = realConstant(builder, loc, 1), zero = realConstant(builder, loc, 0);
  Value scale = DivOp::create(builder, loc, one, SubOp::create(builder, loc, one, rate));
  Value mask = SelectOp::create(builder, loc, input.getType(), keep, scale, zero);
  return MulOp::create(builder, loc, input, mask);
}

/// x + deviation * n, n standard normal.
Value GaussianNoiseLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  if (how.mode == Instantiation::Mode::RandomnessOff || !drawsIn(how.mode == Instantiation::Mode::Training))
    return input;
  Value draw = RandomNormalOp::create(builder, getLoc(), input.getType(), how.stream, how.rows, how.pass,
                                      siteOf(*this));
  return AddOp::create(builder, getLoc(), input, MulOp::create(builder, getLoc(), getDeviation(), draw));
}

/// x / k where a uniform draw is below k = 1 - exp(-N |x| / sum |x|), else 0; all zero stays zero.
Value SapLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  if (how.mode == Instantiation::Mode::RandomnessOff || !drawsIn(how.mode == Instantiation::Mode::Training))
    return input;
  Location loc = getLoc();
  auto real = [&](double value) { return realConstant(builder, loc, value); };
  Value size = AbsOp::create(builder, loc, input), one = real(1);
  Value total = MaxOp::create(builder, loc, ReduceSumOp::create(builder, loc, size, 0), real(1e-30));
  Value draws =
      MulOp::create(builder, loc, getSamples(), real(static_cast<double>(typeOf(input).getNumElements())));
  Value expected = DivOp::create(builder, loc, MulOp::create(builder, loc, draws, size), total);
  Value missed = ExpOp::create(builder, loc, NegOp::create(builder, loc, expected));
  Value keep = SubOp::create(builder, loc, one, missed);
  Value draw =
      RandomUniformOp::create(builder, loc, input.getType(), how.stream, how.rows, how.pass, siteOf(*this));
  Value kept =
      CompareOp::create(builder, loc, typeOf(input).clone(builder.getI1Type()), Comparison::Less, draw, keep);
  Value scaled = DivOp::create(builder, loc, input, AddOp::create(builder, loc, keep, real(1e-8)));
  return SelectOp::create(builder, loc, input.getType(), kept, scaled, real(0));
}
