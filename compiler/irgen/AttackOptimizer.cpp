// Adam inside an attack (S1.3), as arithmetic. An optimizer `o` lives in variables of its own, `o.rate`,
// `o.mean`, ..., which loops carry and `if` selects like any others.
#include "compiler/irgen/BodyGenerator.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {

/// The arguments of `adam`, then its state: the decaying means of the gradient and of its square, and the
/// sums of the weights in them, 1 - beta^t after t steps.
static constexpr const char *slotNames[] = {"rate", "beta1",  "beta2",       "epsilon",
                                            "mean", "square", "mean_weight", "square_weight"};

static std::string slot(const std::string &optimizer, const char *name) {
  return optimizer + "." + name;
}

SmallVector<std::string> BodyGenerator::slots(ArrayRef<std::string> carried) {
  SmallVector<std::string> result;
  for (const std::string &name : carried) {
    if (!variables.count(slot(name, slotNames[0]))) {
      result.push_back(name);
      continue;
    }
    for (const char *part : slotNames)
      result.push_back(slot(name, part));
  }
  return result;
}

void BodyGenerator::makeOptimizer(const std::string &name, const ast::CallExpr &adam) {
  mlir::Location loc = g.place(adam.location);
  for (auto [i, parameter] : llvm::enumerate(adam.builtin->named))
    variables[slot(name, slotNames[i])] = adam.bound[i]
                                              ? realExpression(adam.bound[i])
                                              : g.real(loc, Number::parse(parameter.byDefault).value());
  mlir::Value zero = g.real(loc, 0);
  mlir::Value zeros = BroadcastOp::create(b, loc, g.realType(network->input), zero);
  variables[slot(name, "mean")] = variables[slot(name, "square")] = zeros;
  variables[slot(name, "mean_weight")] = variables[slot(name, "square_weight")] = zero;
}

/// w - rate * sqrt(1 - beta2^t) / (1 - beta1^t) * mean / (sqrt(square) + epsilon): epsilon stands outside the
/// corrected root, as in Keras and in the first form of the paper (Kingma and Ba, 2015, section 2).
mlir::Value BodyGenerator::step(const ast::CallExpr &expr) {
  mlir::Location loc = g.place(expr.location);
  mlir::Value w = expression(expr.bound[0]), gradient = expression(expr.bound[1]);
  auto at = [&](const char *name) -> mlir::Value & { return variables[slot(expr.path[0], name)]; };
  mlir::Value one = g.real(loc, 1);
  auto decay = [&](const char *name, mlir::Value beta, mlir::Value next) {
    mlir::Value rest = MulOp::create(b, loc, SubOp::create(b, loc, one, beta), next);
    return at(name) = AddOp::create(b, loc, MulOp::create(b, loc, beta, at(name)), rest);
  };
  mlir::Value mean = decay("mean", at("beta1"), gradient);
  mlir::Value square = decay("square", at("beta2"), MulOp::create(b, loc, gradient, gradient));
  mlir::Value meanWeight = decay("mean_weight", at("beta1"), one);
  mlir::Value squareWeight = decay("square_weight", at("beta2"), one);
  mlir::Value correction = DivOp::create(b, loc, SqrtOp::create(b, loc, squareWeight), meanWeight);
  mlir::Value rate = MulOp::create(b, loc, at("rate"), correction);
  mlir::Value root = AddOp::create(b, loc, SqrtOp::create(b, loc, square), at("epsilon"));
  return SubOp::create(b, loc, w, MulOp::create(b, loc, rate, DivOp::create(b, loc, mean, root)));
}

} // namespace switchyard
