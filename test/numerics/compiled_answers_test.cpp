// Models that answer by the mean of several draws (Inputs/answers.swy) against the same draws one by one:
// answer a of three has draws 3 a to 3 a + 2 of its pass, and its gradient is that of the logarithm of their
// mean probability.
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;

namespace {

constexpr int64_t each = 3; // draws of an answer

using Case = std::tuple<std::string, std::string>; // variant, defense without its mean

class Answers : public ::testing::TestWithParam<Case> {
protected:
  const std::string defense = std::get<1>(GetParam());
  const CompiledArtifact &artifact = program("answers", std::get<0>(GetParam()));
  CompiledModel single{artifact, "means", defense}, mean{artifact, "means", defense + " with averaging"};
  Examples examples = someExamples(24);

  void SetUp() override { examples = withDraw(0); } // as an attack begins: its estimator makes the others

  Examples withDraw(int64_t draw) const {
    Examples drawn = examples;
    for (auto &row : drawn.draws.rows)
      row[1] = (row[1] & 0xffff) | uint32_t(draw) << 16;
    return drawn;
  }

  static at::Tensor run(CompiledFunction function, const Examples &given, const std::string &output) {
    giveParameters(function, "weight", someParameters(function, "weight"));
    return runInBatches(function, given, output).to(at::kDouble);
  }

  at::Tensor probabilities(int64_t draw) const {
    return run(single.predict(), withDraw(draw), "logits").softmax(1);
  }
  at::Tensor meanOf(int64_t answer) const {
    at::Tensor sum = at::zeros({examples.count(), 10}, at::kDouble);
    for (int64_t vote = 0; vote < each; ++vote)
      sum += probabilities(answer * each + vote);
    return sum / each;
  }

  /// The gradient of -log(mean of p) is the mean of p times that of -log(p), by the mean of p.
  at::Tensor slopeOf(int64_t answer) const {
    at::Tensor goals = examples.goals.to(at::kLong).unsqueeze(1), sum;
    for (int64_t vote = 0; vote < each; ++vote) {
      const int64_t draw = answer * each + vote;
      at::Tensor share = probabilities(draw).gather(1, goals).view({-1, 1, 1, 1});
      at::Tensor term = share * run(single.attack("slope", "one_draw"), withDraw(draw), "adversarial");
      sum = vote ? sum + term : term;
    }
    return sum / each / meanOf(answer).gather(1, goals).view({-1, 1, 1, 1});
  }
};

TEST_P(Answers, AreTheLogarithmOfTheMean) {
  for (int64_t answer : {0, 1, 7}) {
    at::Tensor found = run(mean.predict(), withDraw(answer), "logits");
    expectEveryElement(found, meanOf(answer).log(), "answer " + std::to_string(answer), 1e-5);
  }
}

TEST_P(Answers, HaveTheGradientOfTheMean) {
  at::Tensor found = run(mean.attack("slope", "one_draw"), examples, "adversarial");
  expectEveryElement(found, slopeOf(0), "slope", 1e-4);
}

TEST_P(Answers, AreWhatAnEstimatorAverages) {
  at::Tensor found = run(mean.attack("slope", "eot(2)"), examples, "adversarial");
  expectEveryElement(found, (slopeOf(0) + slopeOf(1)) / 2, "slope", 1e-4);
}

/// One pass alone: the draws that the attack keeps are those of its first answer.
TEST_P(Answers, FrozenAreTheFirstAnswer) {
  at::Tensor found = run(mean.attack("slope", "frozen_draw"), examples, "adversarial");
  expectEveryElement(found, slopeOf(0), "slope", 1e-4);
}

TEST_P(Answers, WithoutRandomnessAreOnePass) {
  expectEveryElement(run(mean.attack("slope", "randomness_off"), examples, "adversarial"),
                     run(single.attack("slope", "randomness_off"), examples, "adversarial"), "slope", 1e-5);
}

/// The sum of squares of a mean of answers, by finite differences along its gradient; and shares of answers.
TEST_P(Answers, AreAveragedInsideOfExpressions) {
  if (defense != "noise with channels")
    GTEST_SKIP() << "one model says it";
  CompiledModel more{artifact, "more", defense + " with averaging"};
  at::Tensor slope = run(more.attack("slope_of_mean"), examples, "adversarial");
  const at::Tensor images = examples.images;
  auto value = [&](double step) {
    examples.images = (images.to(at::kDouble) + step * slope / slope.norm()).to(at::kFloat);
    return ((meanOf(0) + meanOf(1)) / 2).square().sum().item<double>();
  };
  const double step = 2e-2, rise = (value(step) - value(-step)) / (2 * step);
  examples.images = images;
  EXPECT_NEAR(rise, slope.norm().item<double>(), 2e-2 * slope.norm().item<double>());
  at::Tensor halves =
      2 * run(more.attack("lead"), examples, "adversarial").select(1, 0).select(1, 0).select(1, 0);
  EXPECT_LT((halves - halves.round()).abs().max().item<double>(), 1e-5);
}

std::vector<std::string> defenses() {
  return {"channels", "noise with channels", "weights"};
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Answers,
                         ::testing::Combine(::testing::ValuesIn(variantsToRun()),
                                            ::testing::ValuesIn(defenses())));

} // namespace
