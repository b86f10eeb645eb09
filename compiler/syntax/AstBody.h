// Statements of attacks, layers, optimizers, schedules and losses as written, with the places of their parts.

#ifndef SWITCHYARD_COMPILER_SYNTAX_ASTBODY_H
#define SWITCHYARD_COMPILER_SYNTAX_ASTBODY_H

#include "compiler/syntax/AstExpr.h"

namespace switchyard {
namespace ast {

enum class StatementKind { Assign, Repeat, If, Require, Return };

struct Statement {
  const StatementKind kind;
  Location location;
  virtual ~Statement() = default;

protected:
  explicit Statement(StatementKind kind) : kind(kind) {}
};
using StatementPtr = std::unique_ptr<Statement>;
using Body = std::vector<StatementPtr>;

template <StatementKind K> struct StatementOf : Statement {
  StatementOf() : Statement(K) {}
  static bool classof(const Statement *s) { return s->kind == K; }
};
template <typename T> T *as(Statement *s) {
  return s && T::classof(s) ? static_cast<T *>(s) : nullptr;
}
template <typename T> const T *as(const Statement *s) {
  return s && T::classof(s) ? static_cast<const T *>(s) : nullptr;
}

struct AssignStatement : StatementOf<StatementKind::Assign> {
  std::string variable;
  ExprPtr value;
  Type type = Type::Unknown; ///< checked: the variable's type (a whole number is kept as a Real)
  bool first = false;        ///< checked: makes the variable, in this body's scope
};

/// What a loop goes through: a number of turns, the classes, or the ways through a random model.
enum class LoopOver { Times, Classes, Paths };

/// `repeat n times`, `for each class k except label`, `for each path p by descending chance`.
struct RepeatStatement : StatementOf<StatementKind::Repeat> {
  LoopOver over = LoopOver::Times;
  ExprPtr count;        ///< with Times: known before the attack runs
  std::string variable; ///< else: what the turn is about
  Location variableLocation;
  ExprPtr except;          ///< a class left out; may be null
  bool descending = false; ///< the likeliest path first
  Body body;
  std::vector<std::string> carried; ///< checked: outer variables assigned inside, in order of declaration
};

struct IfStatement : StatementOf<StatementKind::If> {
  ExprPtr condition;
  Body yes, no;                     ///< no: may be empty; `else if` is a body of one IfStatement
  std::vector<std::string> carried; ///< checked, as above
};

/// What must hold of the parameters of an optimizer or a schedule.
struct RequireStatement : StatementOf<StatementKind::Require> {
  ExprPtr condition;
};

struct ReturnStatement : StatementOf<StatementKind::Return> {
  ExprPtr value;
};

} // namespace ast
} // namespace switchyard

#endif
