// What the language knows by name: functions of bodies, data sources; layers are in a
// table that the dialect reads, too (dialect/layers/). One table each, so that a new one is a line there.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_CATALOG_H
#define SWITCHYARD_COMPILER_SEMANTICS_CATALOG_H

#include "compiler/syntax/Ast.h"
#include "compiler/syntax/Diagnostics.h"
#include "dialect/layers/Layers.h"
#include "runtime/contract/limits.h"

#include <optional>
#include <string>
#include <vector>

namespace switchyard {

/// The message "`x` is not built yet: what it is", or nothing if it is: `what` is empty.
std::string notBuilt(const std::string &name, const std::string &what);

/// A named argument of a data source or function, as layers have them.
using CatalogParameter = LayerParameter;

enum class Function {
#define FUNCTION(TEXT, NAME, ARGUMENTS, RESULT, TRAITS) NAME,
#define ELEMENTWISE(TEXT, NAME, ARGUMENTS, TRAITS) NAME,
#include "compiler/semantics/functions.def"
};

/// A row of functions.def, which says what each field means.
struct BuiltinFunction {
  std::string name;
  Function function;
  /// Types taken, by position. Unknown stands for a number or a tensor.
  std::vector<ast::Type> parameters;
  ast::Type result; ///< Unknown: that of the arguments
  bool ofAttacks, draws, takesShape, overDraws, noneBelowZero, mayExcept, writtenOut, keeps, ofImages,
      ofLosses, ofGroups;
  /// The words that its last argument takes, by the name `each`; the first one where it is left out.
  std::vector<std::string> each;
  /// For functions whose arguments have names: numbers all, a default where one may be left out.
  std::vector<CatalogParameter> named = {};
  std::optional<size_t> dimension = {};
};

const std::vector<BuiltinFunction> &builtinFunctions();
/// By name and number of arguments (`max` has two forms).
const BuiltinFunction *findFunction(const std::string &name, size_t arguments);
/// The word that the call of a function with `each` gives or leaves to be understood.
std::string eachOf(const ast::CallExpr &call);

/// Data sources: a name and its arguments.
struct NamedRecipe {
  std::string name;
  std::vector<CatalogParameter> parameters;
  std::vector<int64_t> input = {}; ///< an image's shape; empty: known from the files, once they are read
  int classes = 0;                 ///< 0 where `input` is empty
};
const std::vector<NamedRecipe> &dataSources();
/// By name and by the arguments that are given (`numpy` has two forms).
const NamedRecipe *findDataSource(const ast::CallExpr &call);

/// What an optimizer is given, in the order of its program: the weight, its gradient, and numbers.
const std::vector<std::string> &optimizerNames();
/// What a loss is given: a training image and its class.
const std::vector<std::string> &lossNames();
/// What schedules are functions of; elsewhere than in optimizers, schedules and arguments of trainings nobody
/// knows them.
const std::vector<std::string> &scheduleNames();
/// Says so where a name that is not known here is one of them.
void noteSchedules(Diagnostic &error, const std::string &name);

} // namespace switchyard

#endif
