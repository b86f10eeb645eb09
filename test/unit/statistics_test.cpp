// Formulas of S5.2 and S5.5 against numbers worked out by hand, and by simulation whether 95 % means 95 %.
#include "runtime/report/Statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace switchyard::rt;

namespace {

TEST(ClusteredMean, by_hand) {
  // Sums 2, 1, 0 of two pairs each around the mean 1/2: v = 3/2 * (1 + 0 + 1) / 36.
  Estimate mean = clusteredMean({{0, 1, 1}, {0, 2, 1}, {1, 0, 0}, {1, 2, 1}, {2, 0, 0}, {2, 1, 0}});
  EXPECT_EQ(mean.images, 3);
  EXPECT_EQ(mean.pairs, 6);
  EXPECT_DOUBLE_EQ(mean.value, 0.5);
  EXPECT_NEAR(variance(mean), 1.0 / 12, 1e-15);
}

TEST(ClusteredMean, pairs_of_one_image_are_no_new_evidence) {
  Estimate once = clusteredMean({{0, 1, 1}, {1, 1, 0}, {2, 1, 0}});
  Estimate nine = clusteredMean(
      {{0, 1, 1}, {0, 2, 1}, {0, 3, 1}, {1, 1, 0}, {1, 2, 0}, {1, 3, 0}, {2, 1, 0}, {2, 2, 0}, {2, 3, 0}});
  EXPECT_NEAR(variance(nine), variance(once), 1e-15);
}

TEST(ClusteredMean, unequal_numbers_of_pairs) {
  // Mean 3/4; shares 3 - 9/4 = 3/4 and 0 - 3/4: v = 2 * (9/16 + 9/16) / 16.
  Estimate mean = clusteredMean({{5, 1, 1}, {5, 2, 1}, {5, 3, 1}, {9, 1, 0}});
  EXPECT_NEAR(variance(mean), 2 * (9.0 / 16 + 9.0 / 16) / 16, 1e-15);
}

TEST(Wilson, by_hand) {
  // n_eff = 1/4 / (1/12) = 3, t(2) = 4.302653, centre 1/2, margin 0.463829.
  Interval interval =
      wilsonInterval(clusteredMean({{0, 1, 1}, {0, 2, 1}, {1, 0, 0}, {1, 2, 1}, {2, 0, 0}, {2, 1, 0}}));
  EXPECT_NEAR(interval.low, 0.036171, 1e-6);
  EXPECT_NEAR(interval.high, 0.963829, 1e-6);
}

TEST(Wilson, no_variance_takes_the_number_of_images) {
  std::vector<Observation> none, half;
  for (int32_t image = 0; image < 200; ++image) {
    none.push_back({image, 1, 0});
    half.push_back({image, 1, 0.3});
  }
  // t(199) = 1.971957: t^2 / (200 + t^2).
  Interval zero = wilsonInterval(clusteredMean(none));
  EXPECT_EQ(zero.low, 0);
  EXPECT_NEAR(zero.high, 0.0190722, 1e-6);
  Interval middle = wilsonInterval(clusteredMean(half));
  EXPECT_GT(0.3 - middle.low, 0.05);
  EXPECT_GT(middle.high - 0.3, 0.05);
}

TEST(Wilson, one_image_says_nothing) {
  Interval interval = wilsonInterval(clusteredMean({{0, 1, 1}, {0, 2, 0}}));
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
}

/// Images of two kinds, robust and weak; three goals each, alike within an image.
std::vector<Observation> attackedImages(std::mt19937_64 &random, int images) {
  std::bernoulli_distribution weak(0.4), easy(0.8), hard(0.1);
  std::vector<Observation> values;
  for (int32_t image = 0; image < images; ++image)
    for (auto [isWeak, goal] = std::pair(weak(random), 0); goal < 3; ++goal)
      values.push_back({image, goal, double(isWeak ? easy(random) : hard(random))});
  return values;
}

TEST(Coverage, clustered_wilson) {
  std::mt19937_64 random(1);
  const double truth = 0.4 * 0.8 + 0.6 * 0.1;
  int covered = 0, runs = 4000;
  for (int run = 0; run < runs; ++run) {
    Interval interval = wilsonInterval(clusteredMean(attackedImages(random, 80)));
    covered += interval.low <= truth && truth <= interval.high;
  }
  EXPECT_GT(double(covered) / runs, 0.93);
  EXPECT_LT(double(covered) / runs, 0.97);
}

TEST(Runs, mean_of_estimates_over_the_same_images) {
  Estimate a = clusteredMean({{0, -1, 0}, {1, -1, 1}}), b = clusteredMean({{0, -1, 1}, {1, -1, 1}});
  Estimate mean = meanOf({a, b});
  EXPECT_DOUBLE_EQ(mean.value, 0.75);
  EXPECT_EQ(mean.images, 2);
  EXPECT_EQ(mean.pairs, 2);
  EXPECT_DOUBLE_EQ(variance(mean), variance(clusteredMean({{0, -1, 0.5}, {1, -1, 1}})));
  EXPECT_EQ(meanOf({a}).value, a.value);
}

TEST(Runs, mean_of_estimates_over_different_images_adds_their_errors) {
  Estimate a = clusteredMean({{0, -1, 0}, {1, -1, 1}}), b = clusteredMean({{2, -1, 0}, {3, -1, 1}});
  Estimate mean = meanOf({a, b});
  EXPECT_EQ(mean.images, 4);
  EXPECT_DOUBLE_EQ(variance(mean), (variance(a) + variance(b)) / 4);
}

TEST(Runs, deviations) {
  EXPECT_DOUBLE_EQ(sampleDeviation({1, 3}), std::sqrt(2));
  EXPECT_DOUBLE_EQ(populationDeviation({1, 3}), 1);
  EXPECT_TRUE(std::isnan(sampleDeviation({1})));
  EXPECT_EQ(populationDeviation({1}), 0);
}

TEST(Line, goes_through_points_and_averages_what_lies_off) {
  Line exact = fittedLine({{0, 1}, {2, 5}});
  EXPECT_DOUBLE_EQ(exact.slope, 2);
  EXPECT_DOUBLE_EQ(exact.intercept, 1);
  Line fitted = fittedLine({{0, 0}, {1, 3}, {2, 0}});
  EXPECT_NEAR(fitted.slope, 0, 1e-15);
  EXPECT_DOUBLE_EQ(fitted.intercept, 1);
  for (const auto &points : {std::vector<std::pair<double, double>>{}, {{1, 2}}, {{1, 2}, {1, 3}}})
    EXPECT_TRUE(std::isnan(fittedLine(points).slope));
}

} // namespace
