// Networks and defenses: layers in blocks, and layers to be put into them.
#include "compiler/irgen/Generator.h"

#include "compiler/syntax/Print.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

std::string generateNetwork(Generator &g, const resolved::Network &network) {
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  std::string symbol = g.freshSymbol(network.name);
  mlir::Location loc = g.place(network.location);
  auto op =
      NetworkOp::create(b, loc, b.getStringAttr(symbol), g.declared(network.name, symbol),
                        b.getF64FloatAttr(network.low.value()), b.getF64FloatAttr(network.high.value()),
                        b.getI64IntegerAttr(network.classes), b.getStrArrayAttr({}), TrainingDrawAttr());
  Block *body = b.createBlock(&op.getBody(), {}, g.realType(network.input), loc);
  mlir::Value value = body->getArgument(0);
  for (const resolved::Block &block : network.blocks) {
    mlir::Location blockLoc = g.place(block.location);
    mlir::Type out = block.layers.empty() ? value.getType() : g.realType(block.layers.back().output());
    auto blockOp = BlockOp::create(b, blockLoc, out, block.name, value, IntegerAttr());
    g.chainBody(blockOp.getBody(), block.layers, value.getType(), blockLoc, nullptr);
    value = blockOp.getResult();
  }
  b.setInsertionPointToEnd(body);
  YieldOp::create(b, loc, value);
  return symbol;
}

std::string generateAugmentation(Generator &g, const resolved::Experiment &experiment) {
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  std::string symbol = g.freshSymbol("augmentation");
  mlir::Location loc = g.place(experiment.training.location);
  auto op = AugmentationOp::create(b, loc, symbol);
  g.chainBody(op.getBody(), experiment.training.augmentation, g.realType(experiment.network.input), loc,
              nullptr);
  return symbol;
}

/// A place as `swy.split` names it.
static std::string cutText(const Place &place) {
  static const char *const words[] = {"first ", "every ", "every_later ", "named "};
  return words[place.which] + place.target;
}

/// An argument's part in what makes an instance's rewrites.
static std::string symbolText(const resolved::LayerArgument &argument) {
  std::string text = argument.symbolic ? format(*argument.expression) : argument.value.text();
  for (const NamedValue &constant : argument.constants)
    text += "," + constant.name + "=" + constant.value.text();
  return text;
}

/// The same of a chain of layers.
static std::string chainText(const resolved::Chain &chain) {
  std::string text;
  for (const resolved::Element &one : chain) {
    if (const resolved::Residual *residual = one.residual()) {
      text += ";{" + chainText(residual->main) + "}{" + chainText(residual->shortcut) + "}";
      continue;
    }
    const resolved::Layer &layer = *one.layer();
    text +=
        ";" + layer.kind + "," + layer.when + "," + std::to_string(reinterpret_cast<uintptr_t>(layer.decl));
    for (const resolved::LayerArgument &argument : layer.arguments)
      text += "," + symbolText(argument);
  }
  return text;
}

/// Everything that makes an instance's rewrites, real parameters aside.
static std::string structure(const resolved::DefensePart &defense) {
  std::string text = defense.name;
  for (const resolved::Rewrite &rewrite : defense.rewrites) {
    text += "|" + std::to_string(int(rewrite.kind)) + "," + std::to_string(int(rewrite.place.which)) + "," +
            rewrite.place.target + "," + rewrite.replace + (rewrite.drawPerBatch ? "b" : "");
    for (const Place &cut : rewrite.cuts)
      text += "," + cutText(cut);
    for (int64_t channels : rewrite.channels)
      text += "," + std::to_string(channels);
    text += chainText(rewrite.layers) + "," + symbolText(rewrite.rate);
    for (const auto &level : rewrite.scalars)
      for (const resolved::AttackScalar &scalar : level)
        text += ";" + symbolText(scalar);
  }
  return text;
}

static Which whichOf(Place::Which which) {
  switch (which) {
  case Place::First:
    return Which::First;
  case Place::Every:
    return Which::Every;
  case Place::EveryLater:
    return Which::EveryLater;
  case Place::Named:
    return Which::Named;
  }
  llvm_unreachable("all cases return");
}

static Where whereOf(ast::RewriteKind kind) {
  return kind == ast::RewriteKind::Before  ? Where::Before
         : kind == ast::RewriteKind::After ? Where::After
                                           : Where::EndOf;
}

/// Switching's rewrites: no layers, no scalars.
static bool switching(Generator &g, const resolved::Rewrite &rewrite) {
  OpBuilder &b = g.builder;
  mlir::Location loc = g.place(rewrite.location);
  switch (rewrite.kind) {
  case ast::RewriteKind::Split: {
    SmallVector<mlir::Attribute> places;
    for (const Place &cut : rewrite.cuts)
      places.push_back(PlaceAttr::get(b.getContext(), whichOf(cut.which), cut.target));
    SplitOp::create(b, loc, b.getArrayAttr(places));
    return true;
  }
  case ast::RewriteKind::Switch:
    SwitchOp::create(b, loc, rewrite.channels);
    return true;
  case ast::RewriteKind::TrainRecipe:
    BottomUpOp::create(b, loc, rewrite.drawPerBatch ? TrainingDraw::PerBatch : TrainingDraw::PerExample);
    return true;
  default:
    return false;
  }
}

void DefenseGenerator::rewrite(const resolved::Rewrite &rewrite,
                               llvm::function_ref<mlir::Value(const resolved::LayerArgument &)> scalar) {
  OpBuilder &b = g.builder;
  mlir::Location loc = g.place(rewrite.location);
  if (switching(g, rewrite))
    return;
  auto insert =
      InsertOp::create(b, loc, whereOf(rewrite.kind), whichOf(rewrite.place.which), rewrite.place.target,
                       rewrite.replace.empty() ? StringAttr() : b.getStringAttr(rewrite.replace));
  if (rewrite.kind == ast::RewriteKind::Drop) // of the sum, the main chain's part
    return drop(insert, rewrite.rate, scalar);
  // Arithmetic on the parameters stands before the insertion, in the defense's own body.
  OpBuilder::InsertPoint before(insert->getBlock(), insert->getIterator());
  g.chainBody(insert.getBody(), rewrite.layers, UnrankedTensorType::get(b.getF32Type()), loc,
              [&](const resolved::LayerArgument &argument) {
                OpBuilder::InsertionGuard outside(b);
                b.restoreInsertionPoint(before);
                return scalar(argument);
              });
}

void DefenseGenerator::drop(InsertOp insert, const resolved::LayerArgument &rate,
                            Generator::Symbolic scalar) {
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(insert);
  mlir::Location loc = insert.getLoc();
  mlir::Value value = rate.symbolic ? scalar(rate) : g.real(loc, rate.value.real());
  mlir::Type open = UnrankedTensorType::get(b.getF32Type());
  Block *body = b.createBlock(&insert.getBody(), {}, open, loc);
  mlir::Value kept = g.dropLayer(loc, body->getArgument(0), value);
  b.setInsertionPointToEnd(body);
  YieldOp::create(b, loc, kept);
}

using Parameters = llvm::StringMap<mlir::Value>;

/// Real arithmetic on the parameters of a defense, or of an attack to train against.
static mlir::Value arithmetic(Generator &g, const ast::Expr *expr, const Parameters &parameters,
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

/// The numbers of an attack from the parameters of the defense, by way of the aliases between.
static SmallVector<mlir::Value> attackScalars(Generator &g, const resolved::Rewrite &rewrite,
                                              Parameters outer) {
  const std::vector<ast::Parameter> &declared = rewrite.attack->decl->parameters;
  for (const auto &level : rewrite.scalars) {
    Parameters inner;
    for (const resolved::AttackScalar &one : level)
      if (one.symbolic)
        inner[one.name] = arithmetic(g, one.expression, one.given ? outer : inner, one.constants);
    outer = std::move(inner);
  }
  SmallVector<mlir::Value> scalars;
  for (auto [parameter, one] : llvm::zip(declared, rewrite.scalars.back())) {
    mlir::Location loc = g.place(rewrite.location);
    if (isIntParameter(parameter))
      scalars.push_back(g.integer(loc, static_cast<int32_t>(one.value.integer())));
    else if (isRealParameter(parameter))
      scalars.push_back(one.symbolic ? outer[one.name] : g.real(loc, one.value.real()));
  }
  for (const NamedValue &count : rewrite.attack->counts)
    scalars.push_back(g.integer(g.place(rewrite.location), static_cast<int32_t>(count.value.integer())));
  return scalars;
}

std::string DefenseGenerator::generate(const resolved::DefensePart &defense,
                                       const resolved::Network &network) {
  std::string key = structure(defense), attack;
  for (const resolved::Rewrite &one : defense.rewrites)
    if (one.attack) // its program depends on the network's shapes
      key += "@" + (attack = attacks.generate(*one.attack, network, /*away=*/true));
  auto [entry, isNew] = made.try_emplace(key);
  if (!isNew)
    return entry->second;
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  entry->second = g.freshSymbol(defense.name);
  mlir::Location loc = g.place(defense.decl->location);
  SmallVector<StringRef> names;
  for (const ast::Parameter &parameter : defense.decl->parameters)
    if (isRealParameter(parameter))
      names.push_back(parameter.name);
  auto op = DefenseOp::create(b, loc, entry->second, g.declared(defense.name, entry->second),
                              b.getStrArrayAttr(names));
  Block *body = b.createBlock(&op.getBody());
  Parameters parameters;
  for (StringRef name : names)
    parameters[name] = body->addArgument(g.realType(), loc);
  for (const resolved::Rewrite &r : defense.rewrites)
    if (r.attack)
      TrainAgainstOp::create(b, g.place(r.location), attack, attackScalars(g, r, parameters));
    else
      rewrite(r, [&](const resolved::LayerArgument &one) {
        return arithmetic(g, one.expression, parameters, one.constants);
      });
  return entry->second;
}

} // namespace switchyard
