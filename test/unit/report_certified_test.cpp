// Certificates against sums of binomial terms and the normal distribution's integral, computed here.
#include "runtime/report/Certified.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace switchyard::rt;

namespace {

/// The chance of `count` or more of `of` where each has the share.
double atLeast(int64_t count, int64_t of, double share) {
  double sum = 0;
  for (int64_t k = count; k <= of; ++k)
    sum +=
        std::exp(std::lgamma(double(of) + 1) - std::lgamma(double(k) + 1) - std::lgamma(double(of - k) + 1) +
                 double(k) * std::log(share) + double(of - k) * std::log1p(-share));
  return sum;
}

double normalBelow(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

TEST(Certified, TheBoundIsWhereTheCountHasTheChanceOfTheRisk) {
  for (auto [count, of] :
       {std::pair<int64_t, int64_t>{1, 10}, {7, 10}, {99, 100}, {560, 1000}, {9990, 10000}}) {
    const double share = lowestShare(count, of);
    EXPECT_NEAR(atLeast(count, of, share) / certificateRisk, 1, 1e-6) << count << " of " << of;
    EXPECT_LT(share, double(count) / double(of));
  }
  EXPECT_EQ(lowestShare(0, 10), 0);
  EXPECT_NEAR(lowestShare(100, 100), std::pow(0.001, 0.01), 1e-12);
}

TEST(Certified, TheRadiusIsTheNoiseTimesTheQuantileOfTheBound) {
  for (int64_t count : {600, 900, 999, 1000}) {
    std::optional<double> radius = certifiedRadius({3, 3, int32_t(count)}, 1000, 0.25);
    ASSERT_TRUE(radius) << count;
    EXPECT_NEAR(normalBelow(*radius / 0.25), lowestShare(count, 1000), 1e-12);
  }
}

TEST(Certified, VotesThatMayBeEvenAbstain) {
  EXPECT_FALSE(certifiedRadius({3, 3, 500}, 1000, 0.25));
  EXPECT_FALSE(certifiedRadius({3, 3, 540}, 1000, 0.25)); // more than half, but for chance
  EXPECT_FALSE(certifiedRadius({3, 3, 0}, 1000, 0.25));
  EXPECT_TRUE(certifiedRadius({3, 3, 560}, 1000, 0.25));
}

} // namespace
