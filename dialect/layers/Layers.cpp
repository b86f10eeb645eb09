// The table of layers, and the rules of its rows. A new layer is a row here, an operation in LayerOps.td of
// the same name with the same parameters, and what it computes there or in Layers.cpp.
#include "dialect/layers/Layers.h"

#include <algorithm>
#include <limits>

namespace switchyard {

using P = LayerParameter;

/// Of a layer's own numbers; what all layers of a network make together is bounded by memory.
static constexpr int64_t mostChannels = 65536, mostSide = 65536, mostUnits = 1 << 24;
static constexpr int64_t mostElements = 1 << 28, mostWeights = int64_t(1) << 31;

bool P::isReal() const {
  return kind == Rate || kind == TrainingRate || kind == InferenceRate || kind == Positive ||
         kind == NonNegative;
}

const LayerValue &LayerArguments::operator[](const char *parameter) const {
  size_t i = 0;
  while (kind->parameters[i].name != parameter)
    ++i;
  return values[i];
}

//===----------------------------------------------------------------------===//
// Shapes and weights
//===----------------------------------------------------------------------===//

static std::string text(const LayerShape &shape) {
  std::string result;
  for (int64_t size : shape)
    result += (result.empty() ? "" : "x") + std::to_string(size);
  return result;
}

/// At most what a word holds.
static int64_t product(const LayerShape &shape) {
  int64_t result = 1;
  for (int64_t size : shape)
    if (__builtin_mul_overflow(result, size, &result))
      return std::numeric_limits<int64_t>::max();
  return result;
}

InferredShape sameShape(const LayerShape &input, const LayerArguments &) {
  return {input};
}

std::vector<LayerWeights> noWeights(const LayerShape &, const LayerArguments &) {
  return {};
}

static InferredShape noImage(const LayerShape &input) {
  return {{}, "takes an image (channels x height x width), got " + text(input)};
}

/// Windows of `kernel` x `kernel`, `stride` apart, over the padded image.
static InferredShape convolved(const LayerShape &input, const LayerArguments &layer, int64_t stride) {
  if (input.size() != 3)
    return noImage(input);
  int64_t kernel = layer["kernel"].count, padding = layer["padding"].count;
  int64_t height = input[1] + 2 * padding, width = input[2] + 2 * padding;
  if (kernel > height || kernel > width)
    return {{},
            "has a kernel of " + text({kernel, kernel}) + ", larger than its input of " +
                text({input[1], input[2]}) + (padding ? " with padding" : "")};
  return {{layer["channels"].count, (height - kernel) / stride + 1, (width - kernel) / stride + 1}};
}

static InferredShape convShape(const LayerShape &input, const LayerArguments &layer) {
  return convolved(input, layer, layer["stride"].count);
}

static InferredShape localConvShape(const LayerShape &input, const LayerArguments &layer) {
  return convolved(input, layer, 1);
}

static std::vector<LayerWeights> convWeights(const LayerShape &input, const LayerArguments &layer) {
  int64_t channels = layer["channels"].count, kernel = layer["kernel"].count;
  std::vector<LayerWeights> weights{{"weights", {channels, input[0], kernel, kernel}}};
  if (layer["bias"].flag)
    weights.push_back({"bias", {channels}, 0});
  return weights;
}

static InferredShape denseShape(const LayerShape &input, const LayerArguments &layer) {
  if (input.size() != 1)
    return {{}, "takes a flat input, got " + text(input) + "; put `flatten` before it"};
  return {{layer["units"].count}};
}

static std::vector<LayerWeights> denseWeights(const LayerShape &input, const LayerArguments &layer) {
  return {{"weights", {layer["units"].count, input[0]}}, {"bias", {layer["units"].count}, 0}};
}

static InferredShape poolShape(const LayerShape &input, const LayerArguments &layer) {
  int64_t size = layer["size"].count;
  if (input.size() != 3)
    return noImage(input);
  if (size > input[1] || size > input[2])
    return {{},
            "pools windows of " + text({size, size}) + ", larger than its input of " +
                text({input[1], input[2]})};
  return {{input[0], input[1] / size, input[2] / size}};
}

static InferredShape padShape(const LayerShape &input, const LayerArguments &layer) {
  if (input.size() != 3)
    return noImage(input);
  int64_t both = 2 * layer["size"].count;
  return {{input[0], input[1] + both, input[2] + both}};
}

static InferredShape meanShape(const LayerShape &input, const LayerArguments &) {
  return input.size() == 3 ? InferredShape{{input[0]}} : noImage(input);
}

/// Channels in groups of one size.
static InferredShape groupedShape(const LayerShape &input, const LayerArguments &layer) {
  int64_t groups = layer["groups"].count;
  if (input.size() != 3)
    return noImage(input);
  if (input[0] % groups == 0)
    return {input};
  return {{},
          "makes " + std::to_string(groups) + " groups of " + std::to_string(input[0]) +
              " channels, which do not divide"};
}

static InferredShape imageShape(const LayerShape &input, const LayerArguments &) {
  return input.size() == 3 ? InferredShape{input} : noImage(input);
}

/// One number for each channel, or one for all.
static InferredShape normalizedShape(const LayerShape &input, const LayerArguments &layer) {
  if (input.size() != 3)
    return noImage(input);
  for (const char *name : {"mean", "deviation"}) {
    size_t count = layer[name].numbers.size();
    if (count != 1 && static_cast<int64_t>(count) != input[0])
      return {{},
              "has " + std::to_string(count) + " numbers in `" + name + "` for an input of " +
                  std::to_string(input[0]) + " channels"};
  }
  for (double deviation : layer["deviation"].numbers)
    if (!(deviation > 0))
      return {{}, "has a deviation that is not above 0"};
  return {input};
}

/// A scale and a shift for each channel of an image, or each unit.
static std::vector<LayerWeights> affineOfChannels(const LayerShape &input, const LayerArguments &) {
  return {{"scale", {input[0]}, 1}, {"shift", {input[0]}, 0}};
}

/// The same, and what is kept of the batches: their means and variances.
static std::vector<LayerWeights> batchNormWeights(const LayerShape &input, const LayerArguments &layer) {
  std::vector<LayerWeights> weights = affineOfChannels(input, layer);
  weights.push_back({"mean", {input[0]}, 0, /*isStatistic=*/true});
  weights.push_back({"variance", {input[0]}, 1, /*isStatistic=*/true});
  return weights;
}

static std::vector<LayerWeights> affineOfElements(const LayerShape &input, const LayerArguments &) {
  return {{"scale", input, 1}, {"shift", input, 0}};
}

static InferredShape flatShape(const LayerShape &input, const LayerArguments &) {
  return {{product(input)}};
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

const std::vector<LayerKind> &layerKinds() {
  static const P epsilon = {"epsilon", P::Positive, "0.00001"}; // beside a variance
  static const std::vector<LayerKind> kinds = {
      {"conv",
       {{"channels", P::Count, "", mostChannels},
        {"kernel", P::Count, "", mostSide},
        {"padding", P::Size, "0", mostSide},
        {"stride", P::Count, "1", mostSide},
        {"bias", P::Flag, "true"}},
       convShape,
       convWeights},
      {"dense", {{"units", P::Count, "", mostUnits}}, denseShape, denseWeights},
      {"relu"},
      {"tanh"},
      {"max_pool", {{"size", P::Count, "", limits::poolSide}}, poolShape},
      {"flatten", {}, flatShape},
      {"dropout", {{"training", P::TrainingRate, "0"}, {"inference", P::InferenceRate, "0"}}},
      {"gaussian_noise", {{"deviation", P::NonNegative, ""}, {"when", P::When, "always"}}},
      {"sap", {{"samples_per_unit", P::Positive, "2"}, {"when", P::When, "inference"}}},
      {"pad", {{"size", P::Count, "", mostSide}}, padShape, noWeights, "padding as a layer"},
      {"local_conv",
       {{"channels", P::Count, "", mostChannels},
        {"kernel", P::Count, "", mostSide},
        {"padding", P::Size, "0", mostSide}},
       localConvShape,
       noWeights,
       "locally connected layers"},
      {"batch_norm", {{"momentum", P::Rate, "0.1"}, epsilon}, sameShape, batchNormWeights},
      {"group_norm", {{"groups", P::Count, "", mostChannels}, epsilon}, groupedShape, affineOfChannels},
      {"layer_norm", {epsilon}, sameShape, affineOfElements},
      {"instance_norm", {epsilon}, imageShape},
      {"avg_pool", {{"size", P::Count, "", limits::poolSide}}, poolShape},
      {"global_avg_pool", {}, meanShape},
      {"normalize", {{"mean", P::Numbers, ""}, {"deviation", P::Numbers, ""}}, normalizedShape},
  };
  return kinds;
}

const LayerKind *findLayer(const std::string &name) {
  for (const LayerKind &one : layerKinds())
    if (one.name == name)
      return &one;
  return nullptr;
}

std::vector<std::string> layerNames() {
  std::vector<std::string> names;
  for (const LayerKind &one : layerKinds())
    names.push_back(one.name);
  return names;
}

//===----------------------------------------------------------------------===//
// What holds for all
//===----------------------------------------------------------------------===//

InferredShape inferShape(const LayerArguments &layer, const LayerShape &input) {
  InferredShape result = layer.kind->shape(input, layer);
  if (!result.error.empty())
    return result;
  if (product(result.shape) > mostElements)
    return {{}, "makes " + text(result.shape) + ", more than memory holds"};
  int64_t largest = 0;
  for (const LayerWeights &one : layer.kind->weights(input, layer))
    largest = std::max(largest, product(one.shape));
  if (largest > mostWeights)
    return {{}, "has " + std::to_string(largest) + " weights, more than memory holds"};
  return result;
}

bool drawsIn(const LayerArguments &layer, bool training) {
  for (size_t i = 0; i < layer.values.size(); ++i) {
    const LayerValue &value = layer.values[i];
    P::Kind kind = layer.kind->parameters[i].kind;
    if (kind == P::When && (value.word == "always" || value.word == (training ? "training" : "inference")))
      return true;
    if (kind == (training ? P::TrainingRate : P::InferenceRate) && value.real != 0)
      return true;
  }
  return false;
}

} // namespace switchyard
