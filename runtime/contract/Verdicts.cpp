// How often each class stands among k answers: independent counts (binomial of draws without replacement,
// Poisson of chances) given that they add up to k. So classes are gone through one by one, whatever their
// number.
#include "runtime/contract/Verdicts.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/poisson.hpp>

namespace switchyard::rt {

double anyOf(double chance, int64_t n) {
  return 1 - std::pow(1 - std::min(1.0, std::max(0.0, chance)), double(n));
}

double anyOf(int64_t fooled, int64_t draws, int64_t n) {
  double none = 1; // the chance that none of those asked so far is fooled
  for (int64_t asked = 0; asked < n; ++asked)
    none *= double(std::max<int64_t>(0, draws - fooled - asked)) / double(draws - asked);
  return 1 - none;
}

namespace {

/// The chances that a class is 0, 1, ... k of the answers, before it is known that all of them are k.
std::vector<double> countsOf(double ofClass, int64_t draws, int64_t k) {
  std::vector<double> chances(size_t(k) + 1, 0.0);
  if (ofClass <= 0) {
    chances[0] = 1;
    return chances;
  }
  for (int64_t count = 0; count <= k; ++count)
    if (draws == 0)
      chances[size_t(count)] = pdf(boost::math::poisson(double(k) * ofClass), double(count));
    else if (double(count) <= ofClass)
      chances[size_t(count)] = pdf(boost::math::binomial(ofClass, double(k) / double(draws)), double(count));
  return chances;
}

/// The chance that all counts together are k.
double chanceOfSum(int64_t draws, int64_t k) {
  return draws == 0 ? pdf(boost::math::poisson(double(k)), double(k))
                    : pdf(boost::math::binomial(double(draws), double(k) / double(draws)), double(k));
}

/// `sums` with one more class, which may have up to `most` of the answers.
std::vector<double> withClass(const std::vector<double> &sums, const std::vector<double> &counts,
                              int64_t most) {
  std::vector<double> longer(sums.size(), 0.0);
  for (size_t before = 0; before < sums.size(); ++before)
    if (sums[before] > 0)
      for (size_t count = 0; count < counts.size() && before + count < sums.size() && int64_t(count) <= most;
           ++count)
        longer[before + count] += sums[before] * counts[count];
  return longer;
}

} // namespace

double chanceOfMajority(const Answers &answers, size_t winner, int64_t k) {
  std::vector<std::vector<double>> counts;
  for (double ofClass : answers.ofClass)
    counts.push_back(countsOf(ofClass, answers.draws, k));
  double chance = 0;
  for (int64_t votes = 1; votes <= k; ++votes) {
    if (counts[winner][size_t(votes)] <= 0)
      continue;
    std::vector<double> sums(size_t(k - votes) + 1, 0.0); // of the answers that are not the winner's
    sums[0] = 1;
    for (size_t one = 0; one < counts.size(); ++one)
      if (one != winner && answers.ofClass[one] > 0)
        sums = withClass(sums, counts[one], one < winner ? votes - 1 : votes);
    chance += counts[winner][size_t(votes)] * sums.back();
  }
  return std::min(1.0, chance / chanceOfSum(answers.draws, k));
}

std::vector<double> chancesOfMajority(const Answers &answers, int64_t k) {
  std::vector<double> chances(answers.ofClass.size(), 0.0);
  const auto isAnswered = [](double one) { return one > 0; };
  const bool agree = std::count_if(answers.ofClass.begin(), answers.ofClass.end(), isAnswered) == 1;
  for (size_t klass = 0; klass < chances.size(); ++klass)
    if (isAnswered(answers.ofClass[klass]))
      chances[klass] = agree ? 1 : chanceOfMajority(answers, klass, k);
  return chances;
}

} // namespace switchyard::rt
