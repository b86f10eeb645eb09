// Expressions of attacks, objectives and layers. Whole numbers become reals where arithmetic asks for them;
// an objective's goal case is inlined with the experiment's goal in the place of its class.
#include "compiler/irgen/BodyGenerator.h"
#include "compiler/semantics/Arithmetic.h"
#include "runtime/contract/limits.h"

#include <cmath>

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

mlir::Value BodyGenerator::asReal(mlir::Value value) {
  if (getElementTypeOrSelf(value.getType()).isF32())
    return value;
  return ToRealOp::create(b, value.getLoc(), withElement(value.getType(), b.getF32Type()), value);
}

mlir::Value BodyGenerator::realExpression(const ast::Expr *expr) {
  return asReal(expression(expr));
}

/// Whole numbers are exact as long as a 32-bit word holds them, then real (S1.11).
mlir::Value BodyGenerator::constant(const ast::Expr *expr, const Number &value) {
  mlir::Location loc = g.place(expr->location);
  bool whole = expr->type == ast::Type::Int && value.isInteger() &&
               std::fabs(value.value()) <= static_cast<double>(limits::count);
  return whole ? g.integer(loc, static_cast<int32_t>(value.value())) : g.real(loc, value.value());
}

/// Both arms are computed, one is selected; gradients in an arm count where it holds.
mlir::Value BodyGenerator::choice(const ast::ChoiceExpr &choice) {
  bool plain =
      choice.type == ast::Type::Bool || choice.type == ast::Type::Mask || choice.type == ast::Type::Class;
  auto arm = [&](const ast::Expr *e) { return plain ? expression(e) : realExpression(e); };
  if (auto outcome = known(choice.condition.get()))
    return arm(*outcome ? choice.yes.get() : choice.no.get());
  mlir::Value condition = expression(choice.condition.get());
  arms.emplace_back(condition, true);
  mlir::Value yes = arm(choice.yes.get());
  arms.back().second = false;
  mlir::Value no = arm(choice.no.get());
  arms.pop_back();
  return select(g.place(choice.location), condition, yes, no);
}

mlir::Value BodyGenerator::expression(const ast::Expr *expr) {
  mlir::Location loc = g.place(expr->location);
  if (auto value = constantOf(expr))
    return constant(expr, *value);
  switch (expr->kind) {
  case ast::ExprKind::Bool: {
    auto type = RankedTensorType::get({}, b.getI1Type());
    return arith::ConstantOp::create(b, loc,
                                     DenseElementsAttr::get(type, ast::as<ast::BoolExpr>(expr)->value));
  }
  case ast::ExprKind::Name:
    return name(ast::as<ast::NameExpr>(expr)->path.back(), expr);
  case ast::ExprKind::Call:
    return call(*ast::as<ast::CallExpr>(expr));
  case ast::ExprKind::Index: {
    auto *index = ast::as<ast::IndexExpr>(expr);
    mlir::Value base = expression(index->base.get()), at = expression(index->index.get());
    return TakeOp::create(b, loc, base, at);
  }
  case ast::ExprKind::Unary: {
    auto *unary = ast::as<ast::UnaryExpr>(expr);
    if (unary->op == ast::UnaryOp::Not)
      return NotOp::create(b, loc, expression(unary->operand.get()));
    return NegOp::create(b, loc, realExpression(unary->operand.get()));
  }
  case ast::ExprKind::Binary:
    return binary(*ast::as<ast::BinaryExpr>(expr));
  case ast::ExprKind::Choice:
    return choice(*ast::as<ast::ChoiceExpr>(expr));
  case ast::ExprKind::Gradient: {
    auto *gradient = ast::as<ast::GradientExpr>(expr);
    mlir::Value of = realExpression(gradient->of.get()), at = variables.lookup(gradient->at);
    return GradientOp::create(b, loc, mlir::TypeRange(at.getType()), of, ValueRange(at), mlir::Value(),
                              active(loc))
        .getResult(0);
  }
  default:
    llvm_unreachable("the checker lets no other expression into an attack");
  }
}

mlir::Value BodyGenerator::name(const std::string &name, const ast::Expr *expr) {
  if (mlir::Value value = variables.lookup(name))
    return value;
  if (auto known = constantNamed(name); known && !find(arguments, name))
    return g.real(g.place(expr->location), known->value());
  // A parameter that is no argument of the compiled function: known now.
  const Value *value = find(arguments, name);
  if (value->isNumber())
    return constant(expr, value->number());
  auto type = RankedTensorType::get({}, b.getI1Type());
  return arith::ConstantOp::create(b, g.place(expr->location),
                                   DenseElementsAttr::get(type, std::get<bool>(value->data)));
}

mlir::Value BodyGenerator::binary(const ast::BinaryExpr &expr) {
  mlir::Location loc = g.place(expr.location);
  if (expr.op == ast::BinaryOp::Power)
    return power(expr);
  if (expr.op == ast::BinaryOp::And || expr.op == ast::BinaryOp::Or) {
    mlir::Value left = expression(expr.left.get()), right = expression(expr.right.get());
    return expr.op == ast::BinaryOp::And ? AndOp::create(b, loc, left, right).getResult()
                                         : OrOp::create(b, loc, left, right).getResult();
  }
  mlir::Value left = realExpression(expr.left.get()), right = realExpression(expr.right.get());
  auto compare = [&](Comparison how) -> mlir::Value {
    left = compared(loc, left);
    right = compared(loc, right);
    mlir::Type type = withElement(broadcastType({left.getType(), right.getType()}), b.getI1Type());
    return CompareOp::create(b, loc, type, how, left, right);
  };
  switch (expr.op) {
  case ast::BinaryOp::Add:
    return AddOp::create(b, loc, left, right);
  case ast::BinaryOp::Subtract:
    return SubOp::create(b, loc, left, right);
  case ast::BinaryOp::Multiply:
    return MulOp::create(b, loc, left, right);
  case ast::BinaryOp::Divide:
    return DivOp::create(b, loc, left, right);
  case ast::BinaryOp::Less:
    return compare(Comparison::Less);
  case ast::BinaryOp::LessEqual:
    return compare(Comparison::LessEqual);
  case ast::BinaryOp::Greater:
    return compare(Comparison::Greater);
  case ast::BinaryOp::GreaterEqual:
    return compare(Comparison::GreaterEqual);
  case ast::BinaryOp::Equal:
    return compare(Comparison::Equal);
  default:
    return compare(Comparison::NotEqual);
  }
}

/// A number of the example that an attack decides by, marked to be counted where it is none (S2.2).
mlir::Value BodyGenerator::compared(mlir::Location loc, mlir::Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  bool isConstant = value.getDefiningOp<arith::ConstantOp>();
  if (!attack || !type || type.getRank() > 0 || isConstant)
    return value;
  return ComparedOp::create(b, loc, type, value, active(loc));
}

mlir::Value BodyGenerator::power(const ast::BinaryExpr &expr) {
  return buildPower(g, g.place(expr.location), realExpression(expr.left.get()), expr.right.get(),
                    [&] { return realExpression(expr.right.get()); });
}

mlir::Value BodyGenerator::call(const ast::CallExpr &expr) {
  switch (expr.meaning) {
  case ast::Meaning::Builtin:
    return builtin(expr);
  case ast::Meaning::Objective:
    return objective(*expr.objective, expression(expr.arguments[0].value.get()));
  case ast::Meaning::ObjectiveParameter:
    return objective(*find(arguments, expr.path.back())->objective(),
                     expression(expr.arguments[0].value.get()));
  case ast::Meaning::Schedule:
    return schedule(expr);
  case ast::Meaning::OptimizerStep:
    return step(expr);
  default: // a reference without parentheses
    return name(expr.path.back(), &expr);
  }
}

mlir::Value BodyGenerator::objective(const ast::ObjectiveDecl &decl, mlir::Value logits) {
  const ast::GoalCase *goalCase = away ? decl.away() : decl.toward(); // a loss's is the label
  llvm::StringMap<mlir::Value> saved = std::move(variables);
  variables.clear();
  variables[decl.logits] = logits;
  variables[goalCase->variable] = goal;
  mlir::Value result = realExpression(goalCase->value.get());
  variables = std::move(saved);
  return result;
}

/// Inlined: its parameters are variables of its own beside what all schedules are given.
mlir::Value BodyGenerator::schedule(const ast::CallExpr &call) {
  static const NamedValues nothing;
  llvm::StringMap<mlir::Value> own;
  for (const std::string &name : scheduleNames())
    own[name] = variables.lookup(name);
  for (auto [parameter, given] : llvm::zip_equal(call.schedule->parameters, call.bound))
    own[parameter.name] = given ? realExpression(given)
                                : BodyGenerator(g, nothing, own).realExpression(parameter.byDefault.get());
  BodyGenerator body(g, nothing, std::move(own));
  body.isSchedule = true;
  body.statements(call.schedule->body);
  return body.returned;
}

} // namespace switchyard
