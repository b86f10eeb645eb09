// What the language knows by name: layers, functions of attacks, estimators, measures, data sources, and what is
// known but not built yet. One table each, so that a new one is a line here.

#ifndef SWITCHYARD_COMPILER_FRONTEND_CATALOG_H
#define SWITCHYARD_COMPILER_FRONTEND_CATALOG_H

#include "compiler/frontend/Ast.h"

#include <string>
#include <vector>

namespace switchyard {

/// A named argument of a layer, recipe or data source. `byDefault` empty: must be given.
struct CatalogParameter {
  std::string name;
  enum Kind { Count, Rate, Positive, NonNegative, When, Flag, Real } kind;
  std::string byDefault; ///< as written
};

struct LayerKind {
  std::string name;
  std::vector<CatalogParameter> parameters;
  bool random = false;
  std::string notBuilt; ///< not empty: parses, but no experiment can use it yet
};

enum class Function {
  Sign, Abs, Max, Min, Exp, Log, Sqrt, Tanh, Sum, MeanAbs, Norm, LogSumExp, Model, Project, UniformLike,
  NormalLike, ConstantLike, ToUnbounded, ToRange, Clamp, Chance, Adam,
};

struct BuiltinFunction {
  std::string name;
  Function function;
  /// Types taken, by position. Real stands for a scalar, Image for an image; Unknown for either (the result
  /// is then an image if any argument is one).
  std::vector<ast::Type> parameters;
  ast::Type result;     ///< Unknown: as the arguments
  std::string notBuilt; ///< not empty: parses, but no experiment can use it yet
};

const std::vector<LayerKind> &layerKinds();
const LayerKind *findLayer(const std::string &name);

const std::vector<BuiltinFunction> &builtinFunctions();
/// By name and number of arguments (`max` has two forms).
const BuiltinFunction *findFunction(const std::string &name, size_t arguments);

/// Data sources and training recipes: a name and its arguments.
struct NamedRecipe {
  std::string name;
  std::vector<CatalogParameter> parameters;
  std::vector<int64_t> input; ///< data sources: an image's shape
  int classes = 0;            ///< data sources
};
const std::vector<NamedRecipe> &dataSources();
const std::vector<NamedRecipe> &trainingRecipes();

struct MeasureKind {
  std::string name;
  bool needsAttack;
  bool needsBaseline; ///< compares with the defense `none`
  std::string notBuilt;
};
const std::vector<MeasureKind> &measureKinds();

} // namespace switchyard

#endif
