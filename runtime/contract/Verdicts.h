// What several answers to one finished example say together (S5.8): the chance that any of n is fooled, and
// that most of k are. Both are computed from the answers that a judge has collected, and need no more passes.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_VERDICTS_H
#define SWITCHYARD_RUNTIME_CONTRACT_VERDICTS_H

#include <cstdint>
#include <vector>

namespace switchyard::rt {

/// The answers to one example: how many of `draws` are each class, or, with `draws` 0, the chance of each
/// class.
struct Answers {
  std::vector<double> ofClass;
  int64_t draws = 0;
};

/// The chance that at least one of n answers is fooled, where each is with `chance`.
double anyOf(double chance, int64_t n);
/// The same of n of m draws, without replacement, of which `fooled` are: 1 - C(m - fooled, n) / C(m, n),
/// whose mean is the chance whatever m >= n (Hoeffding, 1948).
double anyOf(int64_t fooled, int64_t draws, int64_t n);

/// The chance that of k answers no class has more than `winner`, and none before it as many: that `winner` is
/// the answer by majority. Of draws, k of them without replacement (k <= draws).
double chanceOfMajority(const Answers &answers, size_t winner, int64_t k);
/// That of each class.
std::vector<double> chancesOfMajority(const Answers &answers, int64_t k);

} // namespace switchyard::rt

#endif
