// Reads tallies by the columns of the contract.
#include "runtime/plan/Tallies.h"
#include "runtime/contract/Tally.h"

#include <stdexcept>

namespace switchyard::rt {

static std::string notFinite(const std::string &place, const int32_t *tally, const std::string &whose) {
  return place + ": this gradient is infinite or no number in " + std::to_string(tally[tally::NotFinite]) +
         " of " + std::to_string(tally[tally::Evaluations]) +
         (tally[tally::Evaluations] == 1 ? " evaluation" : " evaluations") + ", for " + whose +
         "; roots, powers, logarithms and quotients have none at 0, and products overflow: keep what they "
         "are taken of away from there";
}

std::vector<GradientTally> talliesOf(const std::vector<std::string> &places, const int32_t *tallies,
                                     int64_t row, const std::function<std::string()> &whose) {
  std::vector<GradientTally> read;
  for (size_t i = 0; tallies && i < places.size(); ++i) {
    const int32_t *tally = tallies + (size_t(row) * places.size() + i) * tally::columns;
    if (tally[tally::NotFinite] > 0)
      throw std::runtime_error(notFinite(places[i], tally, whose()));
    read.push_back({tally[tally::Evaluations], tally[tally::Zero], tally[tally::ZeroAtEnd]});
  }
  return read;
}

} // namespace switchyard::rt
