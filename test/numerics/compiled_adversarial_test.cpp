// Steps of adversarial training against the oracle: each example is attacked with the step's own weights, and
// the step descends on the attacked one, which is a constant to it.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

using Kind = Layer::Kind;

const Network network{{{Kind::Conv, "features/0"},
                       {Kind::Relu, "features/1"},
                       {Kind::MaxPool, "features/2", 2},
                       {Kind::Flatten, "features/3"},
                       {Kind::Dense, "features/4"},
                       {Kind::Relu, "features/5"},
                       {Kind::Dense, "head/0"}}};
constexpr double eps = 0.05;

at::Tensor attacked(const std::string &defense, const Examples &examples, const Parameters &parameters) {
  AttackSetting setting{network, parameters};
  setting.away = true;
  setting.classes = examples.labels;
  setting.eps = eps;
  if (defense == "signed")
    return fgsm(setting, examples.images);
  Draws draws = examples.draws.at(0);
  at::Tensor unit = drawUniform(draws, "attack/draw#0", examples.images.sizes().slice(1));
  at::Tensor start = projectLinf(setting, examples.images + (2 * eps * unit - eps), examples.images);
  return pgdFrom(setting, examples.images, start, 3, eps / 2);
}

class CompiledAdversarial : public ::testing::TestWithParam<std::string> {};

TEST_P(CompiledAdversarial, ThreeStepsAreTheOracles) {
  Context context;
  CompiledModel model(program("adversarial"), "adversarial", GetParam());
  CompiledFunction init = model.init(), step = model.step();
  init.set("stream", "", at::scalar_tensor(int64_t(5), at::kLong));
  init.run(context.get());
  giveParameters(step, "parameter", takeParameters(init, "parameter"));
  giveParameters(step, "state", takeParameters(init, "state"));
  Parameters parameters = takeParameters(step, "parameter"), velocities, before = parameters;
  for (auto &[name, value] : before)
    value = value.clone();
  Examples examples = someExamples(step.batch());
  at::Tensor weights = at::full({step.batch()}, 1.0 / double(step.batch()));
  for (int iteration = 0; iteration < 3; ++iteration) {
    runStep(step, examples, weights, iteration, context.get());
    at::Tensor images = attacked(GetParam(), examples, parameters);
    EXPECT_GT((images - examples.images).abs().max().item<float>(), eps / 2);
    at::Tensor losses = trainStep(network, parameters, velocities, {0.05, 0.9, 0, true}, iteration, images,
                                  examples.labels, weights, nullptr);
    expectEveryElement(step.argument("loss"), losses, "losses");
    for (const auto &[name, value] : parameters)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-2, before.at(name));
  }
}

INSTANTIATE_TEST_SUITE_P(Attacks, CompiledAdversarial, ::testing::Values("signed", "projected"),
                         [](const auto &info) { return info.param; });

} // namespace
