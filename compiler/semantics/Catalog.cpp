// The tables of the language.

#include "compiler/semantics/Catalog.h"

#include <algorithm>

namespace switchyard {

using P = CatalogParameter;
using T = ast::Type;

std::string notBuilt(const std::string &name, const std::string &what) {
  return what.empty() ? "" : "`" + name + "` is not built yet: " + what;
}

namespace {

enum Trait {
  None = 0,
  OfAttacks = 1,
  TakesShape = 2,
  OverDraws = 4,
  NoneBelowZero = 8,
  MayExcept = 16,
  WrittenOut = 32,
  EachWord = 64,
  Draws = 128,
  Keeps = 256,
  OfImages = 512,
  OfLosses = 1024,
  OfGroups = 2048
};

BuiltinFunction row(const char *name, Function function, std::vector<T> parameters, T result, int traits) {
  static const std::vector<std::string> each = {"element", "pixel", "row", "column", "channel"};
  static const std::vector<std::string> keptFor = {"layer", "channel", "element"};
  return {name,
          function,
          std::move(parameters),
          result,
          (traits & OfAttacks) != 0,
          (traits & Draws) != 0,
          (traits & TakesShape) != 0,
          (traits & OverDraws) != 0,
          (traits & NoneBelowZero) != 0,
          (traits & MayExcept) != 0,
          (traits & WrittenOut) != 0,
          (traits & Keeps) != 0,
          (traits & OfImages) != 0,
          (traits & OfLosses) != 0,
          (traits & OfGroups) != 0,
          (traits & EachWord) != 0 ? each
          : (traits & Keeps) != 0  ? keptFor
                                   : std::vector<std::string>()};
}

template <typename... Types> std::vector<T> types(Types... list) {
  return {list...};
}

std::vector<BuiltinFunction> functionRows() {
  constexpr T Any = T::Unknown, Real = T::Real, Int = T::Int, Bool = T::Bool, Image = T::Image,
              Logits = T::Logits, Optimizer = T::Optimizer, Attack = T::Attack,
              Probabilities = T::Probabilities, Path = T::Path, Class = T::Class, Mask = T::Mask;
  std::vector<BuiltinFunction> rows;
#define FUNCTION(TEXT, NAME, ARGUMENTS, RESULT, TRAITS)                                                      \
  rows.push_back(row(TEXT, Function::NAME, types ARGUMENTS, RESULT, TRAITS));
#define ELEMENTWISE(TEXT, NAME, ARGUMENTS, TRAITS)                                                           \
  rows.push_back(row(TEXT, Function::NAME, std::vector<T>(ARGUMENTS, Any), Any, TRAITS));
#define NAMED(NAME, KIND, DEFAULT) rows.back().named.push_back({#NAME, P::KIND, DEFAULT});
#define DIMENSION(INDEX) rows.back().dimension = INDEX;
#include "compiler/semantics/functions.def"
  return rows;
}

} // namespace

const std::vector<BuiltinFunction> &builtinFunctions() {
  static const std::vector<BuiltinFunction> functions = functionRows();
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

const std::vector<std::string> &optimizerNames() {
  static const std::vector<std::string> names = {"w", "g", "iteration", "progress", "gradient_norm"};
  return names;
}

const std::vector<std::string> &lossNames() {
  static const std::vector<std::string> names = {"x", "label"};
  return names;
}

const std::vector<std::string> &scheduleNames() {
  static const std::vector<std::string> names = {"iteration", "progress"};
  return names;
}

void noteSchedules(Diagnostic &error, const std::string &name) {
  const auto &names = scheduleNames();
  if (std::find(names.begin(), names.end(), name) != names.end())
    error.note("`" + name + "` is known in optimizers, in schedules and in the arguments of a training");
}

} // namespace switchyard
