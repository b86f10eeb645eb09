// The program as written, with the places of its parts. Plain structs: the parser fills in what the text
// says, the checker the fields marked `checked`. No MLIR here, and no ANTLR.

#ifndef SWITCHYARD_COMPILER_SYNTAX_ASTEXPR_H
#define SWITCHYARD_COMPILER_SYNTAX_ASTEXPR_H

#include "compiler/syntax/Source.h"
#include "compiler/syntax/Value.h"

#include <memory>
#include <string>
#include <vector>

namespace switchyard {

struct BuiltinFunction; // compiler/semantics/Catalog.h

namespace ast {

// ---------------------------------------------------------------------------------------------------------
// Types of expressions
// ---------------------------------------------------------------------------------------------------------

enum class Type {
  Unknown, ///< not checked, or an error was reported inside
  Real,
  Int,  ///< known before the attack runs
  Bool, ///< in an attack: one for each example
  Mask, ///< a truth value for each element of an image
  String,
  Image,     ///< a tensor of the input's shape
  Logits,    ///< a tensor of [classes]
  Class,     ///< the goal's class, or the label
  Objective, ///< a function of logits
  Optimizer, ///< state that `step` advances
  List,
  Place,         ///< a block or another place in a network
  Draw,          ///< how often something is drawn
  Attack,        ///< one that a loss is given
  Probabilities, ///< of [classes], none of which is a logit
  Path,          ///< one of the ways through a random model
};

// ---------------------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------------------

enum class ExprKind {
  Number,
  Bool,
  String,
  Shape,
  Name,
  Call,
  Index,
  Unary,
  Binary,
  Choice,
  Gradient,
  List,
  Range,
  Place
};

struct Expr {
  const ExprKind kind;
  Location location;
  Type type = Type::Unknown; ///< checked
  virtual ~Expr() = default;

protected:
  explicit Expr(ExprKind kind) : kind(kind) {}
};
using ExprPtr = std::unique_ptr<Expr>;

/// One kind of expression; `classof` serves ast::as and LLVM's casts.
template <ExprKind K> struct ExprOf : Expr {
  ExprOf() : Expr(K) {}
  static bool classof(const Expr *e) { return e->kind == K; }
};

/// The expression as a T, or null.
template <typename T> T *as(Expr *e) {
  return e && T::classof(e) ? static_cast<T *>(e) : nullptr;
}
template <typename T> const T *as(const Expr *e) {
  return e && T::classof(e) ? static_cast<const T *>(e) : nullptr;
}

struct NumberExpr : ExprOf<ExprKind::Number> {
  Number value;
};
struct BoolExpr : ExprOf<ExprKind::Bool> {
  bool value = false;
};
struct StringExpr : ExprOf<ExprKind::String> {
  std::string value;
};
struct ShapeExpr : ExprOf<ExprKind::Shape> {
  std::vector<int64_t> dimensions;
};

/// What a name means where it is used.
enum class Meaning {
  Unresolved,
  Variable,           ///< assigned in the body; x0, t, y, z count as variables too
  Parameter,          ///< of the attack, defense or network, or the program's `param`
  Objective,          ///< a declared objective
  ObjectiveParameter, ///< a parameter of type `objective`
  Builtin,            ///< a function of Catalog.h, `model` and `project` included
  Schedule,           ///< a declared schedule
  OptimizerStep,      ///< `o.step(w, g)`; `path[0]` is the optimizer's variable
  Constant,           ///< `infinity`, `pi`
  Word,               ///< stands for itself (`always`, `first`)
  Label,              ///< the example's label, in an attack, which leads away from it
};

struct ObjectiveDecl;
struct ScheduleDecl;

/// `eps`, `paper.sgd`
struct NameExpr : ExprOf<ExprKind::Name> {
  std::vector<std::string> path;
  Meaning meaning = Meaning::Unresolved;    ///< checked
  const ObjectiveDecl *objective = nullptr; ///< checked; with Meaning::Objective
};

struct Argument {
  std::string name; ///< empty: by position
  ExprPtr value;
  ExprPtr except; ///< `max(z except t)`; null else
  Location location;
};

/// `sign(g)`, `conv(32, 3)`, `relu`, `paper.sgd(epochs = 40)`. Layers, defenses, attacks, recipes and data
/// sources are calls as well, there also without parentheses.
struct CallExpr : ExprOf<ExprKind::Call> {
  std::vector<std::string> path;
  bool parentheses = true;
  bool of = false; ///< written `chance of p`, its name being `chance of`
  std::vector<Argument> arguments;
  /// Of an attack in a training, how it estimates its gradients: `pgd(0.1) with eot(4)`; null: by default.
  std::unique_ptr<CallExpr> estimator;
  Meaning meaning = Meaning::Unresolved;    ///< checked
  const BuiltinFunction *builtin = nullptr; ///< checked; with Meaning::Builtin
  const ObjectiveDecl *objective = nullptr; ///< checked; with Meaning::Objective
  const ScheduleDecl *schedule = nullptr;   ///< checked; with Meaning::Schedule
  /// checked, in bodies and rewrites: the argument of each of the callee's parameters; null: its default
  std::vector<const Expr *> bound;

  std::string name() const; ///< the path, with dots
};

struct IndexExpr : ExprOf<ExprKind::Index> {
  ExprPtr base, index;
};

enum class UnaryOp { Minus, Not };
struct UnaryExpr : ExprOf<ExprKind::Unary> {
  UnaryOp op = UnaryOp::Minus;
  ExprPtr operand;
};

enum class BinaryOp {
  Add,
  Subtract,
  Multiply,
  Divide,
  Power,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  And,
  Or
};
struct BinaryExpr : ExprOf<ExprKind::Binary> {
  BinaryOp op = BinaryOp::Add;
  ExprPtr left, right;
};

/// `if c then a else b`
struct ChoiceExpr : ExprOf<ExprKind::Choice> {
  ExprPtr condition, yes, no;
};

/// `gradient of (E) at x` (S1.2)
struct GradientExpr : ExprOf<ExprKind::Gradient> {
  ExprPtr of;
  std::string at;
  Location atLocation;
  /// checked: the objectives' calls by which alone it depends on `at`; empty: it does otherwise, too
  std::vector<const CallExpr *> byObjectives;
};

struct ListExpr : ExprOf<ExprKind::List> {
  std::vector<ExprPtr> elements;
};

/// `[a to b by c]`
struct RangeExpr : ExprOf<ExprKind::Range> {
  ExprPtr from, to, by; ///< by: null stands for 1
};

/// `first dense`, `every later conv`; a block's name alone is a NameExpr.
struct PlaceExpr : ExprOf<ExprKind::Place> {
  switchyard::Place place;
};

/// The expressions right inside one, as written from left to right.
std::vector<const Expr *> children(const Expr &e);
const char *spelling(UnaryOp op);
const char *spelling(BinaryOp op);
const char *spelling(Type type); ///< as messages say it: "an image"

} // namespace ast
} // namespace switchyard

#endif
