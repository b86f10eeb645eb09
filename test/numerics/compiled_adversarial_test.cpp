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

/// As `augment { random_crop(2) gaussian_noise(0.02) random_flip }` leaves them, each by draws of its own.
at::Tensor augmented(const Examples &examples) {
  const std::string site = "training.augment/";
  auto number = [&](const std::string &of) { return drawUniform(examples.draws, of, {1}).flatten(); };
  at::Tensor down = (5 * number(site + "0")).floor() - 2, right = (5 * number(site + "0/draw#1")).floor() - 2;
  at::Tensor padded = at::constant_pad_nd(examples.images, {2, 2, 2, 2}), result = examples.images.clone();
  for (int64_t i = 0; i < examples.count(); ++i)
    result[i] = padded[i]
                    .slice(1, 2 + down[i].item<int64_t>(), 30 + down[i].item<int64_t>())
                    .slice(2, 2 + right[i].item<int64_t>(), 30 + right[i].item<int64_t>());
  result += 0.02 * drawNormal(examples.draws, site + "1", result.sizes().slice(1));
  return at::where(number(site + "2").view({-1, 1, 1, 1}) < 0.5, result.flip({3}), result).clamp(0, 1);
}

at::Tensor attacked(const std::string &defense, const Examples &examples, const Parameters &parameters) {
  if (defense == "none")
    return examples.images;
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

/// An experiment and a defense.
using Parameter = std::pair<std::string, std::string>;
class CompiledAdversarial : public ::testing::TestWithParam<Parameter> {};

TEST_P(CompiledAdversarial, ThreeStepsAreTheOracles) {
  Context context;
  auto [experiment, defense] = GetParam();
  CompiledModel model(program("adversarial"), experiment, defense);
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
    Examples seen = examples;
    if (experiment == "augmented")
      seen.images = augmented(examples);
    at::Tensor images = attacked(defense, seen, parameters);
    EXPECT_GT((images - examples.images).abs().max().item<float>(), eps / 2);
    at::Tensor losses = trainStep(network, parameters, velocities, {0.05, 0.9, 0, true}, iteration, images,
                                  examples.labels, weights, nullptr);
    expectEveryElement(step.argument("loss"), losses, "losses");
    for (const auto &[name, value] : parameters)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-2, before.at(name));
  }
}

INSTANTIATE_TEST_SUITE_P(Attacks, CompiledAdversarial,
                         ::testing::Values(Parameter("adversarial", "signed"),
                                           Parameter("adversarial", "projected"),
                                           Parameter("augmented", "none"), Parameter("augmented", "signed"),
                                           Parameter("augmented", "projected")),
                         [](const auto &info) { return info.param.first + "_" + info.param.second; });

TEST(Augmentation, ActsInTrainingAlone) {
  CompiledFunction predict = CompiledModel(program("adversarial"), "augmented", "none").predict();
  Parameters parameters = someParameters(predict, "weight");
  giveParameters(predict, "weight", parameters);
  Examples examples = someExamples(16);
  at::Tensor expected = network.logits(examples.images.to(at::kDouble), inDouble(parameters), nullptr);
  expectEveryElement(runInBatches(predict, examples, "logits"), expected, "logits", 1e-5);
}

} // namespace
