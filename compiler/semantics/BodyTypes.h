// Types and dependences inside bodies: of attacks, objectives, layers, optimizers, schedules and losses. Each
// expression gets its type, each name its meaning, so that the IR generator looks nothing up and checks
// nothing.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_BODYTYPES_H
#define SWITCHYARD_COMPILER_SEMANTICS_BODYTYPES_H

#include "compiler/semantics/Catalog.h"
#include "compiler/semantics/Program.h"

#include <map>
#include <set>

namespace switchyard {

/// What a value depends on: versions of variables (an assignment makes a new version).
struct Flow {
  std::set<int> direct;
  std::set<int> throughGradient; ///< by way of a gradient: not differentiable yet (S1.2)
  /// By way of an objective, which may turn out to be constant: an experiment chooses it, and its form.
  std::map<const ast::CallExpr *, std::set<int>> throughObjective;
  /// By way of `chance`, which has no derivative.
  std::map<const ast::CallExpr *, std::set<int>> throughChance;

  void merge(const Flow &other);
  std::set<int> all() const; ///< direct, and through objectives
};

struct Variable {
  ast::Type type = ast::Type::Unknown;
  int version = 0;
  Flow flow;
  ast::Meaning meaning = ast::Meaning::Variable;
  bool fixed = false; ///< a parameter or x0: cannot be assigned
  Location declared;  ///< invalid: `x0`
};

/// The names visible at one point of a body, innermost scope last.
class Environment {
public:
  Environment() { enter(); }
  void enter() { scopes.emplace_back(); }
  void leave() { scopes.pop_back(); }
  Variable *find(const std::string &name);
  Variable &declare(const std::string &name, ast::Type type, Location declared,
                    ast::Meaning meaning = ast::Meaning::Variable, bool fixed = false);
  void renew(Variable &variable, Flow flow); ///< a new version with this flow
  std::vector<std::string> names() const;
  size_t depth() const { return scopes.size(); }

private:
  std::vector<std::vector<std::pair<std::string, Variable>>> scopes;
  int versions = 0;
};

/// What a body belongs to, and what its functions can be about.
enum class BodyOf { Attack, Objective, Layer, Optimizer, Schedule, Loss };

/// Types expressions; reports what does not fit, once: an operand of type Unknown was reported already.
class ExpressionTyper {
public:
  ExpressionTyper(Program &program, const ast::Module &module, Environment &environment, BodyOf body)
      : program(program), module(module), environment(environment), body(body) {}

  ast::Type type(ast::Expr &e);
  Flow flow(const ast::Expr &e);
  bool expect(ast::Expr &e, ast::Type wanted, const std::string &what);
  /// Keeps that a name stands for the variable.
  void refer(Location use, const Variable &variable);
  /// A type as messages say it: to an optimizer, whose weights are no images, "a tensor".
  const char *said(ast::Type type) const;

private:
  Flow callFlow(const ast::CallExpr &call);
  ast::Type name(ast::NameExpr &e);
  ast::Type call(ast::CallExpr &e);
  ast::Type objectiveCall(ast::CallExpr &e);
  ast::Type scheduleCall(ast::CallExpr &e);
  ast::Type sampledAttack(ast::CallExpr &e);
  bool checkDraws(ast::Expr &e);
  ast::Type stepCall(ast::CallExpr &e);
  ast::Type builtinCall(ast::CallExpr &e);
  bool belongsHere(const ast::CallExpr &e);
  ast::Type argumentsByPosition(ast::CallExpr &e, size_t given);
  bool eachWord(const BuiltinFunction &function, ast::Argument &one);
  void wholeConstant(const ast::CallExpr &e);
  void groupsAreKnown(const ast::CallExpr &e);
  ast::Type namedCall(ast::CallExpr &e);
  ast::Type argument(ast::CallExpr &e, size_t i, ast::Type wanted);
  void warnRange(const ast::Expr &e, const Number &value);
  ast::Type unary(ast::UnaryExpr &e);
  ast::Type binary(ast::BinaryExpr &e);
  ast::Type knownNumber(const ast::BinaryExpr &e, ast::Type otherwise);
  ast::Type comparison(ast::BinaryExpr &e, ast::Type left, ast::Type right);
  ast::Type logic(ast::BinaryExpr &e, ast::Type left, ast::Type right);
  ast::Type choice(ast::ChoiceExpr &e);
  ast::Type maskedChoice(ast::ChoiceExpr &e, ast::Type yes, ast::Type no);
  ast::Type index(ast::IndexExpr &e);
  ast::Type gradient(ast::GradientExpr &e);
  /// Whether it depends on what it is taken at, in a way that has one.
  ast::Type dependence(ast::GradientExpr &e, const Variable &at);
  bool passesChance(const ast::GradientExpr &e, const Flow &depends, int version);
  /// The type of two operands side by side, scalars broadcast; reports a mismatch at `where`.
  ast::Type together(ast::Type a, ast::Type b, Location where, const std::string &what);
  ast::Type fail(Id id, Location where, const std::string &message);
  /// Something was wanted where `got` stands; for a mask with a note on what to do with it.
  ast::Type failGot(Id id, Location where, const std::string &message, ast::Type got,
                    ast::Type wanted = ast::Type::Unknown);

  Program &program;
  const ast::Module &module;
  Environment &environment;
  BodyOf body;
};

bool isOfClasses(ast::Type type); ///< a number for each class: logits, probabilities
bool isNumeric(ast::Type type);   ///< a number or a tensor of them
bool isScalar(ast::Type type);    ///< Real or Int
bool isTruth(ast::Type type);     ///< Bool or Mask

} // namespace switchyard

#endif
