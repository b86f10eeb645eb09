// Attacks and layers: each a program for one example, once for all that differ in real numbers alone.
#include "compiler/irgen/BodyGenerator.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

/// What makes an attack's program, numbers aside: declaration, objectives, form of the goal, network's input.
static std::string structure(const resolved::Attack &attack, const resolved::Network &network, bool away) {
  std::string text = std::to_string(reinterpret_cast<uintptr_t>(attack.decl)) + (away ? "a" : "t");
  for (const ast::Parameter &parameter : attack.decl->parameters)
    if (!isRealParameter(parameter) && !isIntParameter(parameter)) {
      const Value &value = *find(attack.arguments, parameter.name);
      text += "|" + parameter.name + "=" + value.text(); // two objectives may have one name
      text += std::to_string(reinterpret_cast<uintptr_t>(value.objective()));
    }
  for (int64_t size : network.input)
    text += "x" + std::to_string(size);
  return text + "," + network.low.text() + "," + network.high.text() + "," + std::to_string(network.classes) +
         (attack.threat.clipped ? "c" : "u");
}

std::vector<AttackScalar> scalarsOf(const resolved::Attack &attack) {
  std::vector<AttackScalar> scalars;
  for (const ast::Parameter &parameter : attack.decl->parameters)
    if (isRealParameter(parameter) || isIntParameter(parameter))
      scalars.push_back({parameter.name, isIntParameter(parameter)});
  for (const NamedValue &count : attack.counts)
    scalars.push_back({count.name, true});
  return scalars;
}

std::string AttackGenerator::generate(const resolved::Attack &attack, const resolved::Network &network,
                                      bool away, SiteCounters &counters) {
  return generate(attack, network, away, counters, nullptr);
}

std::string AttackGenerator::generateConstant(const resolved::TrainingAttack &attack,
                                              const resolved::Network &network) {
  SiteCounters fresh;
  return generate(attack.attack, network, /*away=*/true, fresh, &attack);
}

std::string AttackGenerator::generate(const resolved::Attack &attack, const resolved::Network &network,
                                      bool away, SiteCounters &counters,
                                      const resolved::TrainingAttack *constant) {
  std::string from = "," + std::to_string(counters.models) + "," + std::to_string(counters.draws);
  if (constant)
    from += "=" + symbolText(*constant);
  auto [entry, isNew] = made.try_emplace(structure(attack, network, away) + from);
  Made &result = entry->second;
  if (!isNew) {
    counters = result.behind;
    return result.symbol;
  }
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(g.module.getBody());
  result.symbol = g.freshSymbol(attack.name);
  mlir::Location loc = g.place(attack.decl->location);
  std::vector<AttackScalar> taken; // `scalars` refers to its names
  if (!constant)
    taken = scalarsOf(attack);
  SmallVector<StringRef> scalars;
  SmallVector<mlir::Type> types = g.exampleTypes(network.input);
  for (const AttackScalar &one : taken) {
    scalars.push_back(one.name);
    types.push_back(one.isWhole ? g.intType() : g.realType());
  }
  auto op = AttackOp::create(b, loc, result.symbol, g.declared(attack.name, result.symbol), away,
                             b.getStrArrayAttr(scalars));
  Block *body = b.createBlock(&op.getBody(), {}, types, SmallVector<mlir::Location>(types.size(), loc));
  SmallVector<mlir::Value> numbers(body->getArguments().drop_front(4));
  if (constant)
    numbers = numbersOf(g, *constant, {}, loc);
  BodyGenerator generator(g, attack, network, away, *body, numbers, counters);
  generator.statements(attack.decl->body);
  counters = result.behind = generator.sitesBehind();
  return result.symbol;
}

/// What makes a layer's program, real numbers aside.
static std::string structure(const resolved::Layer &layer) {
  std::string text = layer.kind + std::to_string(reinterpret_cast<uintptr_t>(layer.decl));
  for (auto [parameter, argument] : llvm::zip_equal(layer.decl->parameters, layer.arguments))
    if (!isRealParameter(parameter))
      text += "|" + argument.value.text();
  return text;
}

std::string LayerGenerator::generate(Generator &g, const resolved::Layer &layer) {
  auto [entry, isNew] = made.try_emplace(structure(layer));
  if (!isNew)
    return entry->second;
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(g.module.getBody());
  entry->second = g.freshSymbol(layer.kind);
  mlir::Location loc = g.place(layer.decl->location);
  SmallVector<StringRef> scalars;
  SmallVector<mlir::Type> types{UnrankedTensorType::get(b.getF32Type()), g.intType({2}),
                                RankedTensorType::get({}, b.getI64Type()), g.intType()};
  NamedValues arguments;
  for (auto [parameter, argument] : llvm::zip_equal(layer.decl->parameters, layer.arguments)) {
    arguments.push_back({parameter.name, argument.value, false});
    if (!isRealParameter(parameter))
      continue;
    scalars.push_back(parameter.name);
    types.push_back(g.realType());
  }
  auto op = LayerProgramOp::create(b, loc, entry->second, g.declared(layer.kind, entry->second),
                                   b.getStrArrayAttr(scalars));
  Block *body = b.createBlock(&op.getBody(), {}, types, SmallVector<mlir::Location>(types.size(), loc));
  BodyGenerator(g, layer, arguments, *body, scalars).statements(layer.decl->body);
  return entry->second;
}

std::string LayerGenerator::generateDrop(Generator &g, mlir::Location loc) {
  if (!drop.empty())
    return drop;
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(g.module.getBody());
  drop = g.freshSymbol("drop");
  mlir::Type open = UnrankedTensorType::get(b.getF32Type());
  SmallVector<mlir::Type> types{open, g.intType({2}), RankedTensorType::get({}, b.getI64Type()), g.intType(),
                                g.realType()};
  auto op = LayerProgramOp::create(b, loc, drop, g.declared("drop", drop), b.getStrArrayAttr({"rate"}));
  Block *body = b.createBlock(&op.getBody(), {}, types, SmallVector<mlir::Location>(types.size(), loc));
  mlir::Value x = body->getArgument(0), rows = body->getArgument(1), stream = body->getArgument(2),
              pass = body->getArgument(3), rate = body->getArgument(4);
  auto site = SiteAttr::get(b.getContext(), Owner::Model, "", 0);
  mlir::Value draw = RandomUniformOp::create(b, loc, g.realType(), stream, rows, pass, site);
  mlir::Type truth = RankedTensorType::get({}, b.getI1Type());
  mlir::Value kept = CompareOp::create(b, loc, truth, Comparison::GreaterEqual, draw, rate);
  mlir::Value nothing = BroadcastOp::create(b, loc, open, g.real(loc, 0));
  YieldOp::create(b, loc, SelectOp::create(b, loc, open, kept, x, nothing).getResult());
  return drop;
}

} // namespace switchyard
