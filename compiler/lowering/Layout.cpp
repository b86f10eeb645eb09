// The arithmetic of layouts; see Layout.h.
#include "compiler/lowering/Layout.h"

using namespace mlir;

namespace switchyard {

swy::Layout layoutOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto layout = tensor ? dyn_cast_or_null<swy::LayoutAttr>(tensor.getEncoding()) : swy::LayoutAttr();
  return layout ? layout.getValue() : swy::Layout::Plain;
}

bool isBlocked(Type type) {
  return layoutOf(type) != swy::Layout::Plain;
}

int64_t blockOf(RankedTensorType type) {
  return layoutOf(type) == swy::Layout::ChannelsLast ? type.getDimSize(1) : channelBlock;
}

RankedTensorType withLayout(RankedTensorType type, swy::Layout layout) {
  if (layout == swy::Layout::Plain)
    return plainType(type);
  return RankedTensorType::get(type.getShape(), type.getElementType(),
                               swy::LayoutAttr::get(type.getContext(), layout));
}

RankedTensorType plainType(RankedTensorType type) {
  return RankedTensorType::get(type.getShape(), type.getElementType());
}

RankedTensorType physicalType(RankedTensorType type) {
  if (!isBlocked(type))
    return plainType(type);
  ArrayRef<int64_t> logical = type.getShape();
  int64_t block = blockOf(type);
  return RankedTensorType::get({logical[0], logical[1] / block, logical[2], logical[3], block},
                               type.getElementType());
}

AffineMap broadcastMap(RankedTensorType operand, RankedTensorType result) {
  MLIRContext *context = result.getContext();
  unsigned rank = operand.getRank(), loops = physicalType(result).getRank();
  if (isBlocked(operand) || (!isBlocked(result) && rank == loops))
    return AffineMap::getMultiDimIdentityMap(loops, context);
  auto dim = [&](unsigned i) { return getAffineDimExpr(i, context); };
  SmallVector<AffineExpr> indices;
  for (unsigned i = 0; i < rank; ++i)
    indices.push_back(isBlocked(result) && i == 1 ? dim(1) * blockOf(result) + dim(4) : dim(i));
  return AffineMap::get(loops, 0, indices, context);
}

} // namespace switchyard
