// See Arithmetic.h.

#include "compiler/semantics/Arithmetic.h"

#include <cmath>

namespace switchyard {

using namespace ast;

namespace {

std::string whyNoQuotient(const Number &right) {
  return right.isZero() ? "divides by zero" : "";
}

std::string whyNoPower(const Number &base, const Number &exponent) {
  if (base.isZero() && exponent < Number(0))
    return "divides by zero: 0 has no negative power";
  if (base < Number(0) && !exponent.isInteger() && std::isfinite(exponent.value()))
    return "has no real value: the base is negative, the exponent no whole number";
  return "";
}

/// Whether only rounding makes it 0.
bool isNeverZero(BinaryOp op, const Number &left, const Number &right) {
  bool product = op == BinaryOp::Multiply && !right.isZero(),
       rest = op == BinaryOp::Divide || op == BinaryOp::Power;
  return (product || rest) && !left.isZero() && std::isfinite(left.value()) && std::isfinite(right.value());
}

Number valueOf(BinaryOp op, const Number &left, const Number &right) {
  switch (op) {
  case BinaryOp::Add:
    return left + right;
  case BinaryOp::Subtract:
    return left - right;
  case BinaryOp::Multiply:
    return left * right;
  case BinaryOp::Divide:
    return left / right;
  default:
    return power(left, right);
  }
}

} // namespace

Computed compute(BinaryOp op, const Number &left, const Number &right) {
  std::string why = op == BinaryOp::Divide  ? whyNoQuotient(right)
                    : op == BinaryOp::Power ? whyNoPower(left, right)
                                            : "";
  if (!why.empty())
    return {{}, why};
  Number value = valueOf(op, left, right);
  bool finite = std::isfinite(left.value()) && std::isfinite(right.value());
  if (std::isnan(value.value()))
    return {{}, "is no number"};
  if (finite && std::isinf(value.value()))
    return {{}, "is larger than the largest number, 1.8e308"};
  if (value.isZero() && isNeverZero(op, left, right))
    return {{}, "is smaller than the smallest number above 0, 4.9e-324"};
  return {value, ""};
}

std::optional<Number> constantNamed(const std::string &name) {
  if (name == "infinity")
    return Number::inexact(INFINITY);
  return name == "pi" ? std::optional<Number>(Number::inexact(M_PI)) : std::nullopt;
}

std::optional<Number> constantOf(const Expr *expr) {
  if (auto *number = as<NumberExpr>(expr))
    return number->value;
  if (auto *name = as<NameExpr>(expr); name && name->meaning == Meaning::Constant)
    return constantNamed(name->path[0]);
  if (auto *unary = as<UnaryExpr>(expr); unary && unary->op == UnaryOp::Minus)
    if (auto operand = constantOf(unary->operand.get()))
      return -*operand;
  auto *binary = as<BinaryExpr>(expr);
  if (!binary || binary->op > BinaryOp::Power)
    return std::nullopt;
  auto left = constantOf(binary->left.get()), right = constantOf(binary->right.get());
  if (!left || !right)
    return std::nullopt;
  Computed result = compute(binary->op, *left, *right);
  return result.why.empty() ? std::optional<Number>(result.value) : std::nullopt;
}

} // namespace switchyard
