// Follows the input to the first layer that acts when a finished model answers.
#include "compiler/passes/InputNoise.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

/// The layer that takes the value and nobody else does; into blocks, whose channels begin alike. Null:
/// several take it.
static Operation *onlyUser(Value value) {
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    auto block = dyn_cast<BlockOp>(user);
    if (!block)
      return user;
    value = block.getBody().front().getArgument(0);
  }
  return nullptr;
}

static std::optional<double> valueOf(Value deviation, NetworkOp network, DictionaryAttr scalars) {
  DenseFPElementsAttr constant;
  if (matchPattern(deviation, m_Constant(&constant)))
    return (*constant.begin()).convertToDouble();
  auto argument = dyn_cast<BlockArgument>(deviation);
  if (!argument || argument.getOwner() != &network.getBody().front() || argument.getArgNumber() == 0)
    return std::nullopt;
  Attribute name = network.getScalars()[argument.getArgNumber() - 1];
  auto value = dyn_cast_if_present<FloatAttr>(scalars.get(cast<StringAttr>(name)));
  return value ? std::optional(value.getValueAsDouble()) : std::nullopt;
}

InputNoise inputNoise(NetworkOp network, DictionaryAttr scalars) {
  Value input = network.getBody().front().getArgument(0);
  while (Operation *user = onlyUser(input)) {
    auto noise = dyn_cast<GaussianNoiseLayerOp>(user);
    if (!noise)
      break;
    if (noise.getWhen() == When::Training) { // the identity where it answers
      input = noise.getResult();
      continue;
    }
    std::optional<double> deviation = valueOf(noise.getDeviation(), network, scalars);
    if (deviation && *deviation > 0)
      return {*deviation, ""};
    return {0, "the noise on its input has no deviation above zero"};
  }
  return {0,
          "only normal noise on the input itself certifies: a model whose first layer is `gaussian_noise`"};
}

} // namespace switchyard
