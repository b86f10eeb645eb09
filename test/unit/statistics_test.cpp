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

std::vector<Observation> equalImages(int32_t images, double value) {
  std::vector<Observation> values;
  for (int32_t image = 0; image < images; ++image)
    values.push_back({image, 1, value});
  return values;
}

TEST(Wilson, without_variance_there_may_be_images_of_another_kind) {
  // t(199) = 1.971957: u = t^2 / (200 + t^2) = 0.0190722.
  Interval zero = wilsonInterval(clusteredMean(equalImages(200, 0)));
  EXPECT_EQ(zero.low, 0);
  EXPECT_NEAR(zero.high, 0.0190722, 1e-6);
  Interval middle = wilsonInterval(clusteredMean(equalImages(200, 0.3)));
  EXPECT_NEAR(middle.low, 0.3 - 0.3 * 0.0190722, 1e-6);
  EXPECT_NEAR(middle.high, 0.3 + 0.7 * 0.0190722, 1e-6);
}

TEST(Wilson, a_worse_model_has_no_higher_bound) {
  std::vector<Observation> values = equalImages(200, 1);
  const double bound = wilsonInterval(clusteredMean(values)).low;
  EXPECT_NEAR(bound, 1 - 0.0190722, 1e-6);
  for (int32_t image = 0; image < 40; ++image)
    for (int wrong = 1; wrong <= 20; ++wrong) { // of 20 draws
      values[size_t(image)].value = 1 - wrong / 20.0;
      EXPECT_LT(wilsonInterval(clusteredMean(values)).low, bound)
          << image << " images, " << wrong << " draws";
    }
}

TEST(Wilson, is_no_tighter_than_a_count_where_few_succeed) {
  std::vector<Observation> values = equalImages(200, 0);
  values[0].value = 1; // n_eff = 199: of Beta(0.995, 199.005), where Wilson has 0.00087
  Interval one = wilsonInterval(clusteredMean(values));
  EXPECT_NEAR(one.low, 0.000253236, 1e-8);
  for (int32_t image = 1; image < 60; ++image)
    values[size_t(image)].value = 1;
  // n_eff = 199, t = 1.971957: Wilson's own again.
  EXPECT_NEAR(wilsonInterval(clusteredMean(values)).low, 0.240275, 1e-5);
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

/// Images on which a model is right with some probability, told by so many draws; a share of them is of a
/// rare kind.
struct RandomModel {
  int images, draws;
  double usual, rare, share;
  double truth() const { return (1 - share) * usual + share * rare; }
  double coverage(std::mt19937_64 &random, int runs) const {
    int covered = 0;
    for (int run = 0; run < runs; ++run) {
      std::vector<Observation> values;
      for (int32_t image = 0; image < images; ++image) {
        double rate = std::bernoulli_distribution(share)(random) ? rare : usual;
        values.push_back({image, {}, std::binomial_distribution<int>(draws, rate)(random) / double(draws)});
      }
      Interval interval = wilsonInterval(clusteredMean(values));
      covered += interval.low <= truth() && truth() <= interval.high;
    }
    return covered / double(runs);
  }
};

TEST(Coverage, rates_of_random_models) {
  std::mt19937_64 random(1);
  for (int images : {50, 200})
    for (int draws : {1, 20})
      for (double usual : {0.0, 0.02, 0.3})
        for (double expected : {0.2, 1.0, 3.0, 10.0}) { // rare images among them
          RandomModel model{images, draws, usual, 1, expected / images};
          EXPECT_GE(model.coverage(random, 2000), 0.93) << images << " images, " << draws << " draws, usual "
                                                        << usual << ", rare " << expected << " times";
        }
}

TEST(Runs, mean_of_estimates_over_the_same_images) {
  Estimate a = clusteredMean({{0, {}, 0}, {1, {}, 1}}), b = clusteredMean({{0, {}, 1}, {1, {}, 1}});
  Estimate mean = meanOf({a, b});
  EXPECT_DOUBLE_EQ(mean.value, 0.75);
  EXPECT_EQ(mean.images, 2);
  EXPECT_EQ(mean.pairs, 2);
  EXPECT_DOUBLE_EQ(variance(mean), variance(clusteredMean({{0, {}, 0.5}, {1, {}, 1}})));
  EXPECT_EQ(meanOf({a}).value, a.value);
}

TEST(Runs, mean_of_estimates_over_different_images_adds_their_errors) {
  Estimate a = clusteredMean({{0, {}, 0}, {1, {}, 1}}), b = clusteredMean({{2, {}, 0}, {3, {}, 1}});
  Estimate mean = meanOf({a, b});
  EXPECT_EQ(mean.images, 4);
  EXPECT_DOUBLE_EQ(variance(mean), (variance(a) + variance(b)) / 4);
}

TEST(Runs, deviations) {
  EXPECT_DOUBLE_EQ(sampleDeviation({1, 3}), std::sqrt(2));
  EXPECT_DOUBLE_EQ(populationDeviation({1, 3}), 1);
  EXPECT_TRUE(std::isnan(sampleDeviation({1})));
  EXPECT_EQ(populationDeviation({1}), 0);
  EXPECT_TRUE(std::isnan(populationDeviation({})));
}

TEST(Runs, deviations_of_values_with_chances) {
  // Mean 0.75 * 0 + 0.25 * 4 = 1, variance 0.75 * 1 + 0.25 * 9 = 3.
  EXPECT_DOUBLE_EQ(populationDeviation({0, 4}, {0.75, 0.25}), std::sqrt(3));
  // Mean 0.5 + 0.6 + 1 = 2.1, squares' 0.5 + 1.2 + 5 = 6.7.
  EXPECT_NEAR(populationDeviation({1, 2, 5}, {0.5, 0.3, 0.2}), std::sqrt(6.7 - 2.1 * 2.1), 1e-15);
  EXPECT_DOUBLE_EQ(populationDeviation({1, 3, 1, 3}, {0.25, 0.25, 0.25, 0.25}),
                   populationDeviation({1, 3, 1, 3}));
  EXPECT_EQ(populationDeviation({7, 7}, {0.9, 0.1}), 0);
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
