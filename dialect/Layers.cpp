// The layers of the language: the type each gives, its parameters, whether it draws, and how it becomes
// program-level operations. A new layer is one operation in ExperimentOps.td and its part here.
#include "dialect/Dialect.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace switchyard::swy;

using Parameters = SmallVector<std::pair<std::string, RankedTensorType>>;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Fails with an error at the layer unless its input has `rank` dimensions.
static LogicalResult expectRank(Operation *layer, StringRef kind, RankedTensorType input, int64_t rank) {
  if (input.getRank() == rank)
    return success();
  return layer->emitError() << kind << " expects "
                            << (rank == 3 ? "an image (channels x height x width)"
                                          : "a flat input (put flatten before it)")
                            << ", got " << input.getRank() << " dimensions";
}

//===----------------------------------------------------------------------===//
// Layers with parameters
//===----------------------------------------------------------------------===//

Parameters ConvLayerOp::getParameters() {
  int64_t channels = getChannels(), kernel = getKernel();
  Type f32 = Float32Type::get(getContext());
  std::string path = getPath().str();
  int64_t inputs = typeOf(getInput()).getDimSize(0);
  return {{path + "/weights", RankedTensorType::get({channels, inputs, kernel, kernel}, f32)},
          {path + "/bias", RankedTensorType::get({channels}, f32)}};
}

FailureOr<RankedTensorType> ConvLayerOp::inferType(RankedTensorType input) {
  if (failed(expectRank(*this, "conv", input, 3)))
    return failure();
  int64_t kernel = getKernel(), padding = getPadding(), stride = getStride();
  int64_t height = input.getDimSize(1) + 2 * padding - kernel,
          width = input.getDimSize(2) + 2 * padding - kernel;
  if (height < 0 || width < 0)
    return emitError() << "conv with a " << kernel << "x" << kernel << " kernel does not fit an input of "
                       << input.getDimSize(1) << "x" << input.getDimSize(2);
  return RankedTensorType::get({static_cast<int64_t>(getChannels()), height / stride + 1, width / stride + 1},
                               input.getElementType());
}

Value ConvLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  return Conv2dOp::create(builder, getLoc(), *inferType(typeOf(input)), input,
                          how.parameter(path + "/weights"), how.parameter(path + "/bias"), how.channel,
                          getStride(), getPadding(), /*relu=*/false);
}

Parameters DenseLayerOp::getParameters() {
  Type f32 = Float32Type::get(getContext());
  int64_t units = getUnits();
  std::string path = getPath().str();
  return {{path + "/weights", RankedTensorType::get({units, typeOf(getInput()).getDimSize(0)}, f32)},
          {path + "/bias", RankedTensorType::get({units}, f32)}};
}

FailureOr<RankedTensorType> DenseLayerOp::inferType(RankedTensorType input) {
  if (failed(expectRank(*this, "dense", input, 1)))
    return failure();
  return RankedTensorType::get({static_cast<int64_t>(getUnits())}, input.getElementType());
}

Value DenseLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  return DenseOp::create(builder, getLoc(), *inferType(typeOf(input)), input,
                         how.parameter(path + "/weights"), how.parameter(path + "/bias"), how.channel,
                         /*relu=*/false);
}

//===----------------------------------------------------------------------===//
// Layers without parameters
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType> ReluLayerOp::inferType(RankedTensorType input) {
  return input;
}
Value ReluLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  return ReluOp::create(builder, getLoc(), input);
}

FailureOr<RankedTensorType> TanhLayerOp::inferType(RankedTensorType input) {
  return input;
}
Value TanhLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  return TanhOp::create(builder, getLoc(), input);
}

FailureOr<RankedTensorType> FlattenLayerOp::inferType(RankedTensorType input) {
  return RankedTensorType::get({input.getNumElements()}, input.getElementType());
}
Value FlattenLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  return ReshapeOp::create(builder, getLoc(), *inferType(typeOf(input)), input);
}

FailureOr<RankedTensorType> MaxPoolLayerOp::inferType(RankedTensorType input) {
  if (failed(expectRank(*this, "max_pool", input, 3)))
    return failure();
  int64_t size = getSize(), height = input.getDimSize(1) / size, width = input.getDimSize(2) / size;
  if (height == 0 || width == 0)
    return emitError() << "max_pool of size " << size << " does not fit an input of " << input.getDimSize(1)
                       << "x" << input.getDimSize(2);
  return RankedTensorType::get({input.getDimSize(0), height, width}, input.getElementType());
}
Value MaxPoolLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  RankedTensorType type = *inferType(typeOf(input));
  return MaxPoolOp::create(builder, getLoc(), type, type.clone(builder.getI8Type()), input, getSize())
      .getResult();
}

//===----------------------------------------------------------------------===//
// Random layers
//===----------------------------------------------------------------------===//

/// A rate that is absent or the constant zero draws nothing.
static bool isZero(Value rate) {
  DenseFPElementsAttr dense;
  return !rate || (matchPattern(rate, m_Constant(&dense)) && dense.isSplat() &&
                   dense.getSplatValue<APFloat>().isZero());
}

static SiteAttr siteOf(LayerOpInterface layer) {
  return SiteAttr::get(layer.getContext(), layer.getPath());
}

FailureOr<RankedTensorType> DropoutLayerOp::inferType(RankedTensorType input) {
  return input;
}
bool DropoutLayerOp::drawsIn(bool training) {
  return !isZero(training ? getTraining() : getInference());
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

FailureOr<RankedTensorType> GaussianNoiseLayerOp::inferType(RankedTensorType input) {
  return input;
}
bool GaussianNoiseLayerOp::drawsIn(bool training) {
  return getWhen() == When::Always || getWhen() == (training ? When::Training : When::Inference);
}

/// x + deviation * n, n standard normal.
Value GaussianNoiseLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  if (how.mode == Instantiation::Mode::RandomnessOff || !drawsIn(how.mode == Instantiation::Mode::Training))
    return input;
  Value draw = RandomNormalOp::create(builder, getLoc(), input.getType(), how.stream, how.rows, how.pass,
                                      siteOf(*this));
  return AddOp::create(builder, getLoc(), input, MulOp::create(builder, getLoc(), getDeviation(), draw));
}

FailureOr<RankedTensorType> SapLayerOp::inferType(RankedTensorType input) {
  return input;
}
bool SapLayerOp::drawsIn(bool training) {
  return getWhen() == When::Always || getWhen() == (training ? When::Training : When::Inference);
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
