// The tables of the language.

#include "compiler/semantics/Catalog.h"

#include <algorithm>

namespace switchyard {

using P = CatalogParameter;
using T = ast::Type;

/// Of a layer's own numbers; what all layers of a network make together is bounded by memory (Network.cpp).
static constexpr int64_t mostChannels = 65536, mostSide = 65536, mostUnits = 1 << 24;

const std::vector<LayerKind> &layerKinds() {
  static const std::vector<LayerKind> kinds = {
      {"conv",
       {{"channels", P::Count, "", mostChannels},
        {"kernel", P::Count, "", mostSide},
        {"padding", P::Size, "0", mostSide},
        {"stride", P::Count, "1", mostSide}}},
      {"dense", {{"units", P::Count, "", mostUnits}}},
      {"relu", {}},
      {"max_pool", {{"size", P::Count, "", limits::poolSide}}},
      {"flatten", {}},
      {"dropout", {{"training", P::Rate, "0"}, {"inference", P::Rate, "0"}}},
      {"gaussian_noise", {{"deviation", P::NonNegative, ""}, {"when", P::When, "always"}}},
      {"sap", {{"samples_per_unit", P::Positive, "2"}, {"when", P::When, "inference"}}},
      {"tanh", {}},
      {"pad", {{"size", P::Count, "", mostSide}}},
      {"local_conv",
       {{"channels", P::Count, "", mostChannels},
        {"kernel", P::Count, "", mostSide},
        {"padding", P::Size, "0", mostSide}}},
      {"batch_norm", {}},
      {"avg_pool", {{"size", P::Count, "", limits::poolSide}}},
  };
  return kinds;
}

const LayerKind *findLayer(const std::string &name) {
  for (const LayerKind &one : layerKinds())
    if (one.name == name)
      return &one;
  return nullptr;
}

/// Who shares a draw: each pixel's channels, each row or column of a channel, each channel
/// (docs/randomness.md).
static const std::vector<std::string> eachWords = {"element", "pixel", "row", "column", "channel"};

static const std::vector<BuiltinFunction> functions = {
    // One argument: the largest element, `except` leaves one class out. Two: element by element.
    {"max", Function::Max, {T::Unknown}, T::Real},
#define SWY_ELEMENTWISE(text, name, arguments)                                                               \
  {text, Function::name, std::vector<T>(arguments, T::Unknown), T::Unknown},
#include "compiler/semantics/elementwise.def"
    {"largest", Function::Largest, {T::Logits, T::Int}, T::Real}, // the k-th, from 1
    {"round", Function::Round, {T::Unknown}, T::Unknown},         // halves up (S1.5)
    {"height", Function::Height, {T::Image}, T::Int},
    {"width", Function::Width, {T::Image}, T::Int},
    {"channels", Function::Channels, {T::Image}, T::Int},
    {"row_numbers", Function::RowNumbers, {T::Image}, T::Image}, // each pixel's row, from 0
    {"column_numbers", Function::ColumnNumbers, {T::Image}, T::Image},
    {"clamp", Function::Clamp, {T::Unknown, T::Real, T::Real}, T::Unknown},
    {"sum", Function::Sum, {T::Unknown}, T::Real},
    {"mean_abs", Function::MeanAbs, {T::Unknown}, T::Real}, // mean of the elements' absolute values
    {"norm", Function::Norm, {T::Unknown}, T::Real},        // l2, of one example
    {"log_sum_exp", Function::LogSumExp, {T::Logits}, T::Real},
    {"model", Function::Model, {T::Image}, T::Logits},
    {"project", Function::Project, {T::Image}, T::Image},                                           // S2.1
    {"uniform_like", Function::UniformLike, {T::Image, T::Real, T::Real}, T::Image, {}, eachWords}, // S1.4
    {"normal_like", Function::NormalLike, {T::Image, T::Real, T::Real}, T::Image, {}, eachWords},   // mean,
                                                                                                  // deviation
    {"uniform", Function::Uniform, {T::Real, T::Real}, T::Real}, // one number
    {"normal", Function::Normal, {T::Real, T::Real}, T::Real},
    {"constant_like", Function::ConstantLike, {T::Image, T::Real}, T::Image},
    {"to_unbounded", Function::ToUnbounded, {T::Image}, T::Image}, // atanh of the input scaled into (-1, 1)
    {"to_range", Function::ToRange, {T::Image}, T::Image},         // its inverse
    {"chance", Function::Chance, {T::Bool}, T::Real},              // S4.2
    {"adam",                                                       // S1.3; Keras' defaults
     Function::Adam,
     {T::Real},
     T::Optimizer,
     {{"rate", P::Positive, ""},
      {"beta1", P::Rate, "0.9"},
      {"beta2", P::Rate, "0.999"},
      {"epsilon", P::Positive, "1e-7"}}},
};

const std::vector<BuiltinFunction> &builtinFunctions() {
  return functions;
}

const BuiltinFunction *findFunction(const std::string &name, size_t arguments) {
  const BuiltinFunction *byName = nullptr;
  for (const BuiltinFunction &one : builtinFunctions()) {
    if (one.name != name)
      continue;
    byName = byName ? byName : &one;
    if (one.parameters.size() == arguments)
      return &one;
  }
  return byName;
}

std::string eachOf(const ast::CallExpr &call) {
  for (const ast::Argument &one : call.arguments)
    if (one.name == "each")
      return ast::as<ast::NameExpr>(one.value.get())->path.back();
  return call.builtin->each.front();
}

const std::vector<NamedRecipe> &dataSources() {
  static const std::vector<NamedRecipe> sources = {
      {"synthetic_digits",
       {{"train", P::Count, "8000", limits::syntheticImages},
        {"test", P::Count, "1000", limits::syntheticImages}},
       {1, 28, 28},
       10},
      {"mnist", {{"train", P::Count, "60000", 60000}, {"test", P::Count, "10000", 10000}}, {1, 28, 28}, 10},
      {"fashion_mnist",
       {{"train", P::Count, "60000", 60000}, {"test", P::Count, "10000", 10000}},
       {1, 28, 28},
       10},
      {"cifar10", {{"train", P::Count, "50000", 50000}, {"test", P::Count, "10000", 10000}}, {3, 32, 32}, 10},
      // The last `test` images are for tests; or each split has files of its own.
      {"numpy", {{"images", P::File, ""}, {"labels", P::File, ""}, {"test", P::Count, ""}}},
      {"numpy",
       {{"train_images", P::File, ""},
        {"train_labels", P::File, ""},
        {"test_images", P::File, ""},
        {"test_labels", P::File, ""}}},
  };
  return sources;
}

/// How many of the call's arguments the recipe has a parameter for.
static size_t argumentsTaken(const NamedRecipe &recipe, const ast::CallExpr &call) {
  size_t taken = 0;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const std::string &name = call.arguments[i].name;
    taken += name.empty() ? i < recipe.parameters.size()
                          : std::any_of(
                                recipe.parameters.begin(), recipe.parameters.end(),
                                [&](const P &parameter) { return parameter.name == name; });
  }
  return taken;
}

const NamedRecipe *findDataSource(const ast::CallExpr &call) {
  const NamedRecipe *best = nullptr;
  for (const NamedRecipe &one : dataSources())
    if (one.name == call.name() && (!best || argumentsTaken(one, call) > argumentsTaken(*best, call)))
      best = &one;
  return best;
}

const std::vector<NamedRecipe> &trainingRecipes() {
  static const std::vector<NamedRecipe> recipes = {
      {"sgd",
       {{"rate", P::Positive, ""},
        {"momentum", P::Rate, "0"},
        {"nesterov", P::Flag, "false"},
        {"decay", P::NonNegative, "0"},
        {"batch", P::Count, "128"},
        {"epochs", P::Count, ""}}},
      // The settings of the paper's authors; decay is per iteration: rate / (1 + decay * iteration).
      {"paper.sgd",
       {{"rate", P::Positive, "0.01"},
        {"momentum", P::Rate, "0.9"},
        {"nesterov", P::Flag, "true"},
        {"decay", P::NonNegative, "1e-6"},
        {"batch", P::Count, "128"},
        {"epochs", P::Count, "40"}}},
  };
  return recipes;
}

} // namespace switchyard
