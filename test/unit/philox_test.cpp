// Philox and what is made of its words: published vectors, recorded answers, and the distributions' shape.
#include "runtime/kernels/Philox.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

using namespace switchyard::rt;

namespace {

// Random123's known-answer vectors for philox4x32-10.
TEST(Philox, AnswersRandom123Vectors) {
  EXPECT_EQ(philox(0, {0, 0, 0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~uint64_t(0), {~0u, ~0u, ~0u, ~0u}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// The published test values of FNV-1a and of splitmix64 started at 0.
TEST(Philox, HashesAndMixesAsPublished) {
  EXPECT_EQ(siteHash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(siteHash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(siteHash("foobar"), 0x85944171f73967e8u);
  EXPECT_EQ(philoxMix(0), 0xe220a8397b1dcdafu);
}

// Recorded: a change of these changes every stored result.
TEST(Philox, KeepsItsKeys) {
  EXPECT_EQ(philoxStream(1, purposeTraining, 2, 3), 0x73fd5342af4ac8deu);
  EXPECT_EQ(siteHash("features/0/noise"), 0x7cf55890cc65f490u);
  EXPECT_EQ(philoxKey(philoxStream(1, purposeTraining, 2, 3), "features/0/noise"), 0xddbd1ac8ae849316u);
}

TEST(Philox, PacksTheCounter) {
  EXPECT_EQ(targetAndDraw(noTarget, 0), 65535u);
  EXPECT_EQ(targetAndDraw(7, 3), 0x00030007u);
  EXPECT_EQ(passWord(2, 5), 0x02000005u);
  uint64_t key = philoxKey(philoxStream(1, purposeAttack), "pgd");
  EXPECT_EQ(philoxWord(key, 6, 11, 0x02000005, 0x00030007), philox(key, {1, 11, 0x02000005, 0x00030007})[2]);
}

TEST(Philox, MakesUniformsAndIntegers) {
  EXPECT_EQ(uniform(0), 0.0f);
  EXPECT_EQ(uniform(~0u), 1.0f - 0x1p-24f);
  EXPECT_EQ(uniform(0x800000ff), 0.5f);
  EXPECT_EQ(integerBelow(0, 9), 0u);
  EXPECT_EQ(integerBelow(~0u, 9), 8u);
  EXPECT_EQ(integerBelow(0x80000000, 9), 4u);
}

TEST(Philox, KeepsItsNormals) {
  EXPECT_EQ(normal(0), -5.41998291f);
  EXPECT_EQ(normal(~0u), 5.41998291f);
  EXPECT_EQ(normal(0x80000000), 7.47033368e-08f);
}

TEST(Philox, NormalIsOddAndGrows) {
  float last = normal(0);
  for (uint64_t word = 0; word < uint64_t(1) << 32; word += 0x10101) {
    float z = normal(uint32_t(word));
    EXPECT_EQ(z, -normal(~uint32_t(word)));
    EXPECT_GE(z, last - 1e-6f * std::abs(last));
    last = z;
  }
}

double distribution(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

// The inverse: distribution(normal(word)) gives the word's u back.
TEST(Philox, NormalInvertsTheDistribution) {
  for (uint64_t word = 0; word < uint64_t(1) << 31; word += 0x10101) {
    double u = (double(word >> 8) + 0.5) / 16777216.0;
    EXPECT_NEAR(distribution(normal(uint32_t(word))) / u, 1.0, 1e-5) << word;
  }
}

TEST(Philox, LogarithmIsWithinOneUlp) {
  for (uint32_t bits = 0x34000000; bits <= 0x3f800000; bits += 4099) {
    float t;
    std::memcpy(&t, &bits, 4);
    double exact = std::log(double(t));
    EXPECT_LE(std::abs(fixedOrderLog(t) - exact), std::abs(exact) * 0x1p-23) << t;
  }
}

std::vector<double> draws(int count) {
  uint64_t key = philoxKey(philoxStream(5, purposeAttack), "test");
  std::vector<double> values;
  for (int i = 0; i < count; ++i)
    values.push_back(normal(philoxWord(key, uint32_t(i), 0, 0, noTarget)));
  return values;
}

TEST(Philox, NormalHasTheMoments) {
  const int count = 1 << 18;
  double sums[5] = {};
  for (double z : draws(count))
    for (int power = 1; power <= 4; ++power)
      sums[power] += std::pow(z, power) / count;
  // Bounds are four standard deviations of each sample moment: var(z^p) is 1, 2, 15, 96.
  const double expected[] = {0, 0, 1, 0, 3}, variance[] = {0, 1, 2, 15, 96};
  for (int power = 1; power <= 4; ++power)
    EXPECT_NEAR(sums[power], expected[power], 4 * std::sqrt(variance[power] / count)) << "moment " << power;
}

// Kolmogorov-Smirnov: the largest gap between the sample's and the true distribution; 1.95 / sqrt(n) is
// exceeded once in a thousand samples.
TEST(Philox, NormalHasTheDistribution) {
  const int count = 1 << 16;
  std::vector<double> values = draws(count);
  std::sort(values.begin(), values.end());
  double gap = 0;
  for (int i = 0; i < count; ++i) {
    double here = distribution(values[size_t(i)]);
    gap = std::max({gap, here - double(i) / count, double(i + 1) / count - here});
  }
  EXPECT_LT(gap, 1.95 / std::sqrt(count));
}

} // namespace
