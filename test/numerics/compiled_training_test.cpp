// Compiled initialization and train steps against the oracle: the very draws of the weights; losses,
// parameters and momentum over several steps, on a padded batch.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

struct Training {
  std::string program, experiment, defense;
  Sgd sgd; // as the program says
};

const Training trainings[] = {
    {"odd", "odd", "none", {0.05, 0.9, 0.1, true}},
    {"odd", "odd", "defensive_dropout", {0.05, 0.9, 0.1, true}},
    {"odd", "odd", "gaussian", {0.05, 0.9, 0.1, true}},
    {"blocked", "momentum", "none", {0.02, 0.9, 0, false}},
    {"blocked", "momentum", "gaussian", {0.02, 0.9, 0, false}},
    {"blocked", "descent", "none", {0.02, 0, 0, false}},
    {"blocked", "decayed", "none", {0.02, 0.9, 0, true, 0.5}},
};

void PrintTo(const Training &one, std::ostream *out) {
  *out << one.program << ", " << one.experiment << ", " << one.defense;
}

std::string nameOf(const ::testing::TestParamInfo<Training> &info) {
  return info.param.program + "_" + info.param.experiment + "_" + info.param.defense;
}

class CompiledTraining : public ::testing::TestWithParam<Training> {
protected:
  CompiledModel model{program(GetParam().program), GetParam().experiment, GetParam().defense};
  Context context;

  CompiledFunction initialized(uint64_t stream) {
    CompiledFunction init = model.init();
    init.set("stream", "", at::scalar_tensor(int64_t(stream), at::kLong));
    init.run(context.get());
    return init;
  }

  /// A step's function with fresh parameters, zero momentum and a batch whose last rows are padding.
  CompiledFunction readyStep(int64_t valid) {
    CompiledFunction step = model.step(), init = initialized(99);
    giveParameters(step, "parameter", takeParameters(init, "parameter"));
    giveParameters(step, "state", takeParameters(init, "state"));
    giveExamples(step, someExamples(step.batch()));
    step.set("example_weight", "", weights(step.batch(), valid));
    return step;
  }

  static at::Tensor weights(int64_t batch, int64_t valid) {
    return at::cat({at::full({valid}, 1.0 / double(valid)), at::zeros({batch - valid})});
  }
};

/// Glorot's limit (Glorot & Bengio, 2010): sqrt(6 / (inputs + outputs) of a unit).
at::Tensor glorotDraw(uint64_t stream, const std::string &name, const at::Tensor &like) {
  double fans = double(like[0].numel() + like.numel() / like.size(1));
  double limit = std::sqrt(6 / fans);
  at::Tensor unit = drawUniform({stream, {{0, switchyard::rt::noTarget}}, 0}, name, like.sizes())[0];
  return unit * float(2 * limit) - float(limit);
}

TEST_P(CompiledTraining, InitializesWithTheDrawsOfEachSite) {
  const uint64_t stream = 0x9e3779b97f4a7c15u;
  CompiledFunction init = initialized(stream);
  int weights = 0;
  for (const auto &[role, name] : init.arguments()) {
    if (role != "parameter")
      continue;
    at::Tensor value = init.argument(role, name);
    if (value.dim() == 1) {
      EXPECT_EQ(value.abs().max().item<float>(), 0) << name;
      continue;
    }
    ++weights;
    EXPECT_TRUE(value.equal(glorotDraw(stream, name, value))) << name;
    EXPECT_GT(value.std().item<double>(), 0) << name;
  }
  EXPECT_GE(weights, 3);
}

TEST_P(CompiledTraining, InitializesMomentumWithZeros) {
  CompiledFunction init = initialized(3);
  for (const auto &[name, value] : takeParameters(init, "state"))
    EXPECT_EQ(value.abs().max().item<float>(), 0) << name;
}

/// Runs the same three steps on both sides, the oracle in the precision of `type`, and compares after each.
void compareSteps(CompiledFunction step, at::ScalarType type, const Training &training, Context &context) {
  Network network = oracleNetwork(training.program, training.defense, /*training=*/true);
  Parameters parameters = takeParameters(step, "parameter"), velocities, before = parameters;
  for (auto &[name, value] : before)
    value = value.clone();
  if (type == at::kDouble)
    parameters = inDouble(parameters);
  Examples examples = someExamples(step.batch());
  at::Tensor weights = step.argument("example_weight").clone();
  for (int iteration = 0; iteration < 3; ++iteration) {
    runStep(step, examples, weights, iteration, context.get());
    at::Tensor losses = trainStep(network, parameters, velocities, training.sgd, iteration,
                                  examples.images.to(type), examples.labels, weights, &examples.draws);
    expectEveryElement(step.argument("loss"), losses, "losses");
    for (const auto &[name, value] : parameters)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
    for (const auto &[name, value] : velocities)
      if (training.sgd.momentum != 0)
        expectEveryElement(step.argument("state", momentumOf(name)), value, "momentum of " + name, 1e-3);
  }
}

TEST_P(CompiledTraining, ThreeStepsAreTheOracles) {
  CompiledFunction step = readyStep(11);
  compareSteps(step, at::kFloat, GetParam(), context);
}

TEST_P(CompiledTraining, ThreeStepsAreTheOraclesInDouble) {
  CompiledFunction step = readyStep(11);
  compareSteps(step, at::kDouble, GetParam(), context);
}

TEST_P(CompiledTraining, PaddingChangesNothing) {
  CompiledFunction one = readyStep(11), other = readyStep(11);
  Examples changed = someExamples(other.batch());
  for (int64_t row = 11; row < changed.count(); ++row) {
    changed.images[row] = 1 - changed.images[row];
    changed.labels[row] = 9 - changed.labels[row];
  }
  giveExamples(other, changed);
  other.set("example_weight", "", weights(other.batch(), 11));
  one.run(context.get());
  other.run(context.get());
  EXPECT_TRUE(one.argument("loss").slice(0, 0, 11).equal(other.argument("loss").slice(0, 0, 11)));
  EXPECT_FALSE(one.argument("loss").equal(other.argument("loss")));
  for (const char *role : {"parameter", "state"})
    for (const auto &[name, value] : takeParameters(one, role))
      EXPECT_TRUE(value.equal(other.argument(role, name))) << role << " " << name;
}

INSTANTIATE_TEST_SUITE_P(Programs, CompiledTraining, ::testing::ValuesIn(trainings), nameOf);

} // namespace
