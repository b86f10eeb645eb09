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
         howOften(tally, whose) + "; end it with project(x), or say `unclipped` where the range is no bound";
}

static std::string noNumber(const std::string &place, const int32_t *tally, const std::string &whose) {
  return place + ": what the attack returns is infinite or no number in " + howOften(tally, whose) +
         "; roots, powers, logarithms and quotients have none at 0: keep what they are taken of away from "
         "there";
}

static std::string givenOutside(const std::string &place, const int32_t *tally, const std::string &whose) {
  return place +
         ": the image that the loss gives to `attacked` lies outside of the input's range, or is no number, "
         "in " +
         howOften(tally, whose) +
         ", and so does what the attack makes of it, or it leaves its ball; keep the image in the range, as "
         "with "
         "clamp(x, 0, 1)";
}

/// Throws where an attack inside a training did not end where it may; `tallies` are those of that end.
static void checkEnd(const Function &function, size_t end, const int32_t *tallies,
                     const std::function<std::string()> &whose) {
  auto failed = [&](tally::OfEnd which) {
    const int32_t *one = tallies + which * tally::columns;
    return one[tally::NotFinite] > 0 ? one : nullptr;
  };
  const std::string &place = function.finishes[end];
  const int32_t *given = failed(tally::EndGiven), *inside = failed(tally::EndInside);
  if (given && inside)
    throw std::runtime_error(givenOutside(function.givens[end], given, whose()));
  if (const int32_t *none = failed(tally::EndFinite))
    throw std::runtime_error(noNumber(place, none, whose()));
  if (inside)
    throw std::runtime_error(escaped(place, inside, whose()));
}

std::vector<GradientTally> talliesOf(const Function &function, const int32_t *tallies, int64_t row,
                                     const std::function<std::string()> &whose) {
  const size_t gradients = function.gradients.size(), compared = gradients + function.comparisons.size(),
               all = compared + function.finishes.size() * tally::ofEnd;
  std::vector<GradientTally> read;
  if (!tallies)
    return read;
  const int32_t *own = tallies + size_t(row) * all * tally::columns;
  for (size_t i = 0; i < compared; ++i) {
    const int32_t *tally = own + i * tally::columns;
    if (tally[tally::NotFinite] > 0)
      throw std::runtime_error(i < gradients
                                   ? notFinite(function.gradients[i], tally, whose())
                                   : undecided(function.comparisons[i - gradients], tally, whose()));
    if (i < gradients)
      read.push_back({tally[tally::Evaluations], tally[tally::Zero], tally[tally::ZeroAtEnd]});
  }
  for (size_t i = 0; i < function.finishes.size(); ++i)
    checkEnd(function, i, own + (compared + i * tally::ofEnd) * tally::columns, whose);
  return read;
}

} // namespace switchyard::rt
