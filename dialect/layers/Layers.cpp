// The table of layers, and the rules of its rows. A new layer is a row here, an operation in LayerOps.td of
// the same name with the same parameters, and what it computes there or in Layers.cpp.
#include "dialect/layers/Layers.h"
#include "dialect/layers/Windows.h"

#include <algorithm>
#include <limits>

namespace switchyard {

using P = LayerParameter;

/// Of a layer's own numbers; what all layers of a network make together is bounded by memory.
static constexpr int64_t mostChannels = 65536, mostSide = 65536, mostUnits = 1 << 24;
static constexpr int64_t mostElements = 1 << 28, mostWeights = int64_t(1) << 31;
/// Of `resize`: places are products of two sides, in 32 bits on a device; an element's cotangent is a sum
/// over all that became of it.
static constexpr int64_t mostResized = 16384, mostGrowth = 256;

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

/// As many channels as windows fit into an image; `what` they are where they do not.
static InferredShape windowed(const LayerShape &input, int64_t channels, const Windows &windows,
                              const std::string &what) {
  LayerShape shape{channels, windows.along(input[1]), windows.along(input[2])};
  if (shape[1] > 0 && shape[2] > 0)
    return {shape};
  return {{},
          what + " of " + text({windows.size, windows.size}) + ", larger than its input of " +
              text({input[1], input[2]}) + (windows.padding ? " with padding" : "")};
}

static InferredShape convolved(const LayerShape &input, const LayerArguments &layer, int64_t channels) {
  if (input.size() != 3)
    return noImage(input);
  return windowed(input, channels, {layer["kernel"].count, layer["stride"].count, layer["padding"].count},
                  "has a kernel");
}

/// Each group makes its share of the result's channels of its share of the input's.
static InferredShape convShape(const LayerShape &input, const LayerArguments &layer) {
  int64_t channels = layer["channels"].count, groups = layer["groups"].count;
  std::string divide = "has " + std::to_string(groups) + " groups, which do not divide ";
  if (input.size() == 3 && input[0] % groups != 0)
    return {{}, divide + "the " + std::to_string(input[0]) + " channels of its input"};
  if (channels % groups != 0)
    return {{}, divide + "the " + std::to_string(channels) + " channels that it makes"};
  return convolved(input, layer, channels);
}

static InferredShape depthwiseShape(const LayerShape &input, const LayerArguments &layer) {
  return convolved(input, layer, input[0]);
}

static InferredShape localConvShape(const LayerShape &input, const LayerArguments &layer) {
  return convolved(input, layer, layer["channels"].count);
}

/// What the input is multiplied by, [out, in, ...].
static LayerWeights factors(LayerShape shape) {
  LayerWeights weights{"weights", std::move(shape)};
  weights.isFactor = true;
  return weights;
}

static std::vector<LayerWeights> withBias(LayerWeights weights, const LayerArguments &layer) {
  std::vector<LayerWeights> all{weights};
  if (layer["bias"].flag)
    all.push_back({"bias", {weights.shape[0]}, 0});
  return all;
}

static std::vector<LayerWeights> convWeights(const LayerShape &input, const LayerArguments &layer) {
  int64_t kernel = layer["kernel"].count, ofGroup = input[0] / layer["groups"].count;
  return withBias(factors({layer["channels"].count, ofGroup, kernel, kernel}), layer);
}

static std::vector<LayerWeights> depthwiseWeights(const LayerShape &input, const LayerArguments &layer) {
  int64_t kernel = layer["kernel"].count;
  return withBias(factors({input[0], 1, kernel, kernel}), layer);
}

static InferredShape denseShape(const LayerShape &input, const LayerArguments &layer) {
  if (input.size() != 1)
    return {{}, "takes a flat input, got " + text(input) + "; put `flatten` before it"};
  return {{layer["units"].count}};
}

static std::vector<LayerWeights> localConvWeights(const LayerShape &input, const LayerArguments &layer) {
  int64_t kernel = layer["kernel"].count;
  LayerShape places = localConvShape(input, layer).shape;
  LayerWeights weights{"weights", {places[0], input[0], kernel, kernel, places[1], places[2]}};
  weights.places = places[1] * places[2];
  std::vector<LayerWeights> all{weights};
  if (layer["bias"].flag)
    all.push_back({"bias", places, 0});
  return all;
}

static std::vector<LayerWeights> denseWeights(const LayerShape &input, const LayerArguments &layer) {
  return withBias(factors({layer["units"].count, input[0]}), layer);
}

static InferredShape poolShape(const LayerShape &input, const LayerArguments &layer) {
  Windows windows{layer["size"].count, layer["stride"].count, layer["padding"].count};
  if (input.size() != 3)
    return noImage(input);
  if (2 * windows.padding > windows.size) // a window at the border could hold padding alone
    return {{},
            "has a padding of " + std::to_string(windows.padding) + ", more than half of its windows of " +
                text({windows.size, windows.size})};
  return windowed(input, input[0], windows, "pools windows");
}

static InferredShape padShape(const LayerShape &input, const LayerArguments &layer) {
  if (input.size() != 3)
    return noImage(input);
  int64_t both = 2 * layer["size"].count;
  return {{input[0], input[1] + both, input[2] + both}};
}

/// An image of other rows and columns.
static InferredShape resizedShape(const LayerShape &input, const LayerArguments &layer) {
  if (input.size() != 3)
    return noImage(input);
  LayerShape shape{input[0], layer["rows"].count, layer["columns"].count};
  if (input[1] > mostResized || input[2] > mostResized)
    return {{}, "takes at most " + std::to_string(mostResized) + " rows and columns, got " + text(input)};
  if (shape[1] > mostGrowth * input[1] || shape[2] > mostGrowth * input[2])
    return {{},
            "makes " + text({shape[1], shape[2]}) + " of " + text({input[1], input[2]}) + ", more than " +
                std::to_string(mostGrowth) + " times as many rows or columns"};
  return {shape};
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

/// Of a convolution: what stands before its windows and behind.
static std::vector<P> convolution(std::vector<P> parameters, const std::vector<P> &behind = {}) {
  for (const P &one : {P{"kernel", P::Count, "", mostSide}, P{"padding", P::Size, "0", mostSide},
                       P{"stride", P::Count, "1", mostSide}})
    parameters.push_back(one);
  parameters.insert(parameters.end(), behind.begin(), behind.end());
  return parameters;
}

static std::vector<P> pooling() {
  return {{"size", P::Count, "", limits::poolSide},
          {"stride", P::Count, "size", mostSide},
          {"padding", P::Size, "0", mostSide}};
}

static std::vector<P> resizing() {
  return {{"rows", P::Count, "", mostResized},
          {"columns", P::Count, "", mostResized},
          {"nearest", P::Flag, "false"}};
}

const std::vector<LayerKind> &layerKinds() {
  static const P epsilon = {"epsilon", P::Positive, "0.00001"}; // beside a variance
  static const P channels = {"channels", P::Count, "", mostChannels}, bias = {"bias", P::Flag, "true"};
  static const P groups = {"groups", P::Count, "1", mostChannels};
  static const std::vector<LayerKind> kinds = {
      {"conv", convolution({channels}, {bias, groups}), convShape, convWeights},
      {"dense", {{"units", P::Count, "", mostUnits}, bias}, denseShape, denseWeights},
      {"depthwise_conv", convolution({}, {bias}), depthwiseShape, depthwiseWeights},
      {"relu"},
      {"tanh"},
      {"max_pool", pooling(), poolShape},
      {"flatten", {}, flatShape},
      {"dropout", {{"training", P::TrainingRate, "0"}, {"inference", P::InferenceRate, "0"}}},
      {"gaussian_noise", {{"deviation", P::NonNegative, ""}, {"when", P::When, "always"}}},
      {"sap", {{"samples_per_unit", P::Positive, "2"}, {"when", P::When, "inference"}}},
      {"pad", {{"size", P::Count, "", mostSide}}, padShape},
      {"resize", resizing(), resizedShape},
      {"local_conv", convolution({channels}, {bias}), localConvShape, localConvWeights},
      {"batch_norm", {{"momentum", P::Rate, "0.1"}, epsilon}, sameShape, batchNormWeights},
      {"group_norm", {{"groups", P::Count, "", mostChannels}, epsilon}, groupedShape, affineOfChannels},
      {"layer_norm", {epsilon}, sameShape, affineOfElements},
      {"instance_norm", {epsilon}, imageShape},
      {"avg_pool", pooling(), poolShape},
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

std::string groupsError(const LayerShape &input, int64_t size) {
  if (input[0] % size == 0)
    return "";
  return "has groups of " + std::to_string(size) + ", which do not divide the " + std::to_string(input[0]) +
         (input.size() == 1 ? " units" : " channels") + " of its input";
}

bool hasFactors(const LayerKind &kind) {
  return kind.weights == convWeights || kind.weights == depthwiseWeights || kind.weights == denseWeights;
}

bool takesAnything(const LayerKind &kind) {
  return kind.shape == sameShape && kind.weights == noWeights;
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
