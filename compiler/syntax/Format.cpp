// The one format of expressions. Parentheses are put where precedence asks for them, so that
// parsing the result gives the same tree.

#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

// The grammar's levels, loosest first.
enum Level { Expression, OrLevel, AndLevel, Test, Sum, Product, Factor, Primary };

Level levelOf(BinaryOp op) {
  switch (op) {
  case BinaryOp::Or:
    return OrLevel;
  case BinaryOp::And:
    return AndLevel;
  case BinaryOp::Add:
  case BinaryOp::Subtract:
    return Sum;
  case BinaryOp::Multiply:
  case BinaryOp::Divide:
    return Product;
  case BinaryOp::Power:
    return Factor;
  default:
    return Test;
  }
}

Level levelOf(const Expr &e) {
  if (auto *binary = as<BinaryExpr>(&e))
    return levelOf(binary->op);
  if (auto *unary = as<UnaryExpr>(&e))
    return unary->op == UnaryOp::Minus ? Factor : Test;
  if (e.kind == ExprKind::Choice)
    return Expression;
  return Primary;
}

std::string text(const Expr &e, Level wanted);

std::string binaryText(const BinaryExpr &e) {
  Level level = levelOf(e.op);
  // Left-associative but for `^`; comparisons do not chain; the operands of `^` are an element and a factor.
  Level left = e.op == BinaryOp::Power ? Primary : level == Test ? Sum : level;
  Level right = e.op == BinaryOp::Power ? Factor : level == Test ? Sum : static_cast<Level>(level + 1);
  bool tight =
      e.op == BinaryOp::Power ||
      (e.op == BinaryOp::Divide && e.left->kind != ExprKind::Name && e.right->kind == ExprKind::Number &&
       (e.left->kind == ExprKind::Number || e.left->kind == ExprKind::List ||
        e.left->kind == ExprKind::Range));
  std::string sign = spelling(e.op);
  return text(*e.left, left) + (tight ? sign : " " + sign + " ") + text(*e.right, right);
}

std::string unaryText(const UnaryExpr &e) {
  if (e.op == UnaryOp::Minus)
    return "-" + text(*e.operand, Factor);
  bool twice = e.op == UnaryOp::Not && e.operand->kind == ExprKind::Unary;
  return "not " + text(*e.operand, twice ? Sum : Test);
}

std::string choiceText(const ChoiceExpr &e) {
  return "if " + text(*e.condition, Expression) + " then " + text(*e.yes, Expression) + " else " +
         text(*e.no, Expression);
}

std::string listText(const ListExpr &e) {
  std::vector<std::string> parts;
  for (auto &one : e.elements)
    parts.push_back(text(*one, Expression));
  return "[" + joined(parts, ", ") + "]";
}

std::string rangeText(const RangeExpr &e) {
  return "[" + text(*e.from, Expression) + " to " + text(*e.to, Expression) +
         (e.by ? " by " + text(*e.by, Expression) : "") + "]";
}

std::string unwrapped(const Expr &e) {
  switch (e.kind) {
  case ExprKind::Number:
    return as<NumberExpr>(&e)->value.text();
  case ExprKind::Bool:
    return as<BoolExpr>(&e)->value ? "true" : "false";
  case ExprKind::String:
    return "\"" + as<StringExpr>(&e)->value + "\"";
  case ExprKind::Shape:
    return shapeText(as<ShapeExpr>(&e)->dimensions);
  case ExprKind::Name:
    return joined(as<NameExpr>(&e)->path, ".");
  case ExprKind::Call:
    return callText(*as<CallExpr>(&e));
  case ExprKind::Index: {
    auto &index = *as<IndexExpr>(&e);
    return text(*index.base, Primary) + "[" + text(*index.index, Expression) + "]";
  }
  case ExprKind::Unary:
    return unaryText(*as<UnaryExpr>(&e));
  case ExprKind::Binary:
    return binaryText(*as<BinaryExpr>(&e));
  case ExprKind::Choice:
    return choiceText(*as<ChoiceExpr>(&e));
  case ExprKind::Gradient: {
    auto &gradient = *as<GradientExpr>(&e);
    return "gradient of (" + text(*gradient.of, Expression) + ") at " + gradient.at;
  }
  case ExprKind::List:
    return listText(*as<ListExpr>(&e));
  case ExprKind::Range:
    return rangeText(*as<RangeExpr>(&e));
  case ExprKind::Place:
    return placeText(as<PlaceExpr>(&e)->place);
  }
  return "";
}

std::string text(const Expr &e, Level wanted) {
  std::string plain = unwrapped(e);
  return levelOf(e) < wanted ? "(" + plain + ")" : plain;
}

} // namespace

std::string format(const Expr &expression) {
  return text(expression, Expression);
}

std::string joined(const std::vector<std::string> &parts, const std::string &separator) {
  std::string result;
  for (const std::string &part : parts)
    result += (result.empty() ? "" : separator) + part;
  return result;
}

std::string placeText(const Place &place) {
  switch (place.which) {
  case Place::First:
    return "first " + place.target;
  case Place::Every:
    return "every " + place.target;
  case Place::EveryLater:
    return "every later " + place.target;
  case Place::Named:
    break;
  }
  return place.target;
}

std::string shapeText(const std::vector<int64_t> &shape) {
  std::vector<std::string> parts;
  for (int64_t one : shape)
    parts.push_back(std::to_string(one));
  return joined(parts, "x");
}

std::string argumentsText(const std::vector<Argument> &arguments) {
  std::vector<std::string> parts;
  for (const Argument &one : arguments)
    parts.push_back((one.name.empty() ? "" : one.name + " = ") + format(*one.value) +
                    (one.except ? " except " + format(*one.except) : ""));
  return joined(parts, ", ");
}

std::string callText(const CallExpr &call) {
  if (call.of)
    return call.name() + " " + format(*call.arguments[0].value);
  return call.name() + (call.parentheses ? "(" + argumentsText(call.arguments) + ")" : "") +
         (call.estimator ? " with " + callText(*call.estimator) : "");
}

} // namespace switchyard
