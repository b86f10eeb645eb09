// Verifiers of the network operations: shapes that must meet. (Cn) as in NetworkOps.td.
#include "dialect/Dialect.h"

using namespace mlir;
using namespace switchyard::swy;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The shape of one channel's parameter: of a stack (with `channel`), what follows the first dimension.
static ArrayRef<int64_t> parameterShape(Value parameter, Value channel) {
  ArrayRef<int64_t> shape = shapeOf(parameter);
  return channel && !shape.empty() ? shape.drop_front() : shape;
}

LogicalResult Conv2dOp::verify() {
  ArrayRef<int64_t> in = shapeOf(getInput()), out = shapeOf(getResult());
  ArrayRef<int64_t> w = parameterShape(getWeights(), getChannel()),
                    bias = parameterShape(getBias(), getChannel());
  if ((in.size() != 3 && in.size() != 4) || in.size() != out.size() || w.size() != 4)
    return emitOpError("needs images [batch,] channels, height, width and weights of four dimensions");
  ArrayRef<int64_t> image = in.take_back(3), result = out.take_back(3);
  if (image[0] != w[1])
    return emitOpError("weights expect ") << w[1] << " input channels, got " << image[0];
  if (bias != w.take_front(1))
    return emitOpError("bias must have one element for each of ") << w[0] << " output channels";
  auto extent = [&](int64_t size, int64_t kernel) {
    return (size + 2 * static_cast<int64_t>(getPadding()) - kernel) / static_cast<int64_t>(getStride()) + 1;
  };
  SmallVector<int64_t> want{w[0], extent(image[1], w[2]), extent(image[2], w[3])};
  if (result != ArrayRef<int64_t>(want) || in.drop_back(3) != out.drop_back(3)) // (C1)
    return emitOpError("result must be ")
           << want[0] << "x" << want[1] << "x" << want[2] << ", got " << getResult().getType();
  return success();
}

LogicalResult DenseOp::verify() {
  ArrayRef<int64_t> in = shapeOf(getInput()), out = shapeOf(getResult());
  ArrayRef<int64_t> w = parameterShape(getWeights(), getChannel()),
                    bias = parameterShape(getBias(), getChannel());
  if (in.empty() || in.size() > 2 || w.size() != 2 || in.size() != out.size())
    return emitOpError("needs input [batch,] units and weights of two dimensions");
  if (in.back() != w[1])
    return emitOpError("weights expect ") << w[1] << " inputs, got " << in.back();
  if (out.back() != w[0] || bias != w.take_front(1) || in.drop_back() != out.drop_back()) // (C1)
    return emitOpError("bias and result must have ") << w[0] << " units";
  return success();
}

LogicalResult MaxPoolOp::verify() {
  ArrayRef<int64_t> in = shapeOf(getInput()), out = shapeOf(getResult());
  int64_t size = getSize();
  if (size < 1 || size > 11) // (C2)
    return emitOpError("size must be 1 to 11, got ") << size;
  if ((in.size() != 3 && in.size() != 4) || in.size() != out.size() || shapeOf(getWhich()) != out)
    return emitOpError("needs images [batch,] channels, height, width");
  SmallVector<int64_t> want(in);
  want[in.size() - 2] /= size;
  want[in.size() - 1] /= size;
  if (out != ArrayRef<int64_t>(want)) // (C1)
    return emitOpError("windows of ")
           << size << " do not make " << getResult().getType() << " of " << getInput().getType();
  return success();
}

LogicalResult ConvertLayoutOp::verify() {
  auto from = cast<RankedTensorType>(getInput().getType()),
       to = cast<RankedTensorType>(getResult().getType());
  if (from.getShape() != to.getShape() || from.getElementType() != to.getElementType())
    return emitOpError("changes the layout only, got ") << from << " to " << to;
  return success();
}
