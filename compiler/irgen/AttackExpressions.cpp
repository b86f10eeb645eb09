// Expressions of attacks and objectives. Whole numbers become reals where arithmetic asks for them; an
// objective's goal case is inlined with the experiment's goal in the place of its class.
#include "compiler/irgen/AttackBody.h"
#include "compiler/semantics/Arithmetic.h"
#include "runtime/contract/limits.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

mlir::Value AttackBody::asReal(mlir::Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getElementType().isF32())
    return value;
  return ToRealOp::create(b, value.getLoc(), type.clone(b.getF32Type()), value);
}

mlir::Value AttackBody::realExpression(const ast::Expr *expr) {
  return asReal(expression(expr));
}

/// Whole numbers are exact as long as a 32-bit word holds them, then real (S1.11).
mlir::Value AttackBody::constant(const ast::Expr *expr, const Number &value) {
  mlir::Location loc = g.place(expr->location);
  bool whole = expr->type == ast::Type::Int && value.isInteger() &&
               std::fabs(value.value()) <= static_cast<double>(limits::count);
  return whole ? g.integer(loc, static_cast<int32_t>(value.value())) : g.real(loc, value.value());
}

/// Both arms are computed, one is selected; gradients in an arm count where it holds.
mlir::Value AttackBody::choice(const ast::ChoiceExpr &choice) {
  mlir::Value condition = expression(choice.condition.get());
  bool truth = choice.type == ast::Type::Bool || choice.type == ast::Type::Mask;
  auto arm = [&](const ast::Expr *e) { return truth ? expression(e) : realExpression(e); };
  arms.emplace_back(condition, true);
  mlir::Value yes = arm(choice.yes.get());
  arms.back().second = false;
  mlir::Value no = arm(choice.no.get());
  arms.pop_back();
  return select(g.place(choice.location), condition, yes, no);
}

mlir::Value AttackBody::expression(const ast::Expr *expr) {
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

mlir::Value AttackBody::name(const std::string &name, const ast::Expr *expr) {
  if (mlir::Value value = variables.lookup(name))
    return value;
  if (name == "infinity")
    return g.real(g.place(expr->location), INFINITY);
  // A parameter that is no argument of the compiled function: a truth value, known now.
  const Value *value = find(attack.arguments, name);
  auto type = RankedTensorType::get({}, b.getI1Type());
  return arith::ConstantOp::create(b, g.place(expr->location),
                                   DenseElementsAttr::get(type, std::get<bool>(value->data)));
}

mlir::Value AttackBody::binary(const ast::BinaryExpr &expr) {
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
    auto type = cast<RankedTensorType>(broadcastType({left.getType(), right.getType()}));
    return CompareOp::create(b, loc, type.clone(b.getI1Type()), how, left, right);
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

mlir::Value AttackBody::power(const ast::BinaryExpr &expr) {
  return buildPower(g, g.place(expr.location), realExpression(expr.left.get()), expr.right.get(),
                    [&] { return realExpression(expr.right.get()); });
}

mlir::Value AttackBody::call(const ast::CallExpr &expr) {
  switch (expr.meaning) {
  case ast::Meaning::Builtin:
    return builtin(expr);
  case ast::Meaning::Objective:
    return objective(*expr.objective, expression(expr.arguments[0].value.get()));
  case ast::Meaning::ObjectiveParameter:
    return objective(*find(attack.arguments, expr.path.back())->objective(),
                     expression(expr.arguments[0].value.get()));
  case ast::Meaning::OptimizerStep:
    return step(expr);
  default: // a reference without parentheses
    return name(expr.path.back(), &expr);
  }
}

mlir::Value AttackBody::objective(const ast::ObjectiveDecl &decl, mlir::Value logits) {
  const ast::GoalCase *goalCase = away ? decl.away() : decl.toward();
  llvm::StringMap<mlir::Value> saved = std::move(variables);
  variables.clear();
  variables[decl.logits] = logits;
  variables[goalCase->variable] = goal;
  mlir::Value result = realExpression(goalCase->value.get());
  variables = std::move(saved);
  return result;
}

/// An elementwise operation on its arguments, one or two.
template <typename Op> static mlir::Value create(OpBuilder &b, mlir::Location loc, ArrayRef<mlir::Value> x) {
  if constexpr (Op::template hasTrait<OpTrait::OneOperand>())
    return Op::create(b, loc, x[0]);
  else
    return Op::create(b, loc, x[0], x[1]);
}

/// The operations of builtins that are one operation on their arguments; null for those that are more.
mlir::Value AttackBody::elementwise(mlir::Location loc, Function function, ArrayRef<mlir::Value> x) {
  switch (function) {
#define SWY_ELEMENTWISE(text, name, arguments)                                                               \
  case Function::name:                                                                                       \
    return create<name##Op>(b, loc, x);
#include "compiler/semantics/elementwise.def"
  case Function::Clamp:
    return clamp(loc, x[0], x[1], x[2]);
  case Function::ConstantLike:
    return BroadcastOp::create(b, loc, x[0].getType(), x[1]);
  case Function::Sum:
    return ReduceSumOp::create(b, loc, x[0], 0);
  case Function::Norm:
    return NormOp::create(b, loc, x[0], 0);
  case Function::LogSumExp:
    return LogSumExpOp::create(b, loc, x[0]);
  default:
    return {};
  }
}

mlir::Value AttackBody::builtin(const ast::CallExpr &expr) {
  mlir::Location loc = g.place(expr.location);
  Function function = expr.builtin->function;
  switch (function) {
  case Function::Uniform:
  case Function::UniformLike:
    return random(expr, /*normal=*/false);
  case Function::Normal:
  case Function::NormalLike:
    return random(expr, /*normal=*/true);
  case Function::Chance:
    return ChanceOp::create(b, loc, g.realType(), expression(expr.arguments[0].value.get()));
  case Function::Largest:
    return largest(expr);
  case Function::Channels:
    return g.integer(loc, static_cast<int32_t>(network.input[0]));
  case Function::Height:
    return g.integer(loc, static_cast<int32_t>(network.input[1]));
  case Function::Width:
    return g.integer(loc, static_cast<int32_t>(network.input[2]));
  case Function::RowNumbers:
    return IotaOp::create(b, loc, g.realType(network.input), 1);
  case Function::ColumnNumbers:
    return IotaOp::create(b, loc, g.realType(network.input), 2);
  case Function::Max:
    if (expr.arguments.size() == 1)
      return largest(expr);
    break;
  default:
    break;
  }
  return ofArguments(loc, function, realArguments(expr));
}

/// The arguments in the text's order: draws and passes are counted in it (S3.1).
SmallVector<mlir::Value> AttackBody::realArguments(const ast::CallExpr &expr) {
  SmallVector<mlir::Value> values;
  for (const ast::Argument &argument : expr.arguments)
    values.push_back(realExpression(argument.value.get()));
  return values;
}

mlir::Value AttackBody::ofArguments(mlir::Location loc, Function function, ArrayRef<mlir::Value> x) {
  switch (function) {
  case Function::MeanAbs: {
    mlir::Value sum = ReduceSumOp::create(b, loc, AbsOp::create(b, loc, x[0]), 0);
    mlir::Value count = g.real(loc, cast<RankedTensorType>(x[0].getType()).getNumElements());
    return DivOp::create(b, loc, sum, count);
  }
  case Function::Model: {
    mlir::Value pass = nextPass(loc);
    return ModelOp::create(b, loc, g.realType({network.classes}), x[0], pass);
  }
  case Function::Project:
    return project(loc, x[0]);
  case Function::ToUnbounded:
    return toUnbounded(loc, x[0]);
  case Function::ToRange:
    return toRange(loc, x[0]);
  case Function::Round:
    return round(loc, x[0]);
  default:
    return elementwise(loc, function, x);
  }
}

/// `max(z)`, `max(z except t)` or `largest(z, k)`: the element at an index, so that one rule differentiates
/// all.
mlir::Value AttackBody::largest(const ast::CallExpr &expr) {
  mlir::Location loc = g.place(expr.location);
  mlir::Value x = realExpression(expr.arguments[0].value.get());
  auto type = cast<RankedTensorType>(x.getType());
  if (type.getRank() != 1)
    x = ReshapeOp::create(b, loc, g.realType({type.getNumElements()}), x);
  if (expr.builtin->function == Function::Largest) {
    int64_t rank = ast::as<ast::NumberExpr>(expr.arguments[1].value.get())->value.asCount();
    return TakeOp::create(b, loc, x, ArgLargestOp::create(b, loc, x, rank));
  }
  mlir::Value except = expr.arguments[0].except ? expression(expr.arguments[0].except.get()) : mlir::Value();
  mlir::Value at = ArgmaxOp::create(b, loc, x, except);
  return TakeOp::create(b, loc, x, at);
}

/// The dimensions of an image (channels, height, width) that share one draw.
static SmallVector<int64_t> sharedBy(StringRef each) {
  return llvm::StringSwitch<SmallVector<int64_t>>(each)
      .Case("pixel", {0})
      .Case("row", {2})
      .Case("column", {1})
      .Case("channel", {1, 2})
      .Default({});
}

/// Uniform in [a, b) or normal with mean a and deviation b: one number, or an image of the first argument's
/// shape. The site counts the attack's own draws.
mlir::Value AttackBody::random(const ast::CallExpr &expr, bool normal) {
  mlir::Location loc = g.place(expr.location);
  unsigned image = expr.builtin->parameters.size() == 3; // the argument that gives the shape
  mlir::Type type =
      image ? realExpression(expr.arguments[0].value.get()).getType() : mlir::Type(g.realType());
  mlir::Value first = realExpression(expr.arguments[image].value.get());
  mlir::Value second = realExpression(expr.arguments[image + 1].value.get());
  auto site = SiteAttr::get(b.getContext(), draws++);
  mlir::Value pass = iteration ? mlir::Value(tensor::FromElementsOp::create(b, loc, g.intType(), iteration))
                               : g.integer(loc, 0);
  SmallVector<int64_t> dimensions = image ? sharedBy(eachOf(expr)) : SmallVector<int64_t>();
  DenseI64ArrayAttr shared = dimensions.empty() ? DenseI64ArrayAttr() : b.getDenseI64ArrayAttr(dimensions);
  if (normal) {
    mlir::Value draw = RandomNormalOp::create(b, loc, type, stream, rows, pass, site, shared);
    return AddOp::create(b, loc, first, MulOp::create(b, loc, second, draw));
  }
  mlir::Value draw = RandomUniformOp::create(b, loc, type, stream, rows, pass, site, shared);
  mlir::Value width = SubOp::create(b, loc, second, first);
  return AddOp::create(b, loc, first, MulOp::create(b, loc, width, draw));
}

/// The nearest whole number, halves up (S1.5). The rest is exact, x + 1/2 would not be.
mlir::Value AttackBody::round(mlir::Location loc, mlir::Value x) {
  mlir::Value below = FloorOp::create(b, loc, x);
  mlir::Value one = g.real(loc, 1), half = g.real(loc, 0.5);
  mlir::Value above = AddOp::create(b, loc, below, one), rest = SubOp::create(b, loc, x, below);
  auto type = cast<RankedTensorType>(x.getType()).clone(b.getI1Type());
  mlir::Value up = CompareOp::create(b, loc, type, Comparison::GreaterEqual, rest, half);
  return select(loc, up, above, below);
}

mlir::Value AttackBody::clamp(mlir::Location loc, mlir::Value x, mlir::Value low, mlir::Value high) {
  return MinOp::create(b, loc, MaxOp::create(b, loc, x, low), high);
}

/// Into the ball around x0 and the input's range (S2.1).
mlir::Value AttackBody::project(mlir::Location loc, mlir::Value x) {
  mlir::Value radius =
      attack.threat.radiusExpression ? realExpression(attack.threat.radiusExpression) : mlir::Value();
  if (attack.threat.norm == "linf" && radius) {
    mlir::Value low = SubOp::create(b, loc, x0, radius), high = AddOp::create(b, loc, x0, radius);
    x = clamp(loc, x, low, high);
  } else if (attack.threat.norm == "l2" && radius) {
    mlir::Value offset = SubOp::create(b, loc, x, x0);
    // At length 0 nothing is scaled: the smallest normal number only keeps 0 / 0 away.
    mlir::Value smallest = g.real(loc, std::numeric_limits<float>::min());
    mlir::Value length = MaxOp::create(b, loc, NormOp::create(b, loc, offset, 0), smallest);
    mlir::Value ratio = DivOp::create(b, loc, radius, length), one = g.real(loc, 1);
    mlir::Value scale = MinOp::create(b, loc, ratio, one);
    x = AddOp::create(b, loc, x0, MulOp::create(b, loc, scale, offset));
  }
  if (!attack.threat.clipped)
    return x;
  mlir::Value low = g.real(loc, network.low.value()), high = g.real(loc, network.high.value());
  return clamp(loc, x, low, high);
}

/// atanh of the input scaled into (-1, 1), kept off the ends so that border pixels can move.
mlir::Value AttackBody::toUnbounded(mlir::Location loc, mlir::Value x) {
  double low = network.low.value(), high = network.high.value(), inside = 1 - 1e-6;
  mlir::Value centre = g.real(loc, (low + high) / 2), scale = g.real(loc, inside * 2 / (high - low));
  mlir::Value v = MulOp::create(b, loc, SubOp::create(b, loc, x, centre), scale);
  mlir::Value one = g.real(loc, 1), half = g.real(loc, 0.5);
  mlir::Value above = AddOp::create(b, loc, one, v), below = SubOp::create(b, loc, one, v);
  return MulOp::create(b, loc, half, LogOp::create(b, loc, DivOp::create(b, loc, above, below)));
}

mlir::Value AttackBody::toRange(mlir::Location loc, mlir::Value w) {
  double low = network.low.value(), high = network.high.value();
  mlir::Value half = g.real(loc, (high - low) / 2), centre = g.real(loc, (low + high) / 2);
  mlir::Value scaled = MulOp::create(b, loc, half, TanhOp::create(b, loc, w));
  return AddOp::create(b, loc, centre, scaled);
}

} // namespace switchyard
