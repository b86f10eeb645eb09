// Optimizers of trainings: each a program for one weight, once for all trainings that differ in constant
// numbers alone. What is computed at each step is a part of the program.
#include "compiler/irgen/BodyGenerator.h"
#include "compiler/syntax/Print.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

bool isStepScalar(const ast::Parameter &parameter, const resolved::TrainingArgument &argument) {
  return isRealParameter(parameter) && !argument.schedule && std::isfinite(argument.value.real());
}

/// What makes an optimizer's program, constant numbers aside: what is computed at each step, what is no
/// finite real, and how the conditions that are known come out.
static std::string structure(const resolved::Training &training) {
  std::string text = training.optimizer + std::to_string(reinterpret_cast<uintptr_t>(training.decl));
  bool schedules = false;
  for (auto [parameter, argument] : llvm::zip_equal(training.decl->parameters, training.arguments)) {
    schedules |= argument.schedule != nullptr;
    if (!isStepScalar(parameter, argument))
      text += "|" + (argument.schedule ? format(*argument.schedule) : argument.value.text());
  }
  for (const NamedValue &one : schedules ? training.constants : NamedValues())
    text += ";" + one.name + "=" + one.value.text();
  std::map<std::tuple<int, int, int>, bool> byPlace;
  for (auto [condition, holds] : training.decided)
    byPlace[{condition->location.file, condition->location.line, condition->location.column}] = holds;
  for (auto [place, holds] : byPlace)
    text += holds ? "y" : "n";
  return text;
}

/// The values of its parameters that are no arguments of the program, and the others' in `variables`.
static NamedValues parameters(Generator &g, const resolved::Training &training,
                              llvm::StringMap<mlir::Value> &variables) {
  NamedValues known;
  llvm::StringMap<mlir::Value> given;
  for (const std::string &name : scheduleNames())
    given[name] = variables.lookup(name);
  for (const resolved::TrainingArgument &argument : training.arguments)
    if (argument.schedule)
      variables[argument.name] =
          BodyGenerator(g, training.constants, given).realExpression(argument.schedule);
    else
      known.push_back({argument.name, argument.value});
  return known;
}

/// What no step changes is 0 at every step, and nothing is kept for it.
static void dropConstantStates(Generator &g, OptimizerOp op) {
  OpBuilder::InsertionGuard guard(g.builder);
  Block &body = op.getBody().front();
  Operation *yield = body.getTerminator();
  SmallVector<mlir::Attribute> kept(op.getStates().getValue());
  unsigned before = body.getNumArguments() - kept.size();
  for (unsigned i = kept.size(); i-- > 0;) {
    BlockArgument state = body.getArgument(before + i);
    if (yield->getOperand(1 + i) != state)
      continue;
    yield->eraseOperand(1 + i);
    if (!state.use_empty()) {
      g.builder.setInsertionPointToStart(&body);
      state.replaceAllUsesWith(
          BroadcastOp::create(g.builder, op.getLoc(), state.getType(), g.real(op.getLoc(), 0)));
    }
    body.eraseArgument(before + i);
    kept.erase(kept.begin() + i);
  }
  op.setStatesAttr(g.builder.getArrayAttr(kept));
}

std::string OptimizerGenerator::generate(const resolved::Training &training) {
  auto [entry, isNew] = made.try_emplace(structure(training));
  if (!isNew)
    return entry->second;
  OpBuilder &b = g.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(g.module.getBody());
  entry->second = g.freshSymbol(training.optimizer);
  const ast::OptimizerDecl &decl = *training.decl;
  mlir::Location loc = g.place(decl.location);
  mlir::Type open = UnrankedTensorType::get(b.getF32Type());
  SmallVector<StringRef> scalars, states(decl.states.begin(), decl.states.end());
  for (auto [parameter, argument] : llvm::zip_equal(decl.parameters, training.arguments))
    if (isStepScalar(parameter, argument))
      scalars.push_back(parameter.name);
  SmallVector<mlir::Type> types{open, open};
  types.append(optimizerNames().size() - 2 + scalars.size(), g.realType());
  types.append(states.size(), open);
  auto op = OptimizerOp::create(b, loc, entry->second, g.declared(training.optimizer, entry->second),
                                b.getStrArrayAttr(scalars), b.getStrArrayAttr(states));
  Block *body = b.createBlock(&op.getBody(), {}, types, SmallVector<mlir::Location>(types.size(), loc));
  llvm::StringMap<mlir::Value> variables;
  SmallVector<StringRef> names(optimizerNames().begin(), optimizerNames().end());
  llvm::append_range(names, scalars);
  llvm::append_range(names, states);
  for (auto [name, argument] : llvm::zip_equal(names, body->getArguments()))
    variables[name] = argument;
  NamedValues known = parameters(g, training, variables);
  BodyGenerator generator(g, known, std::move(variables), &training.decided);
  generator.statements(decl.body);
  SmallVector<mlir::Value> results{generator.variable("w")};
  for (StringRef state : states)
    results.push_back(generator.variable(state));
  YieldOp::create(b, loc, results);
  dropConstantStates(g, op);
  return entry->second;
}

} // namespace switchyard
