// What the values of a body depend on, and gradients, which need to know.

#include "compiler/semantics/BodyTypes.h"

#include "compiler/syntax/Print.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

void Flow::merge(const Flow &other) {
  direct.insert(other.direct.begin(), other.direct.end());
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

/// How often a condition holds has no derivative; of an image whose shape alone is taken nothing but that is
/// read.
Flow ExpressionTyper::callFlow(const CallExpr &call) {
  Flow result;
  if (call.builtin && call.builtin->overDraws) {
    result.throughChance = {{&call, flow(*call.arguments[0].value).all()}};
    return result;
  }
  for (size_t i = call.builtin && call.builtin->takesShape ? 1 : 0; i < call.arguments.size(); ++i)
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

namespace {

/// The first gradient inside an expression, or null.
const GradientExpr *gradientIn(const Expr &e) {
  if (auto *gradient = as<GradientExpr>(&e))
    return gradient;
  for (const Expr *child : children(e))
    if (auto *found = gradientIn(*child))
      return found;
  return nullptr;
}

} // namespace

Type ExpressionTyper::gradient(GradientExpr &e) {
  if (body == BodyOf::Layer)
    return fail(Id::GradientInLayer, e.location,
                "a layer has no gradient inside: attacks and trainings take theirs through it");
  if (body == BodyOf::Optimizer || body == BodyOf::Schedule)
    return fail(Id::NotInOptimizer, e.location,
                "an optimizer takes no gradient: that of the training is its `g`");
  if (body == BodyOf::Loss)
    return fail(Id::GradientInLoss, e.location,
                "a loss has no gradient inside: the training takes that of what it returns");
  if (body == BodyOf::Objective)
    return fail(Id::GradientInObjective, e.location,
                "an objective has no gradient inside: the attack that uses it takes one");
  Type of = type(*e.of);
  Variable *at = environment.find(e.at);
  if (!at)
    return fail(Id::UnknownName, e.atLocation,
                "there is no `" + e.at + "` here" + didYouMean(e.at, environment.names()));
  refer(e.atLocation, *at);
  if (of != Type::Unknown && !isScalar(of))
    return fail(Id::GradientOf, e.of->location,
                std::string("a gradient is of a number, got ") + spelling(of) +
                    "; an objective or `sum` makes a number of it");
  if (!isNumeric(at->type) || at->type == Type::Int)
    return at->type == Type::Unknown ? Type::Unknown
                                     : fail(Id::GradientAt, e.atLocation,
                                            std::string("a gradient is at an image or number, `") + e.at +
                                                "` is " + spelling(at->type));
  if (auto *inner = gradientIn(*e.of))
    return fail(Id::GradientInGradient, inner->location,
                "a gradient inside a gradient is not built yet"); // S1.2
  return of == Type::Unknown ? at->type : dependence(e, *at);
}

/// Reports a way to the value that goes through `chance`, which would be left out of the gradient.
bool ExpressionTyper::passesChance(const GradientExpr &e, const Flow &depends, int version) {
  for (auto &[call, versions] : depends.throughChance) {
    if (!versions.count(version))
      continue;
    program.diagnostics
        .error(Id::GradientThroughChance, call->location,
               "a gradient at `" + e.at +
                   "` cannot go through `chance`: how often a condition holds has no derivative")
        .note("take the gradient of what the condition compares; under eot(n) it is the mean over the draws");
    return true;
  }
  return false;
}

Type ExpressionTyper::dependence(GradientExpr &e, const Variable &at) {
  Flow depends = flow(*e.of);
  if (passesChance(e, depends, at.version))
    return Type::Unknown;
  if (depends.direct.count(at.version))
    return at.type;
  for (auto &[call, versions] : depends.throughObjective)
    if (versions.count(at.version))
      e.byObjectives.push_back(call);
  if (!e.byObjectives.empty())
    return at.type; // whether they are constant: CheckGoals.cpp
  if (depends.throughGradient.count(at.version))
    return fail(Id::GradientThroughGradient, e.location,
                "this depends on `" + e.at +
                    "` through a gradient; a gradient of a gradient is not built yet");
  program.diagnostics
      .error(Id::GradientIndependent, e.of->location,
             "`" + format(*e.of) + "` does not depend on `" + e.at + "`")
      .note("the gradient would be zero; was `" + e.at + "` assigned after what is used here?");
  return Type::Unknown;
}

} // namespace switchyard
