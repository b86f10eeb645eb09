// What the values of a body depend on.

#include "compiler/semantics/BodyTypes.h"

#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

void Flow::merge(const Flow &other) {
  direct.insert(other.direct.begin(), other.direct.end());
  throughLoop.insert(other.throughLoop.begin(), other.throughLoop.end());
  throughGradient.insert(other.throughGradient.begin(), other.throughGradient.end());
  for (auto &[call, versions] : other.throughObjective)
    throughObjective[call].insert(versions.begin(), versions.end());
  for (auto &[call, versions] : other.throughChance)
    throughChance[call].insert(versions.begin(), versions.end());
}

std::set<int> Flow::all() const {
  std::set<int> result = direct;
  for (auto &[call, versions] : throughObjective)
    result.insert(versions.begin(), versions.end());
  return result;
}

/// Whether the function takes only the shape of its first argument.
static bool takesShape(const BuiltinFunction &function) {
  static const std::set<Function> list = {
      Function::UniformLike, Function::NormalLike, Function::ConstantLike, Function::Height,
      Function::Width,       Function::Channels,   Function::RowNumbers,   Function::ColumnNumbers};
  return list.count(function.function);
}

/// How often a condition holds has no derivative; of an image whose shape alone is taken nothing but that is
/// read.
Flow ExpressionTyper::callFlow(const CallExpr &call) {
  Flow result;
  if (call.builtin && call.builtin->function == Function::Chance) {
    result.throughChance = {{&call, flow(*call.arguments[0].value).all()}};
    return result;
  }
  for (size_t i = call.builtin && takesShape(*call.builtin) ? 1 : 0; i < call.arguments.size(); ++i)
    result.merge(flow(*call.arguments[i].value));
  if (call.meaning == Meaning::Objective || call.meaning == Meaning::ObjectiveParameter) {
    result.throughObjective = {{&call, result.all()}};
    result.direct.clear();
  }
  return result;
}

Flow ExpressionTyper::flow(const Expr &e) {
  if (auto *gradient = as<GradientExpr>(&e)) {
    Flow inner = flow(*gradient->of), result;
    result.throughLoop = inner.throughLoop;
    result.throughGradient = inner.throughGradient;
    for (int version : inner.all())
      result.throughGradient.insert(version);
    return result;
  }
  Flow result;
  auto add = [&](const Expr *child) {
    if (child)
      result.merge(flow(*child));
  };
  if (auto *name = as<NameExpr>(&e); name && name->meaning != Meaning::Word)
    if (Variable *variable = environment.find(joined(name->path, ".")))
      return variable->flow;
  if (auto *call = as<CallExpr>(&e))
    return callFlow(*call);
  if (auto *unary = as<UnaryExpr>(&e))
    add(unary->operand.get());
  if (auto *binary = as<BinaryExpr>(&e)) {
    add(binary->left.get());
    add(binary->right.get());
  }
  if (auto *choice = as<ChoiceExpr>(&e)) { // the condition decides, it has no derivative
    add(choice->yes.get());
    add(choice->no.get());
  }
  if (auto *index = as<IndexExpr>(&e))
    add(index->base.get());
  return result;
}

} // namespace switchyard
