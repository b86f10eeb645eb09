// Compiled attacks that use Adam against the oracle's on the same draws: LibTorch's own optimizer where
// epsilon does not matter, else the formula written out, with powers of beta in the place of the compiled
// recursion.
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;

namespace {

/// Kingma and Ba's Adam with Keras' epsilon, for each example by itself: where `taken` is false nothing
/// moves.
class Adam {
public:
  Adam(const at::Tensor &like, double rate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7)
      : rate(rate), beta1(beta1), beta2(beta2), epsilon(epsilon), mean(at::zeros_like(like)),
        square(at::zeros_like(like)), count(at::zeros({like.size(0), 1, 1, 1}, at::kDouble)) {}

  at::Tensor step(const at::Tensor &w, const at::Tensor &gradient, at::Tensor taken = {}) {
    if (!taken.defined())
      taken = at::ones({w.size(0)}, at::kBool);
    taken = taken.view({-1, 1, 1, 1});
    count = count + taken.to(at::kDouble);
    mean = at::where(taken, beta1 * mean + (1 - beta1) * gradient, mean);
    square = at::where(taken, beta2 * square + (1 - beta2) * gradient * gradient, square);
    at::Tensor correction = (1 - at::pow(beta2, count)).sqrt() / (1 - at::pow(beta1, count));
    at::Tensor moved = w - (rate * correction).to(w.scalar_type()) * mean / (square.sqrt() + epsilon);
    return at::where(taken, moved, w);
  }

private:
  double rate, beta1, beta2, epsilon;
  at::Tensor mean, square, count;
};

Draws drawsOf(const AttackSetting &setting, int64_t iteration) {
  return setting.draws->at(switchyard::rt::passWord(0, uint32_t(iteration)));
}

/// stdlib/paper.swy, pgd: LibTorch's Adam on the gradient's sign, whose size is far from any epsilon.
at::Tensor paperPgd(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double rate) {
  at::Tensor x = projectLinf(setting, at::zeros_like(clean), clean).requires_grad_();
  torch::optim::Adam adam({x}, torch::optim::AdamOptions(rate).eps(1e-9));
  for (int64_t i = 0; i < steps; ++i) {
    Draws here = drawsOf(setting, i);
    x.mutable_grad() = inputGradient(setting, x, &here).sign();
    adam.step();
    x.data().copy_(projectLinf(setting, x.detach(), clean));
  }
  return x.detach();
}

/// stdlib/paper.swy, cw_pgd.
at::Tensor paperCwPgd(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double rate) {
  at::Tensor x = projectLinf(setting, at::zeros_like(clean), clean);
  Adam adam(clean, rate);
  for (int64_t i = 0; i < steps; ++i) {
    Draws here = drawsOf(setting, i);
    x = projectLinf(setting, adam.step(x, inputGradient(setting, x, &here)), clean);
  }
  return x;
}

/// Inputs/optimizers.swy, halting.
at::Tensor halting(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double rate) {
  at::Tensor x = clean;
  Adam adam(clean, rate, 0.8, 0.99, 1e-3);
  for (int64_t i = 0; i < steps; ++i) {
    Draws here = drawsOf(setting, i);
    at::Tensor gap = losses(setting.objective, setting.away,
                            setting.network.logits(x, setting.parameters, &here), setting.classes);
    at::Tensor taken = gap > 0.05;
    at::Tensor moved = projectLinf(setting, adam.step(x, inputGradient(setting, x, &here), taken), clean);
    x = at::where(taken.view({-1, 1, 1, 1}), moved, x);
  }
  return x;
}

/// stdlib/attacks.swy, cw_l2 with confidence 0, images in [0, 1].
class CarliniWagner {
public:
  CarliniWagner(const AttackSetting &setting, const at::Tensor &clean, double weight)
      : setting(setting), clean(clean), low(at::zeros({clean.size(0)})),
        high(at::full({clean.size(0)}, INFINITY)), c(at::full({clean.size(0)}, weight)), best(clean),
        bestDistance(at::full({clean.size(0)}, INFINITY)) {}

  at::Tensor run(int64_t searches, int64_t steps, double rate) {
    for (int64_t search = 0; search < searches; ++search) {
      at::Tensor w = at::atanh((2 * clean - 1) * (1 - 1e-6)), found = at::zeros({clean.size(0)}, at::kBool);
      Adam adam(clean, rate);
      for (int64_t i = 0; i < steps; ++i) {
        Draws here = drawsOf(setting, search * steps + i);
        w = step(w, adam, found, here);
      }
      high = at::where(found, c, high);
      low = at::where(found, low, c);
      c = at::where(high < INFINITY, (low + high) / 2, c * 10);
    }
    return best;
  }

private:
  at::Tensor step(const at::Tensor &w, Adam &adam, at::Tensor &found, const Draws &draws) {
    at::Tensor leaf = w.detach().requires_grad_();
    at::Tensor x = 0.5 + 0.5 * leaf.tanh();
    at::Tensor distance = (x - clean).square().sum({1, 2, 3});
    at::Tensor gap = losses(Objective::Margin, setting.away,
                            setting.network.logits(x, setting.parameters, &draws), setting.classes)
                         .clamp_min(0);
    at::Tensor gradient = torch::autograd::grad({(distance + c * gap).sum()}, {leaf})[0];
    at::Tensor hit = gap.detach() <= 0, better = hit.logical_and(distance.detach() < bestDistance);
    found = found.logical_or(hit);
    best = at::where(better.view({-1, 1, 1, 1}), x.detach(), best);
    bestDistance = at::where(better, distance.detach(), bestDistance);
    return adam.step(w, gradient);
  }

  const AttackSetting &setting;
  at::Tensor clean, low, high, c, best, bestDistance;
};

class CompiledOptimizers : public ::testing::TestWithParam<std::string> {
protected:
  CompiledModel model{program("optimizers"), "optimizers", GetParam()};
  Network network = oracleNetwork("odd", GetParam(), /*training=*/false);
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  Examples examples = someExamples(predict.batch());

  AttackSetting setting(Objective objective) const {
    AttackSetting result{network, parameters, objective, /*away=*/false, examples.goals, /*eps=*/0.1};
    result.draws = &examples.draws;
    return result;
  }

  at::Tensor attacked(const std::string &text) {
    CompiledFunction function = model.attack(text);
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial");
  }

  /// S6.2 of a whole attack; most images have moved.
  void expectSame(const at::Tensor &found, const at::Tensor &expected) const {
    EXPECT_FALSE(found.isnan().any().item<bool>());
    EXPECT_GE(found.min().item<double>(), 0);
    EXPECT_LE(found.max().item<double>(), 1);
    EXPECT_GE(equalImages(found, expected), 0.95);
    at::Tensor moved = (expected - examples.images).abs().amax({1, 2, 3}) > 1e-3;
    EXPECT_GE(moved.to(at::kDouble).mean().item<double>(), 0.5);
    RecordProperty("equal_images_percent", int(equalImages(found, expected) * 100));
  }
};

TEST_P(CompiledOptimizers, PaperPgdIsLibTorchsAdamOnSigns) {
  AttackSetting here = setting(Objective::CrossEntropy);
  expectSame(attacked("paper.pgd(eps = 0.1, steps = 7, step = 0.02)"),
             paperPgd(here, examples.images, 7, 0.02));
}

TEST_P(CompiledOptimizers, PaperCwPgdIsTheOracles) {
  AttackSetting here = setting(Objective::Margin);
  expectSame(attacked("paper.cw_pgd(eps = 0.1, steps = 7, step = 0.02)"),
             paperCwPgd(here, examples.images, 7, 0.02));
}

TEST_P(CompiledOptimizers, StepsNotTakenDoNotAdvanceTheOptimizer) {
  AttackSetting here = setting(Objective::Margin);
  expectSame(attacked("halting(eps = 0.1, steps = 8, rate = 0.01)"), halting(here, examples.images, 8, 0.01));
}

TEST_P(CompiledOptimizers, CwL2IsTheOracles) {
  AttackSetting here = setting(Objective::Margin);
  at::Tensor found = attacked("cw_l2(steps = 12, searches = 4, weight = 5)");
  at::Tensor expected = CarliniWagner(here, examples.images, 5).run(4, 12, 0.1);
  auto distances = [&](const at::Tensor &images) { return (images - examples.images).norm(2, {1, 2, 3}); };
  at::Tensor reached = distances(expected) > 1e-2; // on a network of random weights most goals are too far
  EXPECT_GE(reached.sum().item<int64_t>(), 5);
  EXPECT_TRUE((distances(found) > 1e-2).equal(reached));
  EXPECT_TRUE(distances(found).index({reached}).allclose(distances(expected).index({reached}), 0.02));
  // Pixels that the network does not see have gradients of rounding noise, which Adam makes steps of full
  // size of.
  at::Tensor equal = (found - expected).index({reached}).abs() <= 1e-4;
  EXPECT_GE(equal.to(at::kDouble).mean().item<double>(), 0.9);
  EXPECT_EQ(equalImages(found.index({~reached}), expected.index({~reached})), 1);
}

INSTANTIATE_TEST_SUITE_P(Programs, CompiledOptimizers, ::testing::Values("none", "defensive_dropout"),
                         [](const auto &info) { return info.param; });

} // namespace
