// Compiled attacks against the oracle's on the same draws: the standard library's and two of the test's own,
// on deterministic and random models, toward a class and away from the label.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;

namespace {

struct Case {
  std::string program, experiment, defense;
  bool away;
  double eps;
};

const Case cases[] = {{"odd", "odd", "none", false, 0.1},
                      {"odd", "odd", "defensive_dropout", false, 0.1},
                      {"odd", "odd", "gaussian", false, 0.1},
                      {"blocked", "momentum", "none", true, 8.0 / 255},
                      {"blocked", "momentum", "gaussian", true, 8.0 / 255}};

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.program << ", " << one.defense;
}

std::string nameOf(const ::testing::TestParamInfo<Case> &info) {
  return info.param.program + "_" + info.param.defense;
}

/// stdlib/attacks.swy, momentum_fgsm.
at::Tensor momentumFgsm(const AttackSetting &setting, const at::Tensor &clean, int64_t steps) {
  at::Tensor x = clean, memory = at::zeros_like(clean);
  for (int64_t i = 0; i < steps; ++i) {
    Draws here = setting.draws->at(switchyard::rt::passWord(0, uint32_t(i)));
    at::Tensor g = inputGradient(setting, x, &here);
    memory = memory + g / g.abs().mean({1, 2, 3}, /*keepdim=*/true).clamp_min(1e-12);
    x = projectLinf(setting, x - setting.eps / double(steps) * memory.sign(), clean);
  }
  return x;
}

/// Inputs/odd.swy, keep_best: its two calls of the model are two passes.
at::Tensor keepBest(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double step) {
  at::Tensor x = clean, best = clean, lowest = at::full({clean.size(0)}, INFINITY);
  for (int64_t i = 0; i < steps; ++i) {
    Draws first = setting.draws->at(switchyard::rt::passWord(0, uint32_t(i)));
    Draws second = setting.draws->at(switchyard::rt::passWord(1, uint32_t(i)));
    at::Tensor gap = losses(setting.objective, setting.away,
                            setting.network.logits(x, setting.parameters, &first), setting.classes);
    at::Tensor better = gap < lowest;
    best = at::where(better.view({-1, 1, 1, 1}), x, best);
    lowest = at::where(better, gap, lowest);
    x = projectLinf(setting, x - step * inputGradient(setting, x, &second).sign(), clean);
  }
  return best;
}

/// What autograd's gradients come to along pgd's way, [examples, 4]: how many, not finite, zero, zero at the
/// end.
at::Tensor tallyOfPgd(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double step) {
  at::Tensor x = pgd(setting, clean, 0, step, "attack/draw#0"),
             tally = at::zeros({clean.size(0), 4}, at::kInt);
  for (int64_t i = 0; i < steps; ++i) {
    Draws here = setting.draws->at(switchyard::rt::passWord(0, uint32_t(i)));
    at::Tensor g = inputGradient(setting, x, &here);
    at::Tensor zero = g.eq(0).flatten(1).all(1).to(at::kInt);
    at::Tensor notFinite = g.isfinite().flatten(1).all(1).logical_not().to(at::kInt);
    tally += at::stack({at::ones_like(zero), notFinite, zero, zero}, 1);
    tally.select(1, 3) *= zero;
    x = projectLinf(setting, x - step * g.sign(), clean);
  }
  return tally;
}

class CompiledAttacks : public ::testing::TestWithParam<Case> {
protected:
  CompiledModel model{program(GetParam().program), GetParam().experiment, GetParam().defense};
  Network network = oracleNetwork(GetParam().program, GetParam().defense, /*training=*/false);
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  Examples examples = someExamples(predict.batch());

  void SetUp() override {
    if (GetParam().away)
      examples.goals = examples.labels; // docs/artifact.md: `goal` holds the class to leave
  }

  AttackSetting setting(Objective objective = Objective::CrossEntropy) const {
    AttackSetting result{network, parameters, objective, GetParam().away, examples.goals, GetParam().eps};
    result.draws = &examples.draws;
    return result;
  }

  at::Tensor attacked(const std::string &text) {
    CompiledFunction function = model.attack(text);
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial");
  }

  void expectInside(const at::Tensor &found) const {
    EXPECT_LE((found - examples.images).abs().max().item<double>(), GetParam().eps + 1e-6);
    EXPECT_GE(found.min().item<double>(), 0);
    EXPECT_LE(found.max().item<double>(), 1);
    EXPECT_FALSE(found.isnan().any().item<bool>());
  }

  double success(const at::Tensor &images) const {
    at::Tensor reached = network.logits(images, parameters, &examples.draws).argmax(1).eq(examples.goals);
    double fraction = reached.to(at::kDouble).mean().item<double>();
    return GetParam().away ? 1 - fraction : fraction;
  }

  /// S6.2 of a whole attack.
  void expectSame(const at::Tensor &found, const at::Tensor &expected) const {
    expectInside(found);
    EXPECT_GE(equalImages(found, expected), 0.95);
    EXPECT_NEAR(success(found), success(expected), 0.01 + 1e-9);
    EXPECT_GT((found - examples.images).abs().mean().item<double>(), 0.1 * GetParam().eps);
    RecordProperty("equal_images_percent", int(equalImages(found, expected) * 100));
  }

  /// The cell's words after the attack's name: its steps and their size.
  std::string steps() const {
    return GetParam().program == "odd" ? "(eps = 0.1, steps = 7, step = 0.02)"
                                       : "(eps = 8/255, steps = 5, step = 2/255)";
  }
  at::Tensor oraclePgd(Objective objective) const {
    bool odd = GetParam().program == "odd";
    return pgd(setting(objective), examples.images, odd ? 7 : 5, odd ? 0.02 : 2.0 / 255, "attack/draw#0");
  }
};

TEST_P(CompiledAttacks, FgsmIsTheOraclesButForSignsOfGradientsNearZero) {
  at::Tensor found = attacked(GetParam().program == "odd" ? "fgsm(eps = 0.1)" : "fgsm(eps = 8/255)");
  expectInside(found);
  at::Tensor other = (found - fgsm(setting(), examples.images)).abs() > 1e-6;
  at::Tensor gradient = inputGradient(setting(), examples.images, &examples.draws).abs();
  at::Tensor nearZero = gradient <= 1e-4 * gradient.amax({1, 2, 3}, /*keepdim=*/true);
  EXPECT_FALSE(other.logical_and(nearZero.logical_not()).any().item<bool>());
  EXPECT_LE(other.to(at::kDouble).mean().item<double>(), 1e-4);
  EXPECT_GT((found - examples.images).abs().mean().item<double>(), 0.5 * GetParam().eps);
  RecordProperty("signs_that_differ", int(other.sum().item<int64_t>()));
}

TEST_P(CompiledAttacks, PgdIsTheOracles) {
  expectSame(attacked("pgd" + steps()), oraclePgd(Objective::CrossEntropy));
}

TEST_P(CompiledAttacks, PgdOnTheMarginIsTheOracles) {
  expectSame(attacked("cw_pgd" + steps()), oraclePgd(Objective::Margin));
}

TEST_P(CompiledAttacks, PgdLowersTheLoss) {
  at::Tensor found = attacked("pgd" + steps());
  auto mean = [&](const at::Tensor &images) {
    return losses(Objective::CrossEntropy, GetParam().away,
                  network.logits(images, parameters, &examples.draws), examples.goals)
        .mean()
        .item<double>();
  };
  EXPECT_LT(mean(found), mean(examples.images));
}

/// Weights so large that losses saturate, then that they overflow: what became of each example's gradients.
TEST_P(CompiledAttacks, TalliesAreThoseOfAutograd) {
  const Parameters trained = parameters;
  int64_t zeros = 0, others = 0, notFinite = 0;
  for (double scale : {1.0, 12.0, 1e12}) {
    for (const auto &[name, value] : trained)
      parameters[name] = value * scale;
    bool odd = GetParam().program == "odd";
    at::Tensor expected = tallyOfPgd(setting(), examples.images, odd ? 7 : 5, odd ? 0.02 : 2.0 / 255);
    CompiledFunction function = model.attack("pgd" + steps());
    giveParameters(function, "weight", parameters);
    at::Tensor found = runInBatches(function, examples, "gradient_tally").squeeze(1).to(at::kInt);
    ASSERT_EQ(found.sizes(), expected.sizes());
    EXPECT_TRUE(found.select(1, 0).equal(expected.select(1, 0)));
    double same = found.eq(expected).all(1).to(at::kDouble).mean().item<double>();
    EXPECT_GE(same, 0.95) << "scale " << scale;
    zeros += found.select(1, 2).sum().item<int64_t>();
    notFinite += found.select(1, 1).sum().item<int64_t>();
    others += (found.select(1, 0) - found.select(1, 1) - found.select(1, 2)).sum().item<int64_t>();
  }
  EXPECT_GT(zeros, 0);
  EXPECT_GT(notFinite, 0);
  EXPECT_GT(others, 0);
}

INSTANTIATE_TEST_SUITE_P(Programs, CompiledAttacks, ::testing::ValuesIn(cases), nameOf);

/// Attacks that Inputs/odd.swy alone calls.
class CompiledOwnAttacks : public CompiledAttacks {};

TEST_P(CompiledOwnAttacks, StartOfPgdIsTheSitesDraw) {
  AttackSetting here = setting();
  EXPECT_TRUE(attacked("start(eps = 0.1)").equal(pgd(here, examples.images, 0, 0.1, "attack/draw#0")));
}

TEST_P(CompiledOwnAttacks, MomentumFgsmIsTheOracles) {
  expectSame(attacked("momentum_fgsm(eps = 0.1, steps = 5)"), momentumFgsm(setting(), examples.images, 5));
}

TEST_P(CompiledOwnAttacks, KeepBestIsTheOracles) {
  at::Tensor expected = keepBest(setting(Objective::Margin), examples.images, 6, 0.03);
  expectSame(attacked("keep_best(eps = 0.1, steps = 6, step = 0.03)"), expected);
}

INSTANTIATE_TEST_SUITE_P(Programs, CompiledOwnAttacks, ::testing::Values(cases[0], cases[1], cases[2]),
                         nameOf);

} // namespace
