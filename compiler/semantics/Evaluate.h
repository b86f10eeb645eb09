// Values of expressions that are known before anything runs, exact where they can be; and the binding of
// arguments to parameters, defaults included.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_EVALUATE_H
#define SWITCHYARD_COMPILER_SEMANTICS_EVALUATE_H

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/Program.h"

#include <optional>

namespace switchyard {

/// Names with values: parameters before a default, variables of `for`, a program's params.
class Scope {
public:
  explicit Scope(const ast::Module &module) : module(module) {}
  const ast::Module &module;          ///< where names are looked up
  std::vector<int64_t> image;         ///< inside an attack: channels, height, width
  std::map<std::string, Note> beside; ///< names of others of a group that have no value here, and why

  /// `declared`: where; an empty value has an error that was reported there.
  void set(const std::string &name, Value value, Location declared = {});
  void setAxis(const std::string &name, Value value, Location declared = {});
  const Value *find(const std::string &name) const;
  bool isAxis(const std::string &name) const;
  Location declarationOf(const std::string &name) const;
  std::vector<std::string> names() const;

private:
  struct Entry {
    Value value;
    Location declared;
    bool axis = false;
  };
  std::map<std::string, Entry> entries;
};

/// The scope of a file's top level: its params.
Scope topScope(const Program &program, const ast::Module &module);

/// The value, or nothing with an error reported. Each `for` over a range counts at most `maxElements` values.
std::optional<Value> evaluate(Program &program, const ast::Expr &e, const Scope &scope);
constexpr size_t maxElements = 10000;

/// The truth value, or nothing with an error reported.
std::optional<bool> evaluateTruth(Program &program, const ast::Expr &e, const Scope &scope);
/// A count of `things` above 0, rounded where it is computed (S1.5), or nothing with an error reported.
std::optional<int64_t> evaluateCount(Program &program, const ast::Expr &e, const Scope &scope,
                                     const std::string &things);

/// Whether a name of the expression is an axis in this scope.
bool mentionsAxis(const ast::Expr &e, const Scope &scope);
/// The names whose values an expression needs, variables and parameters, in order: not `x0` in `height(x0)`.
void collectNames(const ast::Expr &e, std::vector<const ast::NameExpr *> &names);

/// The places that a list names, or the word `blocks` for where the network's own blocks begin.
std::optional<Value> evaluatePlaces(Program &program, const ast::Expr &e, const Scope &scope);
/// `per_example` or `per_batch`, for each of which something is drawn.
std::optional<Value> evaluateDraw(Program &program, const ast::Expr &e, const Scope &scope);

/// What a call gives to each parameter; null where it leaves the default. Nothing, with errors, if it does
/// not fit. `what` names the callee: "attack `pgd`"; the last `byNameOnly` parameters are given by name
/// alone.
std::optional<std::vector<const ast::Argument *>>
matchArguments(Program &program, const std::vector<ast::Argument> &arguments, Location where,
               const std::vector<std::string> &names, const std::vector<bool> &required,
               const std::string &what, size_t byNameOnly = 0);

/// What becomes of a number where a whole one is asked for: a network's sizes are what they say.
enum class Counts { Rounded, Whole };
/// What becomes of this one: what a program computes may be rounded, what it writes as a number is meant so
/// (S1.5).
Counts countsOf(const ast::Expr &e, Counts otherwise = Counts::Rounded);
/// "write 2 or 3", where a number above 0 is not whole; empty else.
std::string wholeNumbersAround(const Value &value);

/// What an argument, or a default, is to its parameter; nothing, with an error reported, where it does not
/// fit. Reals are finite, but where `mayBeInfinite`.
std::optional<Value> convert(Program &program, const ast::Parameter &parameter, const ast::Expr &e,
                             const Scope &scope, const std::string &what, bool mayBeInfinite,
                             Counts counts = Counts::Rounded);
/// Whether a parameter's value, where it is a whole number, is one to 32-bit reals (S1.11); an error at
/// `where`, in which `to` computes in these: `the attack`.
bool isHeldByReals(Program &program, const ast::Parameter &parameter, const Value &value, Location where,
                   const std::string &to);
/// Binds to declared parameters (of attacks, layers, defenses, networks); `home` is where defaults are
/// evaluated. `others`: what the call may give beside them, by name, without a value here.
std::optional<NamedValues> bindArguments(Program &program, const ast::CallExpr &call,
                                         const std::vector<ast::Parameter> &parameters, const Scope &scope,
                                         const ast::Module &home, const std::string &what,
                                         const std::vector<std::string> &others = {},
                                         Counts counts = Counts::Rounded);
/// Binds to catalog parameters (of layers, recipes, data sources, measures).
std::optional<NamedValues> bindArguments(Program &program, const std::vector<ast::Argument> &arguments,
                                         Location where, const std::vector<CatalogParameter> &parameters,
                                         const Scope &scope, const std::string &what, size_t byNameOnly = 0,
                                         Counts counts = Counts::Rounded);
/// Binds the arguments of a data source; names of files come out absolute.
std::optional<NamedValues> bindSource(Program &program, const ast::DatasetDecl &decl, const Scope &scope);
/// Converts a value to a catalog parameter's kind, or reports why not.
std::optional<Value> convert(Program &program, Value value, const CatalogParameter &parameter, Location where,
                             const std::string &what, Counts counts = Counts::Rounded);

/// The chances of a choice's members, of all or of none (null): numbers above 0, together 1. Empty where none
/// has one, and after an error. `where` is the choice.
std::vector<double> evaluateChances(Program &program, const std::vector<const ast::Expr *> &written,
                                    Location where, const Scope &scope);

} // namespace switchyard

#endif
