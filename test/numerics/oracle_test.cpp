// The oracle tested itself: gradients against finite differences in double, the optimizer against LibTorch's,
// attacks against what defines them, draws against Philox.
#include "runtime/kernels/Philox.h"
#include "test/numerics/Oracle.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using Kind = Layer::Kind;

namespace {

/// Every kind of layer once, 8x8 images, 4 classes.
Network everyLayer() {
  return {{{Kind::GaussianNoise, "block/noise", 0.1},
           {Kind::Conv, "block/0", 0, 1, 1},
           {Kind::Relu, "block/1"},
           {Kind::MaxPool, "block/2", 2},
           {Kind::Flatten, "block/3"},
           {Kind::Dense, "block/4"},
           {Kind::Dropout, "block/5", 0.3},
           {Kind::Dense, "block/6"}}};
}

Parameters everyParameter(at::ScalarType type) {
  at::manual_seed(7);
  Parameters p{{"block/0/weights", at::randn({3, 2, 3, 3}) * 0.3}, {"block/0/bias", at::randn({3}) * 0.1},
               {"block/4/weights", at::randn({6, 48}) * 0.2},      {"block/4/bias", at::randn({6}) * 0.1},
               {"block/6/weights", at::randn({4, 6}) * 0.5},       {"block/6/bias", at::randn({4}) * 0.1}};
  for (auto &[name, value] : p)
    value = value.to(type);
  return p;
}

at::Tensor images(at::ScalarType type) {
  at::manual_seed(8);
  return at::rand({3, 2, 8, 8}).to(type);
}

const at::Tensor classes = at::tensor({0, 3, 1});
const Draws draws{11, {{4, 65535}, {9, 65535}, {2, 7}}, 5};

class OracleGradients : public ::testing::TestWithParam<std::tuple<Objective, bool>> {};

/// Central differences of sum_i loss_i by one element of a tensor that `total` depends on.
double difference(at::Tensor source, int64_t element, const std::function<double()> &total) {
  const double h = 1e-6;
  double &value = source.data_ptr<double>()[element], kept = value;
  value = kept + h;
  double above = total();
  value = kept - h;
  double below = total();
  value = kept;
  return (above - below) / (2 * h);
}

TEST_P(OracleGradients, AgreeWithFiniteDifferences) {
  auto [objective, away] = GetParam();
  Network network = everyLayer();
  Parameters parameters = everyParameter(at::kDouble);
  at::Tensor x = images(at::kDouble);
  auto loss = [objective = objective, away = away](const at::Tensor &z) {
    return losses(objective, away, z, classes);
  };
  auto total = [&] { return loss(network.logits(x, parameters, &draws)).sum().item<double>(); };
  Gradients found = gradients(network, x, parameters, &draws, loss);
  for (int64_t element = 0; element < x.numel(); element += 17)
    EXPECT_NEAR(found.input.flatten()[element].item<double>(), difference(x, element, total), 1e-7);
  for (auto &[name, value] : parameters)
    for (int64_t element = 0; element < value.numel(); element += 5)
      EXPECT_NEAR(found.parameters[name].flatten()[element].item<double>(), difference(value, element, total),
                  1e-7)
          << name;
}

INSTANTIATE_TEST_SUITE_P(Objectives, OracleGradients,
                         ::testing::Combine(::testing::Values(Objective::CrossEntropy, Objective::Margin),
                                            ::testing::Bool()));

TEST(Oracle, SingleAndDoubleAgree) {
  Network network = everyLayer();
  auto loss = [](const at::Tensor &z) { return losses(Objective::CrossEntropy, false, z, classes); };
  Gradients single = gradients(network, images(at::kFloat), everyParameter(at::kFloat), &draws, loss);
  Gradients twice = gradients(network, images(at::kDouble), everyParameter(at::kDouble), &draws, loss);
  EXPECT_EQ(single.input.scalar_type(), at::kFloat);
  EXPECT_LT((single.input - twice.input).abs().max().item<double>(), 1e-6);
}

TEST(Oracle, WeightsExamplesInGradients) {
  Network network = everyLayer();
  Parameters parameters = everyParameter(at::kDouble);
  auto loss = [](const at::Tensor &z) { return losses(Objective::CrossEntropy, false, z, classes); };
  auto with = [&](const at::Tensor &w) {
    return gradients(network, images(at::kDouble), parameters, &draws, loss, w);
  };
  at::Tensor only = with(at::tensor({0.0, 1.0, 0.0})).parameters["block/4/weights"];
  at::Tensor rest = with(at::tensor({1.0, 0.0, 1.0})).parameters["block/4/weights"];
  at::Tensor all = with({}).parameters["block/4/weights"];
  EXPECT_GT(only.abs().max().item<double>(), 1e-3);
  EXPECT_TRUE(at::allclose(only + rest, all));
}

TEST(Oracle, CrossEntropyIsLibTorchs) {
  at::Tensor z = at::randn({3, 4}, at::kDouble);
  at::Tensor expected = at::cross_entropy_loss(z, classes.to(at::kLong), {}, at::Reduction::None);
  EXPECT_TRUE(at::allclose(losses(Objective::CrossEntropy, false, z, classes), expected));
  EXPECT_TRUE(at::allclose(losses(Objective::CrossEntropy, true, z, classes), -expected));
}

TEST(Oracle, MarginIsNegativeWhereTheGoalIsReached) {
  at::Tensor z = torch::tensor({{3.0, 1.0, 2.0, 0.0}, {3.0, 1.0, 2.0, 0.5}, {0.0, 9.0, 4.0, 0.0}});
  EXPECT_TRUE(losses(Objective::Margin, false, z, classes).equal(at::tensor({-1.0, 2.5, -5.0})));
}

/// The same network and steps with torch::optim::SGD.
TEST(Oracle, TrainStepIsLibTorchsSgd) {
  Network network{{{Kind::Flatten, "a/0"}, {Kind::Dense, "a/1"}}};
  for (bool nesterov : {false, true}) {
    at::manual_seed(2);
    at::Tensor weights = at::randn({4, 128}, at::kDouble), bias = at::randn({4}, at::kDouble);
    Parameters parameters{{"a/1/weights", weights.clone()}, {"a/1/bias", bias.clone()}}, velocities;
    weights.requires_grad_();
    bias.requires_grad_();
    torch::optim::SGD optimizer(
        {weights, bias}, torch::optim::SGDOptions(0.1).momentum(0.9).nesterov(nesterov).weight_decay(0.3));
    at::Tensor mean = at::full({3}, 1.0 / 3, at::kDouble);
    for (int64_t iteration = 0; iteration < 4; ++iteration) {
      at::Tensor z = at::linear(images(at::kDouble).flatten(1), weights, bias);
      optimizer.zero_grad();
      at::cross_entropy_loss(z, classes.to(at::kLong)).backward();
      optimizer.step();
      trainStep(network, parameters, velocities, {0.1, 0.9, 0, nesterov, 0.3}, iteration, images(at::kDouble),
                classes, mean, nullptr);
    }
    EXPECT_TRUE(at::allclose(parameters["a/1/weights"], weights));
    EXPECT_TRUE(at::allclose(parameters["a/1/bias"], bias));
  }
}

TEST(Oracle, RateDecaysByIteration) {
  Network network{{{Kind::Flatten, "a/0"}, {Kind::Dense, "a/1"}}};
  auto change = [&](double decay, int64_t iteration) {
    Parameters parameters{{"a/1/weights", at::zeros({4, 128})}, {"a/1/bias", at::zeros({4})}}, velocities;
    trainStep(network, parameters, velocities, {0.1, 0, decay, true}, iteration, images(at::kFloat), classes,
              at::ones({3}), nullptr);
    return parameters["a/1/bias"];
  };
  EXPECT_TRUE(at::allclose(change(0.5, 2) * 2, change(0, 2)));
  EXPECT_TRUE(change(0.5, 0).equal(change(0, 0)));
}

TEST(Oracle, AttacksStayInBallAndRangeAndDescend) {
  Network network{{{Kind::Flatten, "a/0"}, {Kind::Dense, "a/1"}}};
  at::manual_seed(2);
  Parameters parameters{{"a/1/weights", at::randn({4, 128})}, {"a/1/bias", at::randn({4})}};
  at::Tensor clean = images(at::kFloat);
  AttackSetting setting{network, parameters, Objective::CrossEntropy, false, classes, 0.1, 0, 1, &draws};
  auto total = [&](const at::Tensor &x) {
    return losses(setting.objective, false, network.logits(x, parameters, nullptr), classes)
        .sum()
        .item<double>();
  };
  for (const at::Tensor &x : {fgsm(setting, clean), pgd(setting, clean, 5, 0.03, "start")}) {
    EXPECT_LE((x - clean).abs().max().item<double>(), 0.1 + 1e-6);
    EXPECT_GE(x.min().item<double>(), 0);
    EXPECT_LE(x.max().item<double>(), 1);
    EXPECT_LT(total(x), total(clean));
  }
}

TEST(Oracle, StartOfPgdIsTheSitesDraw) {
  Network network = everyLayer();
  Parameters parameters = everyParameter(at::kFloat);
  at::Tensor clean = at::full({3, 2, 8, 8}, 0.5);
  AttackSetting setting{network, parameters, Objective::Margin, true, classes, 0.25, 0, 1, &draws};
  at::Tensor start = pgd(setting, clean, 0, 0.1, "pgd/uniform_like#0", 3);
  uint64_t key = switchyard::rt::philoxKey(draws.stream, "pgd/uniform_like#0");
  float unit = switchyard::rt::uniform(switchyard::rt::philoxWord(key, 100, 9, 3, 65535));
  EXPECT_FLOAT_EQ(start.flatten(1)[1][100].item<float>(), 0.5f + (unit * 0.5f - 0.25f));
}

TEST(Oracle, DrawsDependOnTheRowAlone) {
  at::Tensor all = drawNormal(draws, "site", {5});
  at::Tensor one = drawNormal({draws.stream, {draws.rows[1]}, draws.pass}, "site", {5});
  EXPECT_TRUE(all[1].equal(one[0]));
  EXPECT_FALSE(all[0].equal(all[1]));
  EXPECT_FALSE(drawNormal(draws.at(6), "site", {5}).equal(all));
  EXPECT_FALSE(drawNormal(draws, "other", {5}).equal(all));
}

} // namespace
