// Reads tallies by the columns of the contract.
#include "runtime/plan/Tallies.h"
#include "runtime/contract/Tally.h"

#include <stdexcept>

namespace switchyard::rt {

static std::string howOften(const int32_t *tally, const std::string &whose) {
  return std::to_string(tally[tally::NotFinite]) + " of " + std::to_string(tally[tally::Evaluations]) +
         (tally[tally::Evaluations] == 1 ? " evaluation" : " evaluations") + ", for " + whose;
}

static std::string notFinite(const std::string &place, const int32_t *tally, const std::string &whose) {
  return place + ": this gradient, or what it is of, is infinite or no number in " + howOften(tally, whose) +
         "; roots, powers, logarithms and quotients have none at 0, and products overflow: keep what they "
         "are taken of away from there";
}

static std::string undecided(const std::string &place, const int32_t *tally, const std::string &whose) {
  return place + ": what is compared here is no number in " + howOften(tally, whose) +
         "; such a comparison never holds, and the attack would stand still: keep roots, logarithms and "
         "quotients away from where they have no value";
}

static std::string escaped(const std::string &place, const int32_t *tally, const std::string &whose) {
  return place + ": the attack leaves its ball around the image, or the input's range, in " +
         howOften(tally, whose) +
         "; end it with project(x), or say `unclipped` where the range is no bound; what a loss gives to "
         "`attacked` lies inside of the range, too";
}

std::vector<GradientTally> talliesOf(const Function &function, const int32_t *tallies, int64_t row,
                                     const std::function<std::string()> &whose) {
  const size_t gradients = function.gradients.size(), compared = gradients + function.comparisons.size(),
               all = compared + function.finishes.size();
  std::vector<GradientTally> read;
  for (size_t i = 0; tallies && i < all; ++i) {
    const int32_t *tally = tallies + (size_t(row) * all + i) * tally::columns;
    if (tally[tally::NotFinite] > 0)
      throw std::runtime_error(i < gradients  ? notFinite(function.gradients[i], tally, whose())
                               : i < compared ? undecided(function.comparisons[i - gradients], tally, whose())
                                              : escaped(function.finishes[i - compared], tally, whose()));
    if (i < gradients)
      read.push_back({tally[tally::Evaluations], tally[tally::Zero], tally[tally::ZeroAtEnd]});
  }
  return read;
}

} // namespace switchyard::rt
