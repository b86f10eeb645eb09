// What several answers say together (S5.8), against all ways to choose them, and by simulation whether the
// intervals hold.
#include "runtime/contract/Verdicts.h"
#include "runtime/report/Statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace switchyard::rt;

namespace {

using Counts = std::vector<int64_t>;

/// The class most often among the answers, the first of equally many.
size_t winnerOf(const Counts &counts) {
  return size_t(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

/// Calls `body` with the counts of each choice of k of the answers.
template <typename Body>
void chooseDraws(const std::vector<int> &answers, int64_t k, size_t classes, Body body) {
  std::vector<bool> taken(answers.size(), false);
  std::fill(taken.begin(), taken.begin() + k, true);
  do {
    Counts counts(classes, 0);
    for (size_t i = 0; i < answers.size(); ++i)
      counts[size_t(answers[i])] += taken[i];
    body(counts);
  } while (std::prev_permutation(taken.begin(), taken.end()));
}

/// The chance of each winner among k independent answers, over all classes^k of them.
std::vector<double> winners(const std::vector<double> &chances, int64_t k) {
  std::vector<double> won(chances.size(), 0);
  size_t all = 1;
  for (int64_t i = 0; i < k; ++i)
    all *= chances.size();
  for (size_t one = 0; one < all; ++one) {
    Counts counts(chances.size(), 0);
    double chance = 1;
    for (size_t rest = one, i = 0; i < size_t(k); ++i, rest /= chances.size()) {
      chance *= chances[rest % chances.size()];
      ++counts[rest % chances.size()];
    }
    won[winnerOf(counts)] += chance;
  }
  return won;
}

TEST(Verdicts, any_of_draws_is_the_share_of_choices_that_hold_a_fooled_one) {
  const int64_t draws = 7;
  for (int64_t fooled = 0; fooled <= draws; ++fooled)
    for (int64_t n = 1; n <= draws; ++n) {
      std::vector<int> answers(size_t(draws), 0);
      std::fill(answers.begin(), answers.begin() + fooled, 1);
      double all = 0, held = 0;
      chooseDraws(answers, n, 2, [&](const Counts &counts) {
        ++all;
        held += counts[1] > 0;
      });
      EXPECT_NEAR(anyOf(fooled, draws, n), held / all, 1e-14) << fooled << " of " << draws << ", " << n;
    }
  EXPECT_EQ(anyOf(int64_t(0), 20, 10), 0);
  EXPECT_EQ(anyOf(int64_t(11), 20, 10), 1);
}

TEST(Verdicts, any_of_chances) {
  EXPECT_NEAR(anyOf(0.1, 10), 1 - std::pow(0.9, 10), 1e-15);
  EXPECT_EQ(anyOf(1.0, 3), 1);
  EXPECT_EQ(anyOf(0.0, 3), 0);
}

TEST(Verdicts, majority_of_draws_is_the_share_of_choices_that_it_wins) {
  for (const std::vector<int> &answers :
       {std::vector<int>{0, 0, 0, 1, 1, 2, 2, 2, 3}, {2, 2, 2, 2}, {0, 1, 2, 3, 3, 1}, {3, 3, 3, 3, 3, 3, 0}})
    for (int64_t k = 1; k <= int64_t(answers.size()); ++k) {
      std::vector<double> won(4, 0);
      double all = 0;
      chooseDraws(answers, k, 4, [&](const Counts &counts) {
        ++all;
        ++won[winnerOf(counts)];
      });
      Answers given{std::vector<double>(4, 0.0), int64_t(answers.size())};
      for (int answer : answers)
        ++given.ofClass[size_t(answer)];
      for (size_t winner = 0; winner < 4; ++winner)
        EXPECT_NEAR(chanceOfMajority(given, winner, k), won[winner] / all, 1e-12) << winner << " of " << k;
    }
}

TEST(Verdicts, majority_of_chances_is_the_sum_over_all_answers) {
  for (const std::vector<double> &chances :
       {std::vector<double>{0.5, 0.25, 0.25}, {0.01, 0.98, 0.01}, {0.0, 0.4, 0.6}, {1.0, 0.0, 0.0}})
    for (int64_t k : {1, 2, 3, 4, 7}) {
      std::vector<double> won = winners(chances, k);
      for (size_t winner = 0; winner < 3; ++winner)
        EXPECT_NEAR(chanceOfMajority({chances, 0}, winner, k), won[winner], 1e-12) << winner << " of " << k;
    }
}

TEST(Verdicts, majority_of_many_answers_adds_up_to_one) {
  Answers answers{{300, 280, 0, 20, 400}, 1000};
  double sum = 0;
  for (size_t winner = 0; winner < answers.ofClass.size(); ++winner)
    sum += chanceOfMajority(answers, winner, 255);
  EXPECT_NEAR(sum, 1, 1e-10);
  EXPECT_GT(chanceOfMajority(answers, 4, 255), 0.95);
  const std::vector<double> all = chancesOfMajority(answers, 255);
  for (size_t winner = 0; winner < answers.ofClass.size(); ++winner)
    EXPECT_EQ(all[winner], chanceOfMajority(answers, winner, 255)) << winner;
  EXPECT_EQ(chancesOfMajority({{0, 20, 0}, 20}, 11), (std::vector<double>{0, 1, 0}));
}

/// Images whose chances of being fooled are drawn from a few kinds; what a judge says of them, from 20
/// answers each.
class Simulated : public testing::TestWithParam<int64_t> {
protected:
  /// How often the interval of `verdict` over `images` images holds what it is for the kinds themselves.
  template <typename Verdict> double coverage(size_t images, Verdict verdict, bool exactly) {
    const std::vector<double> kinds = {0.0, 0.02, 0.1, 0.3, 0.55, 0.9, 1.0};
    double truth = 0;
    for (double kind : kinds)
      truth += verdict(Answers{{1 - kind, kind}, 0}) / double(kinds.size());
    int held = 0;
    for (int run = 0; run < runs; ++run) {
      std::vector<Observation> values;
      for (size_t image = 0; image < images; ++image) {
        double chance = kinds[generator() % kinds.size()];
        int64_t fooled = std::binomial_distribution<int64_t>(draws, chance)(generator);
        Answers seen = exactly ? Answers{{1 - chance, chance}, 0}
                               : Answers{{double(draws - fooled), double(fooled)}, draws};
        values.push_back({int32_t(image), {}, verdict(seen)});
      }
      Interval interval = wilsonInterval(clusteredMean(values));
      held += interval.low <= truth && truth <= interval.high;
    }
    return double(held) / runs;
  }

  static constexpr int64_t draws = 20;
  static constexpr int runs = 600;
  std::mt19937_64 generator{3};
};

TEST_P(Simulated, intervals_hold_the_truth) {
  const int64_t n = GetParam();
  auto any = [&](const Answers &answers) {
    return answers.draws ? anyOf(int64_t(answers.ofClass[1]), answers.draws, n)
                         : anyOf(answers.ofClass[1], n);
  };
  auto majority = [&](const Answers &answers) { return chanceOfMajority(answers, 1, n); };
  for (size_t images : {50, 200})
    for (bool exactly : {false, true})
      for (double held : {coverage(images, any, exactly), coverage(images, majority, exactly)}) {
        EXPECT_GT(held, 0.93) << images;
        EXPECT_LT(held, 0.985) << images;
      }
}

INSTANTIATE_TEST_SUITE_P(Answers, Simulated, testing::Values(1, 5, 10, 20));

} // namespace
