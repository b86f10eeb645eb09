// How layers become program-level operations, and what their interface answers by the table of
// dialect/layers/.
#include "dialect/layers/Layers.h"
#include "dialect/Experiment.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
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
    else if (auto count = layer->getAttrOfType<IntegerAttr>(parameter.name))
      value.count = count.getInt();
    else
      value.count = result[parameter.byDefault.c_str()].count;
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
                      one.isStatistic, one.places, one.isFactor});
  return result;
}

bool switchyard::swy::isOnWeights(Operation *element) {
  return element->getParentOfType<LayerOpInterface>() != nullptr;
}

KeptParameter switchyard::swy::factorsOf(LayerOpInterface layer) {
  for (KeptParameter &one : layer.getParameters())
    if (one.isFactor)
      return one;
  llvm_unreachable("a layer that takes a chain on its weights has some");
}

bool switchyard::swy::layerActs(Operation *layer, bool training) {
  auto when = layer->getAttrOfType<WhenAttr>(whenAttribute);
  return !when || when.getValue() == When::Always ||
         when.getValue() == (training ? When::Training : When::Inference);
}

bool switchyard::swy::layerDraws(Operation *layer, bool training) {
  return layerActs(layer, training) && switchyard::drawsIn(argumentsOf(layer), training);
}

bool switchyard::swy::mayStandOnWeights(LayerOpInterface layer) {
  return isa<ProgramLayerOp>(layer) || takesAnything(*findLayer(layer.getKind().str()));
}

Value switchyard::swy::createLayer(OpBuilder &builder, Location loc, const LayerKind &kind, Type type,
                                   Value input, ArrayRef<OpFoldResult> arguments, StringRef path) {
  OperationState state(loc, ("swy." + kind.name + "_layer"));
  SmallVector<int32_t> segments{1};
  state.addOperands(input);
  for (auto [parameter, argument] : llvm::zip_equal(kind.parameters, arguments)) {
    if (!parameter.isReal()) {
      auto attribute = cast<Attribute>(argument);
      if (attribute != state.attributes.get(parameter.byDefault)) // as large as another one is not said
        state.addAttribute(parameter.name, attribute);
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
  if (state.name.hasTrait<OpTrait::OneRegion>()) // nothing stands on its weights
    state.addRegion();
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

/// Of a number of groups: where all is one there is no attribute.
static IntegerAttr unlessOne(OpBuilder &builder, int64_t groups) {
  return groups == 1 ? IntegerAttr() : builder.getI64IntegerAttr(groups);
}

Value ConvLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  return Conv2dOp::create(builder, getLoc(), typeFor(*this, input), input, how.parameter(path + "/weights"),
                          getBias() ? how.parameter(path + "/bias") : Value(), how.channel, getStride(),
                          getPadding(), unlessOne(builder, getGroups()), /*relu=*/false);
}

Value DepthwiseConvLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  RankedTensorType type = typeFor(*this, input);
  return Conv2dOp::create(builder, getLoc(), type, input, how.parameter(path + "/weights"),
                          getBias() ? how.parameter(path + "/bias") : Value(), how.channel, getStride(),
                          getPadding(), unlessOne(builder, type.getDimSize(0)), /*relu=*/false);
}

Value LocalConvLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  Value sums = LocalConvOp::create(builder, getLoc(), typeFor(*this, input), input,
                                   how.own(builder, getLoc(), path + "/weights"), getStride(), getPadding());
  return getBias() ? AddOp::create(builder, getLoc(), sums, how.own(builder, getLoc(), path + "/bias"))
                   : sums;
}

/// What a dense layer without bias adds; the lowering leaves it out.
static Value noBias(OpBuilder &builder, Location loc, Value weights) {
  RankedTensorType type = typeOf(weights); // [channels,] units, inputs
  auto bias = RankedTensorType::get(type.getShape().drop_back(), type.getElementType());
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(bias, 0.0f));
}

Value DenseLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  Value weights = how.parameter(path + "/weights");
  Value bias = getBias() ? how.parameter(path + "/bias") : noBias(builder, getLoc(), weights);
  return DenseOp::create(builder, getLoc(), typeFor(*this, input), input, weights, bias, how.channel,
                         /*relu=*/false);
}

//===----------------------------------------------------------------------===//
// Layers without weights
//===----------------------------------------------------------------------===//

// What a pooling's operation leaves out is as by default.
template <typename PoolLayer> static IntegerAttr unlessSize(PoolLayer layer) {
  return layer.getStrideAttr() == layer.getSizeAttr() ? IntegerAttr() : layer.getStrideAttr();
}
template <typename PoolLayer> static IntegerAttr unlessNone(PoolLayer layer) {
  return layer.getPadding() == 0 ? IntegerAttr() : layer.getPaddingAttr();
}

Value MaxPoolLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  RankedTensorType type = typeFor(*this, input);
  return MaxPoolOp::create(builder, getLoc(), type, type.clone(builder.getI8Type()), input, getSizeAttr(),
                           unlessSize(*this), unlessNone(*this))
      .getResult();
}

Value AvgPoolLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  return AvgPoolOp::create(builder, getLoc(), typeFor(*this, input), input, getSizeAttr(), unlessSize(*this),
                           unlessNone(*this));
}

/// Rows first, then columns: what stays as it is needs no step.
Value ResizeLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  const int64_t sizes[] = {static_cast<int64_t>(getRows()), static_cast<int64_t>(getColumns())};
  for (int64_t along : {0, 1}) {
    RankedTensorType type = typeOf(input);
    SmallVector<int64_t> shape(type.getShape());
    int64_t &size = shape[shape.size() - 2 + static_cast<size_t>(along)];
    if (size == sizes[along])
      continue;
    size = sizes[along];
    input = ResizeOp::create(builder, getLoc(), type.clone(shape), input, along, getNearest());
  }
  return input;
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
