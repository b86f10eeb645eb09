// Losses of trainings, each a program for one image, and the numbers that trainings give their losses and
// attacks.
#include "compiler/irgen/BodyGenerator.h"
#include "compiler/syntax/Print.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

mlir::Value arithmetic(Generator &g, const ast::Expr *expr, const Parameters &parameters,
                       const NamedValues &constants) {
  mlir::Location loc = g.place(expr->location);
  if (auto *number = ast::as<ast::NumberExpr>(expr))
    return g.real(loc, number->value.value());
  if (auto *unary = ast::as<ast::UnaryExpr>(expr))
    return NegOp::create(g.builder, loc, arithmetic(g, unary->operand.get(), parameters, constants));
  if (auto *binary = ast::as<ast::BinaryExpr>(expr)) {
    mlir::Value left = arithmetic(g, binary->left.get(), parameters, constants);
    auto exponent = [&] { return arithmetic(g, binary->right.get(), parameters, constants); };
    if (binary->op == ast::BinaryOp::Power)
      return buildPower(g, loc, left, binary->right.get(), exponent);
    mlir::Value right = exponent();
    switch (binary->op) {
    case ast::BinaryOp::Add:
      return AddOp::create(g.builder, loc, left, right);
    case ast::BinaryOp::Subtract:
      return SubOp::create(g.builder, loc, left, right);
    case ast::BinaryOp::Multiply:
      return MulOp::create(g.builder, loc, left, right);
    case ast::BinaryOp::Divide:
      return DivOp::create(g.builder, loc, left, right);
    default:
      break;
    }
  }
  auto *call = ast::as<ast::CallExpr>(expr);
  const std::string &name = call ? call->path.back() : ast::as<ast::NameExpr>(expr)->path.back();
  if (mlir::Value parameter = parameters.lookup(name))
    return parameter;
  return g.real(loc, find(constants, name)->real());
}

/// Those of one call that depend on the caller's parameters, or on others of them.
static Parameters symbolic(Generator &g, const std::vector<resolved::TrainingScalar> &scalars,
                           const Parameters &outer) {
  Parameters inner;
  for (const resolved::TrainingScalar &one : scalars)
    if (one.symbolic)
      inner[one.name] = arithmetic(g, one.expression, one.given ? outer : inner, one.constants);
  return inner;
}

SmallVector<mlir::Value> numbersOf(Generator &g, const resolved::TrainingAttack &attack, Parameters outer,
                                   mlir::Location loc) {
  for (const auto &level : attack.scalars)
    outer = symbolic(g, level, outer);
  SmallVector<mlir::Value> numbers;
  for (auto [parameter, one] : llvm::zip(attack.attack.decl->parameters, attack.scalars.back())) {
    if (isIntParameter(parameter))
      numbers.push_back(g.integer(loc, static_cast<int32_t>(one.value.integer())));
    else if (isRealParameter(parameter))
      numbers.push_back(one.symbolic ? outer[one.name] : g.real(loc, one.value.real()));
  }
  for (const NamedValue &count : attack.attack.counts)
    numbers.push_back(g.integer(loc, static_cast<int32_t>(count.value.integer())));
  return numbers;
}

/// Whether the program takes it as an argument.
static bool isLossScalar(const resolved::Loss &loss, const resolved::TrainingScalar &number) {
  return llvm::any_of(loss.decl->parameters, [&](const ast::Parameter &one) {
    return one.name == number.name && isRealParameter(one);
  });
}

SmallVector<mlir::Value> numbersOf(Generator &g, const resolved::Loss &loss, const Parameters &outer) {
  mlir::Location loc = g.place(loss.location);
  Parameters inner = symbolic(g, loss.numbers, outer);
  SmallVector<mlir::Value> numbers;
  for (const resolved::TrainingScalar &one : loss.numbers)
    if (isLossScalar(loss, one))
      numbers.push_back(one.symbolic ? inner[one.name] : g.real(loc, one.value.real()));
  for (const resolved::TrainingAttack &one : loss.attacks)
    llvm::append_range(numbers, numbersOf(g, one, one.given ? outer : inner, loc));
  return numbers;
}

std::string symbolText(const resolved::LayerArgument &argument) {
  std::string text = argument.symbolic ? format(*argument.expression) : argument.value.text();
  for (const NamedValue &constant : argument.constants)
    text += "," + constant.name + "=" + constant.value.text();
  return text;
}

std::string symbolText(const resolved::TrainingAttack &attack) {
  std::string text;
  for (const auto &level : attack.scalars)
    for (const resolved::TrainingScalar &scalar : level)
      text += ";" + symbolText(scalar);
  return text;
}

std::string symbolText(const resolved::Loss &loss) {
  std::string text;
  for (const resolved::TrainingScalar &one : loss.numbers)
    text += ";" + symbolText(one);
  for (const resolved::TrainingAttack &one : loss.attacks)
    text += "@" + symbolText(one);
  return text;
}

std::string estimatorText(const std::optional<resolved::Estimator> &estimator) {
  return estimator && estimator->kind != resolved::EstimatorKind::OneDraw ? "~" + estimator->label : "";
}

/// What makes a loss's program: declaration, numbers that are none of its scalars, attacks, the network's
/// input.
static std::string structure(const resolved::Loss &loss, AttackGenerator &attacks,
                             const resolved::Network &network) {
  std::string text = loss.name + std::to_string(reinterpret_cast<uintptr_t>(loss.decl));
  for (const resolved::TrainingScalar &one : loss.numbers)
    if (!isLossScalar(loss, one))
      text += "|" + one.value.text();
  for (const resolved::TrainingAttack &one : loss.attacks)
    text += "@" + attacks.generate(one.attack, network, /*away=*/true) + estimatorText(one.estimator);
  for (const auto &[attacked, estimator] : loss.estimators)
    text += estimatorText(estimator) + ",";
  for (int64_t size : network.input)
    text += "x" + std::to_string(size);
  return text + "," + std::to_string(network.classes);
}

std::string LossGenerator::generate(const resolved::Loss &loss, const resolved::Network &network) {
  return generate(loss, network, /*isConstant=*/false);
}

std::string LossGenerator::generateConstant(const resolved::Loss &loss, const resolved::Network &network) {
  return generate(loss, network, /*isConstant=*/true);
}

std::string LossGenerator::generate(const resolved::Loss &loss, const resolved::Network &network,
                                    bool isConstant) {
  std::string key = structure(loss, attacks, network) + (isConstant ? "=" + symbolText(loss) : "");
  auto [entry, isNew] = made.try_emplace(key);
  if (!isNew)
    return entry->second;
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(g.module.getBody());
  entry->second = g.freshSymbol(loss.name);
  mlir::Location loc = g.place(loss.decl->location);
  SmallVector<std::string> scalars;
  SmallVector<mlir::Type> types = g.exampleTypes(network.input);
  NamedValues known;
  for (const resolved::TrainingScalar &one : loss.numbers)
    if (isLossScalar(loss, one))
      scalars.push_back(one.name);
    else
      known.push_back({one.name, one.value});
  types.append(scalars.size(), g.realType());
  for (const resolved::TrainingAttack &one : loss.attacks)
    for (const AttackScalar &scalar : scalarsOf(one.attack)) {
      scalars.push_back(one.name + "." + scalar.name);
      types.push_back(scalar.isWhole ? g.intType() : g.realType());
    }
  if (isConstant) {
    scalars.clear();
    types.resize(4);
  }
  SmallVector<StringRef> names(scalars.begin(), scalars.end());
  auto op =
      LossOp::create(b, loc, entry->second, g.declared(loss.name, entry->second), b.getStrArrayAttr(names));
  Block *body = b.createBlock(&op.getBody(), {}, types, SmallVector<mlir::Location>(types.size(), loc));
  SmallVector<mlir::Value> numbers(body->getArguments().drop_front(4));
  if (isConstant)
    numbers = numbersOf(g, loss, {});
  BodyGenerator(g, loss, known, network, attacks, *body, numbers).statements(loss.decl->body);
  return entry->second;
}

} // namespace switchyard
