// APGD and Square against their published algorithms, written out plainly on LibTorch's autograd and the same
// draws; and each operation that they brought into the language against LibTorch's.
#include "runtime/kernels/Philox.h"
#include "test/numerics/Kinks.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace switchyard::test;
using switchyard::rt::passWord;

namespace {

at::Tensor wide(const at::Tensor &each) {
  return each.view({-1, 1, 1, 1});
}

/// A point with its objective and, where asked for, its gradient.
struct Point {
  at::Tensor x, value, gradient;

  /// `other` where `taken` is true.
  Point where(const at::Tensor &taken, const Point &other) const {
    return {at::where(wide(taken), other.x, x), at::where(taken, other.value, value),
            at::where(wide(taken), other.gradient, gradient)};
  }
};

/// Of logits, for each example.
using Loss = std::function<at::Tensor(const at::Tensor &)>;

/// The mean over as many of the model's draws as `samples` says, of the setting's objective unless another is
/// given.
Point evaluate(const AttackSetting &setting, const at::Tensor &x, uint32_t pass, int samples = 1,
               const Loss &loss = {}) {
  at::Tensor leaf = x.detach().requires_grad_(), mean = at::zeros({x.size(0)});
  for (int draw = 0; draw < samples; ++draw) {
    Draws here = setting.draws->at(pass);
    for (auto &row : here.rows)
      row[1] += uint32_t(draw) << 16;
    at::Tensor logits = setting.network.logits(leaf, setting.parameters, &here);
    at::Tensor values =
        loss ? loss(logits) : losses(setting.objective, setting.away, logits, setting.classes);
    mean = mean + values / samples;
  }
  return {x, mean.detach(), torch::autograd::grad({mean.sum()}, {leaf})[0]};
}

/// w_1, w_2, ... below N: ceil(p_j N), p_1 = 0.22, p_(j+1) = p_j + max(p_j - p_(j-1) - 0.03, 0.06), in
/// hundredths.
std::vector<int64_t> checkpoints(int64_t steps) {
  std::vector<int64_t> result;
  int64_t last = 0, p = 22;
  while (p <= 100) {
    int64_t w = (p * steps + 99) / 100, next = p + std::max<int64_t>(p - last - 3, 6);
    if (result.empty() || result.back() != w)
      result.push_back(w);
    last = p;
    p = next;
  }
  return result;
}

/// Croce and Hein (2020), Algorithm 1, of f = -objective; `halvings` counts those of all images.
Point apgdRun(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, uint32_t restart,
              int samples, int64_t &halvings, const Loss &loss = {}) {
  at::Tensor unit = drawUniform(setting.draws->at(restart), "attack/draw#0", clean.sizes().slice(1));
  Point here =
      evaluate(setting, projectLinf(setting, clean + (unit * (2 * setting.eps) - setting.eps), clean),
               passWord(0, restart), samples, loss);
  Point best = here;
  at::Tensor previous = here.x, eta = at::full_like(here.value, 2 * setting.eps),
             rises = at::zeros_like(here.value);
  at::Tensor etaThen = eta, bestThen = best.value;
  std::vector<int64_t> all = checkpoints(steps);
  int64_t lastCheckpoint = 0;
  for (int64_t k = 1; k <= steps; ++k) {
    double alpha = k == 1 ? 1 : 0.75;
    at::Tensor z = projectLinf(setting, here.x - wide(eta) * here.gradient.sign(), clean);
    at::Tensor x =
        projectLinf(setting, here.x + alpha * (z - here.x) + (1 - alpha) * (here.x - previous), clean);
    previous = here.x;
    Point next = evaluate(setting, x, passWord(1, uint32_t(restart * steps + k - 1)), samples, loss);
    rises = rises + (next.value < here.value);
    best = best.where(next.value < best.value, next);
    here = next;
    if (std::find(all.begin(), all.end(), k) == all.end())
      continue;
    at::Tensor one = rises < 0.75 * double(k - lastCheckpoint);
    at::Tensor two = eta.eq(etaThen).logical_and(best.value.eq(bestThen));
    at::Tensor halve = one.logical_or(two);
    etaThen = eta;
    bestThen = best.value;
    eta = at::where(halve, eta / 2, eta);
    here = here.where(halve, best);
    rises = at::zeros_like(rises);
    lastCheckpoint = k;
    halvings += halve.sum().item<int64_t>();
  }
  return best;
}

at::Tensor apgd(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, int64_t restarts,
                int64_t &halvings, int samples = 1) {
  Point best{clean, at::full({clean.size(0)}, INFINITY), at::zeros_like(clean)};
  for (int64_t restart = 0; restart < restarts; ++restart) {
    Point found = apgdRun(setting, clean, steps, uint32_t(restart), samples, halvings);
    best = best.where(found.value < best.value, found);
  }
  return best.x;
}

/// Toward each class but the label in turn, down Croce and Hein's targeted ratio (section 4); what errs first
/// stays.
at::Tensor apgdTargeted(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, int64_t classes,
                        int64_t &halvings) {
  at::Tensor finished = clean, most = at::full({clean.size(0)}, -1.0);
  at::Tensor labels = setting.classes.to(at::kLong).view({-1, 1});
  for (int64_t turn = 0; turn + 1 < classes; ++turn) {
    at::Tensor targets = turn + (labels <= turn).to(at::kLong);
    Loss ratio = [&](const at::Tensor &z) -> at::Tensor {
      at::Tensor sorted = std::get<0>(z.sort(/*dim=*/1, /*descending=*/true));
      at::Tensor spread = sorted.select(1, 0) - (sorted.select(1, 2) + sorted.select(1, 3)) / 2;
      return (z.gather(1, labels) - z.gather(1, targets)).squeeze(1) / spread.clamp_min(1e-12);
    };
    Point best = apgdRun(setting, clean, steps, uint32_t(turn), 1, halvings, ratio);
    Loss margin = [&](const at::Tensor &z) -> at::Tensor {
      return z.gather(1, labels).squeeze(1) - z.scatter(1, labels, -INFINITY).amax(1);
    };
    at::Tensor errs =
        (evaluate(setting, best.x, passWord(2, uint32_t(turn)), 1, margin).value < 0).to(at::kFloat);
    finished = at::where(wide(errs > most), best.x, finished);
    most = at::maximum(errs, most);
  }
  return finished;
}

/// Andriushchenko et al. (2020), Algorithms 1 and 2, one image after another.
class Square {
public:
  Square(const AttackSetting &setting, const at::Tensor &clean) : setting(setting), clean(clean) {}

  at::Tensor run(int64_t steps, double fraction, int64_t restarts) {
    Point best{clean, at::full({clean.size(0)}, INFINITY), at::zeros_like(clean)};
    for (int64_t restart = 0; restart < restarts; ++restart) {
      Point here = at(clean + stripes(uint32_t(restart)), passWord(0, uint32_t(restart)));
      for (int64_t i = 0; i < steps; ++i) {
        auto pass = uint32_t(restart * steps + i);
        int64_t side = std::max<int64_t>(1, std::llround(std::sqrt(share(fraction, i, steps) * 28 * 28)));
        Point next = at(here.x + change(side, pass), passWord(1, pass));
        here = here.where(next.value < here.value, next);
      }
      best = best.where(here.value < best.value, here);
    }
    return best.x;
  }

private:
  Point at(const at::Tensor &x, uint32_t pass) {
    return evaluate(setting, projectLinf(setting, x, clean), pass);
  }

  at::Tensor signs(const std::string &site, uint32_t pass, double size) {
    at::Tensor unit = drawUniform(setting.draws->at(pass), site, {1, 28, 28});
    return at::where(unit < 0.5, at::full_like(unit, size), at::full_like(unit, -size));
  }

  /// One sign for each column: that of its first element's draw.
  at::Tensor stripes(uint32_t pass) {
    return signs("attack/draw#0", pass, setting.eps).slice(2, 0, 1).expand({-1, 1, 28, 28});
  }

  /// fraction, halved at 0.001, 0.005, ... of the steps.
  static double share(double fraction, int64_t i, int64_t steps) {
    for (int64_t thousandths : {1, 5, 20, 50, 100, 200, 400, 600, 800})
      fraction /= 1000 * i > thousandths * steps ? 2 : 1;
    return fraction;
  }

  at::Tensor change(int64_t side, uint32_t pass) {
    Draws draws = setting.draws->at(pass);
    at::Tensor rows = drawUniform(draws, "attack/draw#1", {1}),
               columns = drawUniform(draws, "attack/draw#2", {1});
    at::Tensor sign = signs("attack/draw#3", pass, 2 * setting.eps), result = at::zeros_like(clean);
    for (int64_t i = 0; i < clean.size(0); ++i) {
      auto first = [&](const at::Tensor &unit) {
        return int64_t(unit[i].item<float>() * float(28 - side + 1));
      };
      int64_t top = first(rows), left = first(columns);
      result[i].slice(1, top, top + side).slice(2, left, left + side).fill_(sign[i][0][0][0]);
    }
    return result;
  }

  const AttackSetting &setting;
  at::Tensor clean;
};

struct Case {
  std::string experiment, defense, variant = chosenVariant();
};
void PrintTo(const Case &one, std::ostream *out) {
  *out << one.experiment << ", " << one.defense << ", " << one.variant;
}

class StrongerAttacks : public ::testing::TestWithParam<Case> {
protected:
  CompiledModel model{program("stronger", GetParam().variant), GetParam().experiment, GetParam().defense};
  Network network = oracleNetwork("odd", GetParam().defense, /*training=*/false);
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  Examples examples = someExamples(std::min<int64_t>(predict.batch(), 100)); // a device takes more
  bool away = GetParam().experiment == "away";

  void SetUp() override {
    if (away)
      examples.goals = examples.labels; // docs/artifact.md: `goal` holds the class to leave
  }

  AttackSetting setting(Objective objective) const {
    AttackSetting result{network, parameters, objective, away, examples.goals, /*eps=*/0.1};
    result.draws = &examples.draws;
    return result;
  }

  at::Tensor attacked(const std::string &text, const std::string &gradients = "one_draw") {
    CompiledFunction function = model.attack(text, gradients);
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial");
  }

  /// S6.2 of a whole attack, and the objective that it reaches.
  void expectSame(const at::Tensor &found, const at::Tensor &expected, const AttackSetting &here) const {
    EXPECT_LE((found - examples.images).abs().max().item<double>(), here.eps + 1e-6);
    EXPECT_GE(equalImages(found, expected), 0.95);
    auto mean = [&](const at::Tensor &images) {
      return evaluate(here, images, 0).value.mean().item<double>();
    };
    EXPECT_NEAR(mean(found), mean(expected), 0.01 * std::abs(mean(expected)));
    if (GetParam().defense == "none") { // one draw of a random network says little about another
      EXPECT_LT(mean(found), mean(examples.images));
    }
    RecordProperty("equal_images_percent", int(equalImages(found, expected) * 100));
  }
};

TEST_P(StrongerAttacks, ApgdIsThePublishedAlgorithm) {
  AttackSetting here = setting(Objective::CrossEntropy);
  int64_t halvings = 0;
  expectSame(attacked("apgd(eps = 0.1, steps = 20)"), apgd(here, examples.images, 20, 1, halvings), here);
  // Some checkpoints halve and some do not.
  EXPECT_GT(halvings, examples.count());
  EXPECT_LT(halvings, examples.count() * int64_t(checkpoints(20).size()));
  RecordProperty("halvings", int(halvings));
}

TEST_P(StrongerAttacks, ApgdOnTheRatioOfLogitsIsThePublishedAlgorithm) {
  AttackSetting here = setting(Objective::Dlr);
  int64_t halvings = 0;
  expectSame(attacked("apgd_dlr(eps = 0.1, steps = 20)"), apgd(here, examples.images, 20, 1, halvings), here);
  EXPECT_GT(halvings, examples.count());
}

TEST_P(StrongerAttacks, SquareIsThePublishedAlgorithm) {
  AttackSetting here = setting(Objective::Margin);
  expectSame(attacked("square(eps = 0.1, steps = 40)"), Square(here, examples.images).run(40, 0.8, 1), here);
}

TEST_P(StrongerAttacks, GradientOfTheRatioOfLogitsIsAutograds) {
  at::Tensor expected = inputGradient(setting(Objective::Dlr), examples.images, &examples.draws);
  at::Tensor found = attacked("gradient_of(loss = dlr)");
  EXPECT_LE(medianRelativeError(found, expected), 1e-5);
  expectEqualButAtKinks(found, expected);
}

INSTANTIATE_TEST_SUITE_P(Programs, StrongerAttacks,
                         ::testing::Values(Case{"toward", "none"}, Case{"toward", "defensive_dropout"},
                                           Case{"away", "none"}, Case{"away", "defensive_dropout"}),
                         [](const auto &info) { return info.param.experiment + "_" + info.param.defense; });

/// Restarts take turns in a loop; on a device they are rows of one batch (swy-restarts-to-rows).
class Restarts : public StrongerAttacks {};

TEST_P(Restarts, ApgdKeepsTheBestOfThem) {
  AttackSetting here = setting(Objective::CrossEntropy);
  int64_t halvings = 0;
  at::Tensor expected = apgd(here, examples.images, 9, 2, halvings);
  expectSame(attacked("apgd(eps = 0.1, steps = 9, restarts = 2)"), expected, here);
  EXPECT_LT(equalImages(expected, apgd(here, examples.images, 9, 1, halvings)), 1);
}

TEST_P(Restarts, SquareKeepsTheBestOfThem) {
  AttackSetting here = setting(Objective::Margin);
  at::Tensor expected = Square(here, examples.images).run(20, 0.3, 2);
  expectSame(attacked("square(eps = 0.1, steps = 20, fraction = 0.3, restarts = 2)"), expected, here);
  EXPECT_LT(equalImages(expected, Square(here, examples.images).run(20, 0.3, 1)), 1);
}

std::vector<Case> withRestarts() {
  std::vector<Case> cases{
      {"toward", "none"}, {"toward", "defensive_dropout"}, {"away", "none"}, {"away", "defensive_dropout"}};
  if (chosenVariant().empty()) // the CPU's; kernels run on it as well
    cases.insert(cases.end(), {{"toward", "defensive_dropout", "emulated"}, {"away", "none", "emulated"}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Programs, Restarts, ::testing::ValuesIn(withRestarts()), [](const auto &info) {
  return info.param.experiment + "_" + info.param.defense +
         (info.param.variant.empty() ? "" : "_" + info.param.variant);
});

TEST(Checkpoints, AreThePublishedOnes) {
  EXPECT_EQ(checkpoints(100), (std::vector<int64_t>{22, 41, 57, 70, 80, 87, 93, 99}));
  EXPECT_EQ(checkpoints(9), (std::vector<int64_t>{2, 4, 6, 7, 8, 9}));
}

/// That ask for the label.
class LeavingAttacks : public StrongerAttacks {};

TEST_P(LeavingAttacks, ApgdTowardEachClassIsThePublishedAlgorithm) {
  AttackSetting here = setting(Objective::CrossEntropy);
  int64_t halvings = 0;
  at::Tensor expected = apgdTargeted(here, examples.images, 9, /*classes=*/10, halvings);
  expectSame(attacked("apgd_targeted(eps = 0.1, steps = 9)"), expected, here);
  EXPECT_GT(halvings, 0);
}

INSTANTIATE_TEST_SUITE_P(Programs, LeavingAttacks,
                         ::testing::Values(Case{"away", "none"}, Case{"away", "defensive_dropout"}),
                         [](const auto &info) { return info.param.defense; });

/// On a random network under eot(3): value and gradient are means over the draws.
class ExpectingAttacks : public StrongerAttacks {};

TEST_P(ExpectingAttacks, ApgdDescendsAndComparesTheMeanOfTheDraws) {
  AttackSetting here = setting(Objective::CrossEntropy);
  int64_t halvings = 0;
  at::Tensor expected = apgd(here, examples.images, 20, 1, halvings, 3);
  expectSame(attacked("apgd(eps = 0.1, steps = 20)", "eot(3)"), expected, here);
  EXPECT_LT(equalImages(expected, apgd(here, examples.images, 20, 1, halvings)), 0.5);
}

INSTANTIATE_TEST_SUITE_P(Programs, ExpectingAttacks, ::testing::Values(Case{"toward", "defensive_dropout"}),
                         [](const auto &info) { return info.param.defense; });

/// One operation after another, on the deterministic network.
class NewOperations : public StrongerAttacks {
protected:
  at::Tensor draw(at::Tensor (*make)(const Draws &, const std::string &, at::IntArrayRef), int site) const {
    return make(examples.draws.at(0), "attack/draw#" + std::to_string(site), {1, 28, 28});
  }
};

TEST_P(NewOperations, LargestIsTheSortedLogitsAndItsGradientAutograds) {
  at::Tensor leaf = examples.images.clone().requires_grad_();
  at::Tensor logits = network.logits(leaf, parameters, &examples.draws);
  at::Tensor third = std::get<0>(logits.sort(/*dim=*/1, /*descending=*/true)).select(1, 2);
  at::Tensor expected = torch::autograd::grad({third.sum()}, {leaf})[0];
  at::Tensor found = attacked("gradient_of_third");
  EXPECT_LE(medianRelativeError(found, expected), 1e-5);
  expectEqualButAtKinks(found, expected);
}

TEST_P(NewOperations, GradientsGoThroughMasksAndNotThroughRounding) {
  const at::Tensor &x = examples.images;
  at::Tensor expected = at::where(x > 0.5, 2 * x, at::full_like(x, 3));
  EXPECT_TRUE(attacked("gradient_through_mask").allclose(expected, 1e-6, 1e-6));
}

TEST_P(NewOperations, OneNumberIsDrawnForEachExample) {
  Draws draws = examples.draws.at(0);
  at::Tensor expected = 2 + 3 * drawUniform(draws, "attack/draw#0", {1, 1, 1}) +
                        10 * (1 + 0.5 * drawNormal(draws, "attack/draw#1", {1, 1, 1}));
  EXPECT_TRUE(attacked("numbers").allclose(expected.expand_as(examples.images), 1e-6, 1e-5));
}

TEST_P(NewOperations, SharedDrawsAreThoseOfTheirFirstElement) {
  at::Tensor columns = draw(drawUniform, 0).slice(2, 0, 1), rows = draw(drawUniform, 1).slice(3, 0, 1);
  EXPECT_TRUE(attacked("shared_uniforms").allclose(-1 + 2 * columns + 10 * rows, 1e-6, 1e-6));
  at::Tensor channel = draw(drawNormal, 0).slice(2, 0, 1).slice(3, 0, 1), pixels = draw(drawNormal, 1);
  EXPECT_TRUE(attacked("shared_normals").allclose(1 + 2 * channel + pixels, 1e-6, 1e-6));
}

TEST_P(NewOperations, MasksRoundingAndSizesAreLibTorchs) {
  const at::Tensor &x = examples.images;
  at::Tensor rows = at::arange(28).view({1, 1, 28, 1}), columns = at::arange(28).view({1, 1, 1, 28});
  at::Tensor left = (3 + 6 * drawUniform(examples.draws.at(0), "attack/draw#0", {1, 1, 1})).floor();
  at::Tensor inside =
      rows.ge(10).logical_and(columns.lt(left).logical_not()).logical_or((x > 0.8).logical_and(left > 5));
  at::Tensor expected = at::where(inside, (10 * x + 0.5).floor(), (8 * x).floor());
  expected = at::where(rows == 27, expected + 3, expected);
  EXPECT_TRUE(attacked("masks").equal(expected));
  EXPECT_GT(inside.sum().item<int64_t>(), 0);
}

INSTANTIATE_TEST_SUITE_P(Programs, NewOperations, ::testing::Values(Case{"toward", "none"}),
                         [](const auto &info) { return info.param.defense; });

} // namespace
