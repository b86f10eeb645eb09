// Values that are known before anything runs: arguments of layers, defenses, attacks and experiments.

#ifndef SWITCHYARD_COMPILER_SYNTAX_VALUE_H
#define SWITCHYARD_COMPILER_SYNTAX_VALUE_H

#include "compiler/syntax/Number.h"

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace switchyard {

namespace ast {
struct ObjectiveDecl;
struct CallExpr;
struct Module;
} // namespace ast

/// A reference to an objective of the program.
struct ObjectiveRef {
  const ast::ObjectiveDecl *objective = nullptr;
  std::string name = {}; ///< as it was called: `mine.margin`
};

struct NamedValue;

/// A call of an attack or a loss that is handed on: nothing in it depends on where it stands.
struct Calling {
  const ast::CallExpr *call = nullptr;
  const ast::Module *home =
      nullptr; ///< what names in it mean, but for these, which are calls handed on to it
  std::shared_ptr<const std::vector<NamedValue>> callings = {};
  std::string text = {};
};

/// A place in a network: the first or every block or layer of a kind, or a block by its name.
struct Place {
  enum Which { First, Every, EveryLater, Named };
  Which which = First;
  std::string target; ///< layer kind or `block`; with Named, a block's name
};

/// A word that stands for itself where a parameter takes one (`when = always`, `draw = per_example`).
struct Word {
  std::string text;
};

struct Value {
  using List = std::vector<Value>;
  std::variant<std::monostate, Number, bool, std::string, List, ObjectiveRef, Place, Word, Calling> data;

  Value() = default;
  template <typename T> Value(T content) : data(std::move(content)) {}

  bool empty() const { return std::holds_alternative<std::monostate>(data); }
  bool isNumber() const { return std::holds_alternative<Number>(data); }
  const Number &number() const { return std::get<Number>(data); }
  double real() const { return number().value(); }
  /// Precondition: a whole number (the checker has rounded counts already).
  int64_t integer() const { return std::llround(real()); }
  bool isList() const { return std::holds_alternative<List>(data); }
  const List &list() const { return std::get<List>(data); }
  const ast::ObjectiveDecl *objective() const;
  const Calling *calling() const { return std::get_if<Calling>(&data); }
  const std::string &word() const { return std::get<Word>(data).text; }

  /// As a user would write it.
  std::string text() const;
};

/// A named value, in the order of the declaration.
struct NamedValue {
  std::string name;
  Value value;
  /// False where it says what its default does, whether it stands there or not. An axis says more than a
  /// default that is the same at all of its values.
  bool written = true;
};

using NamedValues = std::vector<NamedValue>;

/// The numbers of a list of numbers, or of one.
std::vector<double> numbersOf(const Value &value);

/// The value of that name, or null.
const Value *find(const NamedValues &values, const std::string &name);

} // namespace switchyard

#endif
