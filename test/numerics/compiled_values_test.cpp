// Inputs/values.swy against LibTorch, each element of each image: values and autograd's gradients where
// formulas usually go wrong.
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <functional>

using namespace switchyard::test;

namespace {

/// Every element within a relative 1e-5 (absolute below 1e-6), and NaN where NaN is.
void expectEach(const at::Tensor &found, const at::Tensor &expected) {
  at::Tensor wanted = expected.detach().to(at::kDouble).expand_as(found), got = found.to(at::kDouble);
  at::Tensor error = (got - wanted).abs() / wanted.abs().clamp_min(0.1);
  at::Tensor good = (error <= 1e-5) | (got.isnan() & wanted.isnan()) | (got == wanted);
  at::Tensor bad = (~good).nonzero();
  ASSERT_EQ(bad.size(0), 0) << bad.size(0) << " of " << found.numel()
                            << " elements, the first: " << got.masked_select(~good)[0].item<double>()
                            << " instead of " << wanted.masked_select(~good)[0].item<double>();
}

class Values : public ::testing::TestWithParam<std::string> {
protected:
  at::Tensor of(const std::string &attack) const {
    CompiledFunction function = model.attack(attack);
    giveParameters(function, "weight", someParameters(function, "weight"));
    return runInBatches(function, examples, "adversarial");
  }

  /// Autograd's gradient of each image's expression at `at`.
  static at::Tensor slope(const at::Tensor &at,
                          const std::function<at::Tensor(const at::Tensor &)> &expression) {
    at::Tensor leaf = at.clone().requires_grad_();
    return torch::autograd::grad({expression(leaf).sum()}, {leaf})[0];
  }

  static at::Tensor lengths(const at::Tensor &x) { return x.flatten(1).norm(2, 1); }
  static at::Tensor wide(const at::Tensor &each) { return each.view({-1, 1, 1, 1}); }

  CompiledModel model{program("values", GetParam()), "e", "none"};
  Examples examples = someExamples(16);
  const at::Tensor &x0 = examples.images;
  at::Tensor centred = x0 - 0.5;
};

TEST_P(Values, AnExpressionFromOutsideOfTheLoopIsDifferentiatedWhole) {
  expectEach(of("outside"), slope(x0, [](const at::Tensor &x) { return (x * x).sum() + x.sum(); }));
}

TEST_P(Values, AVariableIsAnotherValueThanTheCleanImage) {
  expectEach(of("product_with_clean"), x0);
  expectEach(of("difference_in_loop"), x0 + (x0 + 2)); // 2 x - x0 at x0 and at x0 + 1
}

TEST_P(Values, PowersAreLibTorchs) {
  for (double p : {1.5, -2.0, 3.0, 0.0, 20.0}) {
    std::string text = p == 1.5 ? "1.5" : std::to_string(int(p));
    SCOPED_TRACE("to the power of " + text);
    expectEach(of("power(p = " + text + ")"), centred.pow(p));
    at::Tensor expected = slope(centred, [&](const at::Tensor &x) { return x.pow(p); });
    if (p == 1.5) // the sum is no number: the expression has no gradient (S2.2)
      expected = at::full_like(expected, NAN);
    expectEach(of("power_slope(p = " + text + ")"), expected);
    expectEach(of("power_slope_above(p = " + text + ")"),
               slope(x0 + 0.5, [&](const at::Tensor &x) { return x.pow(p); }));
  }
  for (int k : {2, -3, 7})
    expectEach(of("whole_power(k = " + std::to_string(k) + ")"), centred.pow(k));
  expectEach(of("literal_power"), centred.pow(7));
  EXPECT_TRUE(at::equal(of("literal_power"), of("whole_power(k = 7)"))) << "the same products";
}

TEST_P(Values, WavesAreThoseOfDoubles) {
  for (int scale : {1, 100, 10000}) {
    SCOPED_TRACE("times " + std::to_string(scale));
    at::Tensor x = (centred * float(scale)).to(at::kDouble);
    std::string behind = "(scale = " + std::to_string(scale) + ")";
    expectEach(of("sine" + behind), x.sin());
    expectEach(of("cosine_of" + behind), x.cos());
    if (scale <= 100)
      expectEach(of("wave_slope" + behind), x.cos() - 2 * x.sin());
  }
}

TEST_P(Values, PowersOfZeroHaveLibTorchsSlopes) {
  for (const char *p : {"0", "1", "2", "0.5"}) {
    SCOPED_TRACE(std::string("to the power of ") + p);
    expectEach(of(std::string("power_at_zero_slope(p = ") + p + ")"),
               slope(at::zeros_like(x0), [&](const at::Tensor &x) { return x.pow(std::stod(p)); }));
  }
}

TEST_P(Values, ExponentsHaveLibTorchsSlopes) {
  auto mean = [](const at::Tensor &x) { return x.flatten(1).sum(1) / 784; };
  expectEach(of("exponent_slope"), slope(x0, [&](const at::Tensor &x) { return at::pow(2.5, mean(x)); }));
  expectEach(of("exponent_slope_at_zero"),
             slope(x0, [&](const at::Tensor &x) { return at::pow(0 * mean(x), mean(x)); }));
}

TEST_P(Values, LengthsAreScaledBeforeTheyAreSquared) {
  at::Tensor expected = wide(lengths(x0.to(at::kDouble)));
  for (const char *scale : {"1", "1e-25", "1e-37", "1e30"}) {
    SCOPED_TRACE(std::string("scale ") + scale);
    expectEach(of(std::string("length(scale = ") + scale + ")"), expected);
  }
  for (const char *scale : {"1", "1e-25", "1e30"}) {
    SCOPED_TRACE(std::string("scale ") + scale);
    expectEach(of(std::string("length_slope(scale = ") + scale + ")"),
               slope(centred.to(at::kDouble), lengths));
  }
}

TEST_P(Values, ALengthOfZeroHasNoSlopeAndARootOfZeroNone) {
  expectEach(of("length_slope_at_zero"), at::ones_like(x0));
  expectEach(of("root_slope_at_zero"),
             slope(at::zeros_like(x0), [](const at::Tensor &x) { return (x * x).sum().sqrt(); }));
}

TEST_P(Values, ProjectionIntoAnL2BallScalesWhatIsOutside) {
  at::Tensor offset = (x0 - 0.25).to(at::kDouble), length = wide(lengths(offset));
  expectEach(of("into_ball(eps = 1, scale = 1)"), x0 + offset / length);
  expectEach(of("into_ball(eps = 0, scale = 1)"), x0);
  expectEach(of("into_ball(eps = 100, scale = 1)"), x0 + offset);
  expectEach(of("into_ball(eps = 1, scale = 1e25)"), x0 + offset / length);
}

TEST_P(Values, WhatIsNoNumberStaysNone) {
  at::Tensor none = at::where(x0 > 0.5, at::full_like(x0, NAN), at::zeros_like(x0));
  expectEach(of("sign_of_none"), none);
  expectEach(of("none_into(kind = 0)"), at::maximum(none, at::full_like(x0, 0.5)));
  expectEach(of("none_into(kind = 1)"), at::minimum(at::full_like(x0, 0.5), none));
  expectEach(of("none_into(kind = 2)"), none.clamp(0.25, 0.75));
}

TEST_P(Values, WhatIsNoNumberGoesThroughLayers) {
  EXPECT_TRUE(of("answer(scale = 0)").isnan().all().item<bool>());
  EXPECT_FALSE(of("answer(scale = 1)").isnan().any().item<bool>());
}

TEST_P(Values, WhatAllExamplesShareIsEachOnesOwn) {
  expectEach(of("grey"), at::full_like(x0, 0.25));
  expectEach(of("slope_at_constant"), at::full_like(x0, 12));
  at::Tensor rows = 0.1 * at::arange(28, at::kFloat).view({1, 1, 28, 1}).expand_as(x0);
  expectEach(of("slope_at_rows"), slope(rows, [](const at::Tensor &x) { return x.pow(3); }));
  expectEach(of("best_of_constants"), at::full_like(x0, 3)); // norms 196 and 84
  at::Tensor atConstant = of("model_at_constant");
  EXPECT_GT(atConstant.abs().max().item<double>(), 0);
  expectEach(atConstant, of("model_at_made_of_image"));
}

TEST_P(Values, AGradientAtANumberIsEachExamplesOwn) {
  at::Tensor mean = x0.abs().mean({1, 2, 3}, /*keepdim=*/true);
  expectEach(of("slope_at_number"), (12 * mean).expand_as(x0));
  expectEach(of("slope_at_parameter(p = 2)"), (2 * 12 * mean).expand_as(x0));
  expectEach(of("number_in_loop"), (1 + 2 * mean).pow(3).expand_as(x0));
}

TEST_P(Values, AnIfMayBeTheSameForAllExamples) {
  expectEach(of("if_for_all(p = 0.01, big = false)"), x0);
  expectEach(of("if_for_all(p = 0.1, big = false)"), 3 * x0);
  expectEach(of("if_for_all(p = 0.1, big = true)"), 9 * x0);
  expectEach(of("warm_up(steps = 2)"), x0);
  expectEach(of("warm_up(steps = 4)"), 9 * x0);
}

INSTANTIATE_TEST_SUITE_P(Programs, Values, ::testing::ValuesIn(variantsToRun()),
                         [](const auto &info) { return info.param.empty() ? "cpu" : info.param; });

} // namespace
