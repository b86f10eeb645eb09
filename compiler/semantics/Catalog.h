// What the language knows by name: layers, functions of attacks, data sources, training recipes.
// One table each, so that a new one is a line here. What of it is not built yet: NotBuilt.h.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CATALOG_H
#define SWITCHYARD_COMPILER_SEMANTICS_CATALOG_H

#include "compiler/syntax/Ast.h"
#include "runtime/contract/limits.h"

#include <string>
#include <vector>

namespace switchyard {

/// A named argument of a layer, recipe or data source. `byDefault` empty: must be given.
struct CatalogParameter {
  std::string name;
  /// Count: whole, at least 1; Size: whole, at least 0; Rate: in [0, 1); When: a word of S3.3; File: its
  /// name, in quotes
  enum Kind { Count, Size, Rate, Positive, NonNegative, When, Flag, File } kind;
  std::string byDefault;        ///< as written
  int64_t most = limits::count; ///< Count, Size: the largest there is
};

struct LayerKind {
  std::string name;
  std::vector<CatalogParameter> parameters;
};

enum class Function {
#define SWY_ELEMENTWISE(text, name, arguments) name,
#include "compiler/semantics/elementwise.def"
  Sum,
  MeanAbs,
  Norm,
  LogSumExp,
  Model,
  Project,
  UniformLike,
  NormalLike,
  ConstantLike,
  ToUnbounded,
  ToRange,
  Clamp,
  Chance,
  Adam,
  Largest,
  Uniform,
  Normal,
  Round,
  Height,
  Width,
  Channels,
  RowNumbers,
  ColumnNumbers,
};

struct BuiltinFunction {
  std::string name;
  Function function;
  /// Types taken, by position. Unknown stands for a number or a tensor; scalars broadcast (S1.4).
  std::vector<ast::Type> parameters;
  ast::Type result; ///< Unknown: the type of the arguments, a tensor's before a number's
  /// For functions whose arguments have names: numbers all, a default where one may be left out.
  std::vector<CatalogParameter> named = {};
  /// The words that its last argument takes, by the name `each`; the first one where it is left out.
  std::vector<std::string> each = {};
};

const std::vector<LayerKind> &layerKinds();
const LayerKind *findLayer(const std::string &name);

const std::vector<BuiltinFunction> &builtinFunctions();
/// By name and number of arguments (`max` has two forms).
const BuiltinFunction *findFunction(const std::string &name, size_t arguments);
/// The word that the call of a function with `each` gives or leaves to be understood.
std::string eachOf(const ast::CallExpr &call);

/// Data sources and training recipes: a name and its arguments.
struct NamedRecipe {
  std::string name;
  std::vector<CatalogParameter> parameters;
  std::vector<int64_t> input =
      {};          ///< data sources: an image's shape; empty: known from the files, once they are read
  int classes = 0; ///< data sources: 0 where `input` is empty
};
const std::vector<NamedRecipe> &dataSources();
/// By name and by the arguments that are given (`numpy` has two forms).
const NamedRecipe *findDataSource(const ast::CallExpr &call);
const std::vector<NamedRecipe> &trainingRecipes();

} // namespace switchyard

#endif
