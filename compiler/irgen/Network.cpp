// Networks and defenses: layers in blocks, and layers to be put into them.
#include "compiler/irgen/Generator.h"

#include "compiler/syntax/Print.h"

#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

std::string generateNetwork(Generator &g, const resolved::Network &network) {
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  std::string symbol = g.freshSymbol(network.name);
  mlir::Location loc = g.place(network.location);
  auto op = NetworkOp::create(b, loc, b.getStringAttr(symbol), g.declared(network.name, symbol),
                              b.getF64FloatAttr(network.low.value()), b.getF64FloatAttr(network.high.value()),
                              b.getI64IntegerAttr(network.classes), b.getStrArrayAttr({}), TrainingDrawAttr(),
                              AnswerAttr());
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

/// What makes a chain of layers, real parameters aside.
static std::string chainText(const resolved::Chain &chain) {
  std::string text;
  for (const resolved::Element &one : chain) {
    if (!one.layer()) {
      text += ";" + one.kind();
      for (const resolved::Chain *inner : one.chains())
        text += "{" + chainText(*inner) + "}";
      if (const resolved::Choice *choice = one.choice())
        for (double chance : choice->chances)
          text += ":" + std::to_string(llvm::bit_cast<uint64_t>(chance));
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

/// Everything that makes an instance's rewrites, real parameters aside. Programs of attacks and losses depend
/// on the network's shapes.
std::string DefenseGenerator::structure(const resolved::DefensePart &defense,
                                        const resolved::Network &network) {
  std::string text = defense.name;
  for (const resolved::Rewrite &rewrite : defense.rewrites) {
    text += "|" + std::to_string(int(rewrite.kind)) + "," + std::to_string(int(rewrite.place.which)) + "," +
            rewrite.place.target + "," + rewrite.replace + (rewrite.drawPerBatch ? "b" : "");
    if (rewrite.kind == ast::RewriteKind::Answer)
      text += (rewrite.byMean ? "m" : "v") + std::to_string(rewrite.draws);
    for (const Place &cut : rewrite.cuts)
      text += "," + cutText(cut);
    for (int64_t channels : rewrite.channels)
      text += "," + std::to_string(channels);
    text += chainText(rewrite.layers) + "," + symbolText(rewrite.rate);
    if (rewrite.against)
      text += "@" + attacks.generate(rewrite.against->attack, network, /*away=*/true) +
              symbolText(*rewrite.against) + estimatorText(rewrite.against->estimator);
    if (rewrite.loss)
      text += "!" + losses.generate(*rewrite.loss, network) + symbolText(*rewrite.loss);
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
  return kind == ast::RewriteKind::Before      ? Where::Before
         : kind == ast::RewriteKind::After     ? Where::After
         : kind == ast::RewriteKind::Replace   ? Where::Instead
         : kind == ast::RewriteKind::OnWeights ? Where::OnWeights
                                               : Where::EndOf;
}

/// Rewrites without layers and scalars: switching, and how the network answers.
static bool plain(Generator &g, const resolved::Rewrite &rewrite) {
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
  case ast::RewriteKind::Answer:
    AnswerOp::create(b, loc,
                     AnswerAttr::get(b.getContext(), rewrite.byMean ? AnswerKind::Mean : AnswerKind::Majority,
                                     rewrite.draws));
    return true;
  default:
    return false;
  }
}

void DefenseGenerator::rewrite(const resolved::Rewrite &rewrite,
                               llvm::function_ref<mlir::Value(const resolved::LayerArgument &)> scalar) {
  OpBuilder &b = g.builder;
  mlir::Location loc = g.place(rewrite.location);
  if (plain(g, rewrite))
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

/// How it is trained.
bool DefenseGenerator::training(const resolved::Rewrite &rewrite, const resolved::Network &network,
                                const Parameters &parameters) {
  mlir::Location loc = g.place(rewrite.location);
  if (rewrite.against)
    TrainAgainstOp::create(g.builder, loc, attacks.generate(rewrite.against->attack, network, /*away=*/true),
                           numbersOf(g, *rewrite.against, parameters, loc),
                           sampleSet(g, rewrite.against->estimator));
  else if (rewrite.loss)
    TrainByOp::create(g.builder, loc, losses.generate(*rewrite.loss, network),
                      numbersOf(g, *rewrite.loss, parameters));
  return rewrite.against || rewrite.loss;
}

std::string DefenseGenerator::generate(const resolved::DefensePart &defense,
                                       const resolved::Network &network) {
  auto [entry, isNew] = made.try_emplace(structure(defense, network));
  if (!isNew)
    return entry->second;
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  entry->second = g.freshSymbol(defense.name);
  mlir::Location loc = g.place(defense.decl->location);
  SmallVector<StringRef> names;
  for (const ast::Parameter &parameter : defense.decl->parameters)
    if (isRealParameter(parameter) && !defense.decl->chooses) // whose members have the values
      names.push_back(parameter.name);
  auto op = DefenseOp::create(b, loc, entry->second, g.declared(defense.name, entry->second),
                              b.getStrArrayAttr(names));
  Block *body = b.createBlock(&op.getBody());
  Parameters parameters;
  for (StringRef name : names)
    parameters[name] = body->addArgument(g.realType(), loc);
  for (const resolved::Rewrite &r : defense.rewrites)
    if (!training(r, network, parameters))
      rewrite(r, [&](const resolved::LayerArgument &one) {
        return arithmetic(g, one.expression, parameters, one.constants);
      });
  return entry->second;
}

} // namespace switchyard
