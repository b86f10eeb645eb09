// Evaluation over exact fractions and lists. A list with a number on the other side of an operator is meant
// element by element ([16, 32]/255).

#include "compiler/semantics/Evaluate.h"

#include "compiler/semantics/Arithmetic.h"
#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace switchyard {

using namespace ast;

void Scope::set(const std::string &name, Value value, Location declared) {
  entries[name] = {std::move(value), declared, false};
}

void Scope::setAxis(const std::string &name, Value value, Location declared) {
  entries[name] = {std::move(value), declared, true};
}

Location Scope::declarationOf(const std::string &name) const {
  auto found = entries.find(name);
  return found == entries.end() ? Location() : found->second.declared;
}

const Value *Scope::find(const std::string &name) const {
  auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second.value;
}

bool Scope::isAxis(const std::string &name) const {
  auto found = entries.find(name);
  return found != entries.end() && found->second.axis;
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> result;
  for (auto &[name, entry] : entries)
    result.push_back(name);
  return result;
}

Scope topScope(const Program &program, const Module &module) {
  Scope scope(module);
  for (auto &[name, value] : program.paramsOf(module)) {
    const Decl *decl = program.look(DeclKind::Param, name, module);
    scope.set(name, value, decl ? decl->location : Location());
  }
  return scope;
}

namespace {

/// The dimension that `channels(x)`, `height(x)` or `width(x)` asks for: sizes are known without the image.
std::optional<size_t> dimensionAskedFor(const Expr &e) {
  auto *call = as<CallExpr>(&e);
  bool isNumber = call && call->builtin && call->builtin->result == Type::Int;
  return isNumber ? call->builtin->dimension : std::nullopt;
}

class Evaluator {
public:
  Evaluator(Program &program, const Scope &scope) : program(program), scope(scope) {}

  std::optional<Value> value(const Expr &e) {
    switch (e.kind) {
    case ExprKind::Number:
      return Value(as<NumberExpr>(&e)->value);
    case ExprKind::Bool:
      return Value(as<BoolExpr>(&e)->value);
    case ExprKind::String:
      return Value(as<StringExpr>(&e)->value);
    case ExprKind::Name:
      return name(*as<NameExpr>(&e));
    case ExprKind::Unary:
      return unary(*as<UnaryExpr>(&e));
    case ExprKind::Binary:
      return binary(*as<BinaryExpr>(&e));
    case ExprKind::Choice:
      return choice(*as<ChoiceExpr>(&e));
    case ExprKind::List:
      return list(*as<ListExpr>(&e));
    case ExprKind::Range:
      return range(*as<RangeExpr>(&e));
    case ExprKind::Place:
      return Value(as<PlaceExpr>(&e)->place);
    case ExprKind::Call:
      if (auto dimension = dimensionAskedFor(e); dimension && !scope.image.empty())
        return Value(Number(scope.image[*dimension]));
      [[fallthrough]];
    default:
      return fail(Id::NotKnownBefore, e, "`" + format(e) + "` is not known before the experiment runs");
    }
  }

  std::optional<bool> truth(const Expr &e) {
    auto result = value(e);
    if (!result)
      return std::nullopt;
    if (auto *known = std::get_if<bool>(&result->data))
      return *known;
    return fail(Id::NoTruth, e, "`" + format(e) + "` must be true or false");
  }

private:
  std::optional<Value> follow() {
    program.diagnostics.follow();
    return std::nullopt;
  }

  std::nullopt_t fail(Id id, const Expr &e, const std::string &message) {
    program.diagnostics.error(id, e.location, message);
    return std::nullopt;
  }

  std::optional<Value> name(const NameExpr &e) {
    std::string name = joined(e.path, ".");
    if (const Value *known = scope.find(name)) {
      bool isParam = program.look(DeclKind::Param, name, scope.module);
      program.references.add(e.location,
                             scope.isAxis(name) ? Referent::Axis
                             : isParam          ? Referent::Param
                                                : Referent::Parameter,
                             scope.declarationOf(name));
      return known->empty() ? follow() : std::optional<Value>(*known);
    }
    if (auto constant = constantNamed(name))
      return Value(*constant);
    if (program.mayBe(DeclKind::Param, name, scope.module))
      return follow();
    Diagnostic &error =
        program.diagnostics.error(Id::UnknownValue, e.location,
                                  "there is no value `" + name + "` here" + didYouMean(name, scope.names()));
    noteSchedules(error, name);
    if (auto found = scope.beside.find(name); found != scope.beside.end())
      error.note(found->second.location, found->second.message);
    return std::nullopt;
  }

  std::optional<Number> number(const Expr &e) {
    auto result = value(e);
    if (!result)
      return std::nullopt;
    if (!result->isNumber())
      return fail(Id::NoNumber, e, "`" + format(e) + "` must be a number");
    return result->number();
  }

  std::optional<Value> unary(const UnaryExpr &e) {
    if (e.op == UnaryOp::Not) {
      auto operand = truth(*e.operand);
      return operand ? std::optional<Value>(!*operand) : std::nullopt;
    }
    auto operand = value(*e.operand);
    if (!operand)
      return std::nullopt;
    return each(e, *operand, [](const Number &n) { return Computed{-n, ""}; });
  }

  /// Applies a function to a number or to each of a list.
  std::optional<Value> each(const Expr &e, const Value &value,
                            const std::function<Computed(const Number &)> &f) {
    if (value.isNumber()) {
      Computed result = f(value.number());
      return result.why.empty() ? std::optional<Value>(result.value)
                                : fail(Id::NoValue, e, "`" + format(e) + "` " + result.why);
    }
    if (!value.isList())
      return fail(Id::NotCalculable, e, "`" + format(e) + "` calculates with something that is no number");
    Value::List result;
    for (const Value &one : value.list()) {
      auto element = each(e, one, f);
      if (!element)
        return std::nullopt;
      result.push_back(*element);
    }
    return Value(result);
  }

  std::optional<Value> binary(const BinaryExpr &e) {
    if (e.op == BinaryOp::And || e.op == BinaryOp::Or) {
      auto left = truth(*e.left), right = truth(*e.right);
      if (!left || !right)
        return std::nullopt;
      return Value(e.op == BinaryOp::And ? *left && *right : *left || *right);
    }
    auto left = value(*e.left);
    auto right = left ? value(*e.right) : std::nullopt;
    if (!left || !right)
      return std::nullopt;
    if (e.op == BinaryOp::Divide && right->isNumber() && right->number().isZero())
      return fail(Id::NoValue, *e.right, "`" + format(e) + "` divides by zero");
    if (right->isNumber())
      return arithmetic(e, *left, right->number());
    if (left->isNumber() && right->isList()) {
      Number first = left->number();
      if (e.op == BinaryOp::Multiply || e.op == BinaryOp::Add)
        return each(e, *right, [&](const Number &n) { return compute(e.op, first, n); });
    }
    return fail(Id::NotCalculable, e, "`" + format(e) + "` calculates with something that is no number");
  }

  std::optional<Value> arithmetic(const BinaryExpr &e, const Value &left, const Number &b) {
    if (e.op <= BinaryOp::Power)
      return each(e, left, [&](const Number &a) { return compute(e.op, a, b); });
    if (!left.isNumber())
      return fail(Id::NotComparable, e, "`" + format(e) + "` compares something that is no number");
    return compare(e.op, left.number(), b);
  }

  static Value compare(BinaryOp op, const Number &a, const Number &b) {
    switch (op) {
    case BinaryOp::Less:
      return a < b;
    case BinaryOp::LessEqual:
      return !(b < a);
    case BinaryOp::Greater:
      return b < a;
    case BinaryOp::GreaterEqual:
      return !(a < b);
    case BinaryOp::Equal:
      return a == b;
    default:
      return !(a == b);
    }
  }

  std::optional<Value> choice(const ChoiceExpr &e) {
    auto condition = truth(*e.condition);
    return condition ? value(*condition ? *e.yes : *e.no) : std::nullopt;
  }

  std::optional<Value> list(const ListExpr &e) {
    Value::List result;
    for (auto &one : e.elements) {
      auto element = value(*one);
      if (!element)
        return std::nullopt;
      result.push_back(*element);
    }
    return Value(result);
  }

  /// `[a to b by c]` includes b when a step lands on it, to 1e-9 (S1.7).
  std::optional<Value> range(const RangeExpr &e) {
    auto from = number(*e.from), to = number(*e.to);
    auto by = e.by ? number(*e.by) : std::optional<Number>(Number(1));
    if (!from || !to || !by)
      return std::nullopt;
    double steps = (to->value() - from->value()) / by->value();
    if (!std::isfinite(steps) || !std::isfinite(by->value()) || steps < -1e-9)
      return fail(Id::EndlessRange, e, "`" + format(e) + "` never reaches its end");
    if (steps > maxElements)
      return fail(Id::LongRange, e,
                  "`" + format(e) + "` has more than " + std::to_string(maxElements) + " values");
    Value::List result;
    Number at = *from;
    for (int i = 0; i <= static_cast<int>(steps + 1e-9); ++i, at = at + *by)
      result.push_back(at);
    return Value(result);
  }

  Program &program;
  const Scope &scope;
};

} // namespace

std::optional<Value> evaluate(Program &program, const Expr &e, const Scope &scope) {
  return Evaluator(program, scope).value(e);
}

std::optional<bool> evaluateTruth(Program &program, const Expr &e, const Scope &scope) {
  return Evaluator(program, scope).truth(e);
}

/// A number and signs, no name: a literal that was put where a name stood has no place in the text.
static bool isWritten(const Expr &e) {
  if (e.kind == ExprKind::Number)
    return e.location.valid();
  bool isSign = e.kind == ExprKind::Unary || e.kind == ExprKind::Binary;
  std::vector<const Expr *> operands = children(e);
  return isSign &&
         std::all_of(operands.begin(), operands.end(), [](const Expr *one) { return isWritten(*one); });
}

Counts countsOf(const Expr &e, Counts otherwise) {
  return isWritten(e) ? Counts::Whole : otherwise;
}

std::string wholeNumbersAround(const Value &value) {
  if (!value.isNumber() || value.number().isInteger() || !(value.real() > 0) ||
      value.real() > static_cast<double>(limits::count))
    return "";
  auto below = static_cast<int64_t>(value.real());
  return "write " + (below > 0 ? std::to_string(below) + " or " : "") + std::to_string(below + 1);
}

std::optional<int64_t> evaluateCount(Program &program, const Expr &e, const Scope &scope,
                                     const std::string &things) {
  auto value = evaluate(program, e, scope);
  if (!value)
    return std::nullopt;
  if (!value->isNumber())
    program.diagnostics.error(Id::CountValue, e.location,
                              "`" + format(e) + "` must be a number of " + things);
  else if (!(value->real() > 0) || std::isinf(value->real()))
    program.diagnostics.error(Id::CountValue, e.location,
                              "the number of " + things + " must be " +
                                  (value->real() > 0 ? "finite" : "above 0") + ", got " + value->text());
  else if (Number(limits::count) < value->number())
    program.diagnostics.error(Id::CountValue, e.location,
                              "the number of " + things + " is at most " + std::to_string(limits::count) +
                                  ", got " + value->text());
  else if (countsOf(e) == Counts::Whole && !value->number().isInteger())
    program.diagnostics
        .error(Id::CountValue, e.location,
               "the number of " + things + " must be a whole number, got " + value->text())
        .note(wholeNumbersAround(*value));
  else
    return value->number().asCount();
  return std::nullopt;
}

void collectNames(const Expr &e, std::vector<const NameExpr *> &names) {
  if (dimensionAskedFor(e))
    return;
  if (auto *name = as<NameExpr>(&e))
    names.push_back(name);
  for (const Expr *child : children(e))
    collectNames(*child, names);
}

bool mentionsAxis(const Expr &e, const Scope &scope) {
  std::vector<const NameExpr *> names;
  collectNames(e, names);
  for (const NameExpr *one : names)
    if (scope.isAxis(joined(one->path, ".")))
      return true;
  return false;
}

} // namespace switchyard
