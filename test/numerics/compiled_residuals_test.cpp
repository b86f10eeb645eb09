// Inputs/residual.swy against LibTorch: logits, gradients at each pixel, and train steps, whose momentum is
// the gradient at each weight.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using Kind = Layer::Kind;
using Layers = std::vector<Layer>;
using Paths = SwitchingNetwork::Paths;

namespace {

Layer conv(const std::string &path, int64_t stride, int64_t padding) {
  return {Kind::Conv, path, 0, stride, padding};
}

Layer residual(const std::string &path, Layers main, Layers shortcut = {}) {
  return {Kind::Residual, path, 0, 1, 0, std::move(main), std::move(shortcut)};
}

/// The part `basic` at a path.
Layers basic(const std::string &path, int64_t stride = 1) {
  Layers shortcut;
  if (stride > 1)
    shortcut = {conv(path + "/shortcut/0", stride, 0)};
  return {residual(path + "/residual",
                   {conv(path + "/residual/0", stride, 1),
                    {Kind::Tanh, path + "/residual/1"},
                    conv(path + "/residual/2", 1, 1)},
                   shortcut),
          {Kind::Tanh, path + "/1"}};
}

Layers joined(std::initializer_list<Layers> chains) {
  Layers all;
  for (const Layers &one : chains)
    all.insert(all.end(), one.begin(), one.end());
  return all;
}

Layers nested(const std::string &path) {
  std::string main = path + "/residual", shortcut = path + "/shortcut";
  return {residual(main,
                   joined({basic(main + "/basic"), basic(main + "/basic.2"), {conv(main + "/2", 1, 0)}}),
                   {{Kind::Tanh, shortcut + "/0"}, conv(shortcut + "/1", 1, 1)})};
}

/// Noise before every residual, dropout at the end of its main chain.
Layers noisy(const Layers &layers) {
  Layers result;
  for (Layer one : layers) {
    if (one.kind == Kind::Residual) {
      result.push_back({Kind::GaussianNoise, one.path + "+noisy.gaussian_noise", 0.2});
      one.main = noisy(one.main);
      one.main.push_back({Kind::Dropout, one.path + "/end+noisy.dropout", 0.3});
      one.shortcut = noisy(one.shortcut);
    }
    result.push_back(one);
  }
  return result;
}

/// The main chain of every residual left out at random.
Layers shallow(Layers layers) {
  for (Layer &one : layers) {
    if (one.kind != Kind::Residual)
      continue;
    one.main = shallow(one.main);
    one.main.push_back({Kind::DropPath, one.path + "/end+stochastic_depth.drop", 0.4});
  }
  return layers;
}

/// `basic(4)` behind the first residual; what is put in is named by what it is.
Layers deeper(Layers layers) {
  std::string place = layers[0].path + "+deeper.";
  Layers part = {
      residual(place + "residual",
               {conv(place + "conv", 1, 1), {Kind::Tanh, place + "tanh"}, conv(place + "conv.2", 1, 1)}),
      {Kind::Tanh, place + "tanh.2"}};
  layers.insert(layers.begin() + 1, part.begin(), part.end());
  return layers;
}

SwitchingNetwork networkOf(const std::string &defense) {
  Layers stem{conv("stem/0", 2, 0), {Kind::Tanh, "stem/1"}};
  Layers body = joined({basic("body/basic"), basic("body/basic.2", 2), nested("body/nested")});
  Layers head{{Kind::Flatten, "head/0"},
              {Kind::Dense, "head/1"},
              residual("head/residual", {{Kind::Tanh, "head/residual/0"}, {Kind::Dense, "head/residual/1"}}),
              {Kind::Dense, "head/3"}};
  if (defense == "noisy")
    return {{{"stem", 1, {stem}}, {"body", 1, {noisy(body)}}, {"head", 1, {noisy(head)}}}};
  if (defense == "stochastic_depth")
    return {{{"stem", 1, {stem}}, {"body", 1, {shallow(body)}}, {"head", 1, {shallow(head)}}}};
  if (defense == "deeper")
    body = deeper(body);
  return {{{"stem", 2, {stem}}, {"body", 3, {body}}, {"head", 2, {head}}}};
}

using Parameter = std::tuple<std::string, std::string>; // defense, variant

class Residuals : public ::testing::TestWithParam<Parameter> {
protected:
  const std::string defense = std::get<0>(GetParam());
  CompiledModel model{program("residual", std::get<1>(GetParam())), "e", defense};
  SwitchingNetwork network = networkOf(defense);
  Examples examples = someExamples(40);

  /// Each example's channels below `trained`, whose parameters and those above are no stacks.
  Paths paths(const Examples &given, size_t trained) const {
    Paths drawn = network.drawn(given.draws);
    for (std::vector<int64_t> &path : drawn)
      std::fill(path.begin() + long(defense == "hrs" ? trained : 0), path.end(), -1);
    return drawn;
  }

  at::Tensor logits(const SwitchingNetwork &of, const at::Tensor &x, const Parameters &used) const {
    return of.logits(x, used, &examples.draws, paths(examples, of.blocks.size()));
  }

  /// That the compiled gradient of cross-entropy at each pixel is that of the network.
  void expectSlope(const std::string &gradients, const SwitchingNetwork &of) const {
    CompiledFunction function = model.attack("gradient_of", gradients);
    Parameters parameters = someParameters(function, "weight");
    giveParameters(function, "weight", parameters);
    at::Tensor leaf = examples.images.to(at::kDouble).requires_grad_();
    at::Tensor each =
        losses(Objective::CrossEntropy, false, logits(of, leaf, inDouble(parameters)), examples.goals);
    at::Tensor exact = torch::autograd::grad({each}, {leaf}, {at::ones_like(each)})[0];
    expectEveryElement(runInBatches(function, examples, "adversarial"), exact, defense, 2e-5);
  }
};

TEST_P(Residuals, LogitsAreLibTorchs) {
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  giveParameters(predict, "weight", parameters);
  at::Tensor exact = logits(network, examples.images.to(at::kDouble), inDouble(parameters));
  expectEveryElement(runInBatches(predict, examples, "logits"), exact, defense, 1e-5);
}

TEST_P(Residuals, GradientsAtTheImageAreAutograds) {
  expectSlope("one_draw", networkOf(defense));
}

TEST_P(Residuals, AreWholeAndWithoutNoiseWhereRandomnessIsOff) {
  if (defense == "noisy" || defense == "stochastic_depth")
    expectSlope("randomness_off", networkOf("none"));
}

TEST_P(Residuals, TwoStepsOfTrainingAreLibTorchs) {
  for (size_t block = 0; block < (defense == "hrs" ? network.blocks.size() : 1); ++block) {
    SCOPED_TRACE(network.blocks[block].name);
    std::string first = block == 0   ? "stem/0/weights"
                        : block == 1 ? "body/basic/residual/0/weights"
                                     : "head/1/weights";
    CompiledFunction step = defense == "hrs" ? model.step(first, 0) : model.step();
    Parameters frozen = someParameters(step, "weight"), parameters = someParameters(step, "parameter"),
               velocities;
    for (const auto &[name, value] : parameters)
      velocities[name] = at::zeros_like(value);
    giveParameters(step, "weight", frozen);
    giveParameters(step, "parameter", parameters);
    zeroStates(step);
    velocities = inDouble(velocities);
    const Parameters before = inDouble(parameters);
    frozen = inDouble(frozen);
    parameters = inDouble(parameters);
    Examples given = someExamples(step.batch());
    at::Tensor weights = at::full({given.count()}, 1.0 / double(given.count()));
    switchyard::rt::Context context(1);
    for (int iteration = 0; iteration < 2; ++iteration) {
      runStep(step, given, weights, iteration, context.get());
      LogitsOf ofTrained = [&](const at::Tensor &x, const Parameters &trained) {
        Parameters all = frozen;
        all.insert(trained.begin(), trained.end());
        return network.logits(x, all, &given.draws, paths(given, block));
      };
      at::Tensor losses = trainStep(ofTrained, parameters, velocities, {0.05, 0.9, 0, false}, iteration,
                                    given.images.to(at::kDouble), given.labels, weights);
      expectEveryElement(step.argument("loss"), losses, "losses");
      for (const auto &[name, value] : parameters)
        expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
      for (const auto &[name, value] : velocities)
        expectEveryElement(step.argument("state", momentumOf(name)), value, "momentum of " + name, 1e-4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, Residuals,
                         ::testing::Combine(::testing::Values("none", "noisy", "deeper", "stochastic_depth",
                                                              "hrs"),
                                            ::testing::ValuesIn(variantsToRun())),
                         [](const auto &info) {
                           const std::string &variant = std::get<1>(info.param);
                           return std::get<0>(info.param) + "_" + (variant.empty() ? "cpu" : variant);
                         });

} // namespace
