// Verifiers of the network operations: shapes that must meet. (Cn) as in NetworkOps.td.
#include "dialect/Dialect.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The shape of one channel's parameter: of a stack (with `channel`), what follows the first dimension.
static ArrayRef<int64_t> parameterShape(Value parameter, Value channel) {
  ArrayRef<int64_t> shape = shapeOf(parameter);
  return channel && !shape.empty() ? shape.drop_front() : shape;
}

/// (C2): which channel serves each example of `images`, or where each channel's examples begin.
static LogicalResult verifyChannel(Operation *op, ArrayRef<int64_t> example, Value parameter, Value channel) {
  if (!channel)
    return success();
  ArrayRef<int64_t> shape = shapeOf(channel), stack = shapeOf(parameter);
  bool each = shape == example, offsets = shape.size() == 1 && !stack.empty() && shape[0] == stack[0] + 1;
  if (each || offsets)
    return success();
  return op->emitOpError() << "channel must name one channel for each example or hold " << parameter.getType()
                           << "'s offsets, got " << channel.getType();
}

/// A convolution's four shapes: images in and out with the same leading dimensions, its weights and, where it
/// has one, its bias.
struct Convolution {
  ArrayRef<int64_t> in, weights;
  std::optional<ArrayRef<int64_t>> bias;
  ArrayRef<int64_t> out;
  int64_t stride, padding, groups;

  LogicalResult verify(Operation *op) const {
    if ((in.size() != 3 && in.size() != 4) || in.size() != out.size() || weights.size() != 4)
      return op->emitOpError("needs images [batch,] channels, height, width and weights of four dimensions");
    ArrayRef<int64_t> image = in.take_back(3), result = out.take_back(3);
    if (image[0] != weights[1] * groups)
      return op->emitOpError("weights expect ") << weights[1] * groups << " input channels, got " << image[0];
    if (weights[0] % groups != 0)
      return op->emitOpError("groups do not divide ") << weights[0] << " output channels";
    if (bias && *bias != weights.take_front(1))
      return op->emitOpError("bias must have one element for each of ") << weights[0] << " output channels";
    SmallVector<int64_t> want{weights[0], Windows{weights[2], stride, padding}.along(image[1]),
                              Windows{weights[3], stride, padding}.along(image[2])};
    if (want[1] < 1 || want[2] < 1)
      return op->emitOpError("weights of ")
             << weights[2] << "x" << weights[3] << " do not fit images of " << image[1] << "x" << image[2];
    if (result != ArrayRef<int64_t>(want) || in.drop_back(3) != out.drop_back(3)) // (C1)
      return op->emitOpError("result must be ") << want[0] << "x" << want[1] << "x" << want[2] << ", got "
                                                << result[0] << "x" << result[1] << "x" << result[2];
    return success();
  }
};

LogicalResult Conv2dOp::verify() {
  std::optional<ArrayRef<int64_t>> bias;
  if (getBias())
    bias = parameterShape(getBias(), getChannel());
  Convolution shapes{
      shapeOf(getInput()),  parameterShape(getWeights(), getChannel()), bias,
      shapeOf(getResult()), static_cast<int64_t>(getStride()),          static_cast<int64_t>(getPadding()),
      groupCount()};
  if (failed(shapes.verify(*this)))
    return failure();
  return verifyChannel(*this, shapes.in.drop_back(3), getWeights(), getChannel());
}

void Conv2dOp::setParameters(Value weights, Value bias) {
  getWeightsMutable().assign(weights);
  if (bias)
    getBiasMutable().assign(bias);
}

LogicalResult Conv2dBackwardInputOp::verify() {
  Convolution shapes{shapeOf(getResult()),
                     parameterShape(getWeights(), getChannel()),
                     std::nullopt,
                     shapeOf(getCotangent()),
                     static_cast<int64_t>(getStride()),
                     static_cast<int64_t>(getPadding()),
                     groupCount()};
  if (failed(shapes.verify(*this)))
    return failure();
  return verifyChannel(*this, shapes.in.drop_back(3), getWeights(), getChannel());
}

LogicalResult Conv2dBackwardWeightsOp::verify() {
  Convolution shapes{shapeOf(getInput()),
                     shapeOf(getWeights()),
                     shapeOf(getBias()),
                     shapeOf(getCotangent()),
                     static_cast<int64_t>(getStride()),
                     static_cast<int64_t>(getPadding()),
                     groupCount()};
  return shapes.verify(*this);
}

/// (C1) of a locally connected layer: a convolution whose weights have the places behind their window.
static LogicalResult verifyLocalConv(Operation *op, Value input, Value weights, Value result, int64_t stride,
                                     int64_t padding) {
  ArrayRef<int64_t> in = shapeOf(input), out = shapeOf(result), shape = shapeOf(weights);
  if (in.size() == 4 && shape.size() == 7 && shape[0] == in[0]) // each example's own
    shape = shape.drop_front();
  if (shape.size() != 6)
    return op->emitOpError("needs weights of six dimensions, or such for each example, got ")
           << weights.getType();
  if (failed(Convolution{in, shape.take_front(4), std::nullopt, out, stride, padding, 1}.verify(op)))
    return failure();
  if (shape.take_back(2) != out.take_back(2))
    return op->emitOpError("has weights for ")
           << shape[4] << "x" << shape[5] << " places, but makes " << result.getType();
  return success();
}

LogicalResult LocalConvOp::verify() {
  return verifyLocalConv(*this, getInput(), getWeights(), getResult(), static_cast<int64_t>(getStride()),
                         static_cast<int64_t>(getPadding()));
}
LogicalResult LocalConvBackwardInputOp::verify() {
  return verifyLocalConv(*this, getResult(), getWeights(), getCotangent(), static_cast<int64_t>(getStride()),
                         static_cast<int64_t>(getPadding()));
}
LogicalResult LocalConvBackwardWeightsOp::verify() {
  return verifyLocalConv(*this, getInput(), getResult(), getCotangent(), static_cast<int64_t>(getStride()),
                         static_cast<int64_t>(getPadding()));
}

/// Weights alone may be one for all.
bool LocalConvOp::sharesOperand(unsigned operand) {
  return operand == 1;
}

/// A dense layer's shapes; `bias` where it has one.
static LogicalResult verifyDense(Operation *op, ArrayRef<int64_t> in, ArrayRef<int64_t> weights,
                                 std::optional<ArrayRef<int64_t>> bias, ArrayRef<int64_t> out) {
  if (in.empty() || in.size() > 2 || weights.size() != 2 || in.size() != out.size())
    return op->emitOpError("needs input [batch,] units and weights of two dimensions");
  if (in.back() != weights[1])
    return op->emitOpError("weights expect ") << weights[1] << " inputs, got " << in.back();
  if (out.back() != weights[0] || (bias && *bias != weights.take_front(1)) ||
      in.drop_back() != out.drop_back()) // (C1)
    return op->emitOpError("bias and result must have ") << weights[0] << " units";
  return success();
}

LogicalResult DenseOp::verify() {
  if (failed(verifyDense(*this, shapeOf(getInput()), parameterShape(getWeights(), getChannel()),
                         parameterShape(getBias(), getChannel()), shapeOf(getResult()))))
    return failure();
  return verifyChannel(*this, shapeOf(getInput()).drop_back(), getWeights(), getChannel());
}

void DenseOp::setParameters(Value weights, Value bias) {
  getWeightsMutable().assign(weights);
  getBiasMutable().assign(bias);
}

LogicalResult DenseBackwardInputOp::verify() {
  if (failed(verifyDense(*this, shapeOf(getResult()), parameterShape(getWeights(), getChannel()),
                         std::nullopt, shapeOf(getCotangent()))))
    return failure();
  return verifyChannel(*this, shapeOf(getResult()).drop_back(), getWeights(), getChannel());
}

LogicalResult DenseBackwardWeightsOp::verify() {
  return verifyDense(*this, shapeOf(getInput()), shapeOf(getWeights()), shapeOf(getBias()),
                     shapeOf(getCotangent()));
}

static bool isOfImages(ArrayRef<int64_t> shape) {
  return shape.size() == 3 || shape.size() == 4;
}

/// `which` has the shape of `pooled`.
static LogicalResult verifyPooling(Operation *op, Value input, Value pooled, Value which,
                                   const Windows &windows) {
  ArrayRef<int64_t> in = shapeOf(input), out = shapeOf(pooled);
  if (!isOfImages(in) || in.size() != out.size() || shapeOf(which) != out)
    return op->emitOpError("needs images [batch,] channels, height, width");
  if (2 * windows.padding > windows.size) // (C3)
    return op->emitOpError("padding of ") << windows.padding << " is more than half of " << windows.size;
  SmallVector<int64_t> want(in);
  for (size_t i : {in.size() - 2, in.size() - 1})
    want[i] = windows.along(in[i]);
  if (out != ArrayRef<int64_t>(want)) // (C1)
    return op->emitOpError("windows of ")
           << windows.size << " do not make " << pooled.getType() << " of " << input.getType();
  return success();
}
LogicalResult MaxPoolOp::verify() {
  return verifyPooling(*this, getInput(), getResult(), getWhich(), getWindows());
}
LogicalResult MaxPoolBackwardOp::verify() {
  return verifyPooling(*this, getResult(), getCotangent(), getWhich(), getWindows());
}
LogicalResult AvgPoolOp::verify() {
  return verifyPooling(*this, getInput(), getResult(), getResult(), getWindows());
}
LogicalResult AvgPoolBackwardOp::verify() {
  return verifyPooling(*this, getResult(), getCotangent(), getCotangent(), getWindows());
}

static LogicalResult verifyPadding(Operation *op, Value small, Value large, int64_t by) {
  SmallVector<int64_t> want(shapeOf(small));
  if (!isOfImages(want))
    return op->emitOpError("needs images [batch,] channels, height, width");
  for (size_t i : {want.size() - 2, want.size() - 1})
    want[i] += 2 * by;
  if (shapeOf(large) != ArrayRef<int64_t>(want)) // (C1)
    return op->emitOpError() << by << " around " << small.getType() << " is not " << large.getType();
  return success();
}
LogicalResult PadOp::verify() {
  return verifyPadding(*this, getInput(), getResult(), static_cast<int64_t>(getBy()));
}
LogicalResult CropOp::verify() {
  return verifyPadding(*this, getResult(), getInput(), static_cast<int64_t>(getBy()));
}

static LogicalResult verifyResizing(Operation *op, Value input, Value result, int64_t along) {
  SmallVector<int64_t> in(shapeOf(input)), out(shapeOf(result));
  bool same = isOfImages(in) && in.size() == out.size();
  if (same) {
    size_t changed = in.size() - 2 + static_cast<size_t>(along);
    same = in[changed] > 0 && out[changed] > 0;
    in[changed] = out[changed];
  }
  if (!same || in != out) // (C1)
    return op->emitOpError(along ? "columns" : "rows")
           << " alone must differ between " << input.getType() << " and " << result.getType();
  return success();
}
LogicalResult ResizeOp::verify() {
  return verifyResizing(*this, getInput(), getResult(), static_cast<int64_t>(getAlong()));
}
LogicalResult ResizeBackwardOp::verify() {
  return verifyResizing(*this, getResult(), getCotangent(), static_cast<int64_t>(getAlong()));
}

LogicalResult ConvertLayoutOp::verify() {
  auto from = cast<RankedTensorType>(getInput().getType()),
       to = cast<RankedTensorType>(getResult().getType());
  if (from.getShape() != to.getShape() || from.getElementType() != to.getElementType())
    return emitOpError("changes the layout only, got ") << from << " to " << to;
  return success();
}
