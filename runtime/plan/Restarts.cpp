// With few examples more restarts at once fill a batch; with many, each example has a row and restarts take
// turns.
#include "runtime/plan/Restarts.h"

#include <algorithm>

namespace switchyard::rt {

/// What it costs to join one restart with those before it, in turns of a whole batch. An estimate, and a high
/// one for attacks of many steps; it decides where thousands of restarts are a step each.
constexpr double joining = 1.0 / 64;

int64_t restartsTogether(int64_t restarts, int64_t examples, int64_t batch) {
  auto divideUp = [](int64_t a, int64_t b) { return (a + b - 1) / b; };
  int64_t best = 1;
  double least = 0;
  for (int64_t together = 1; together <= std::min(restarts, batch); ++together) {
    int64_t batches = divideUp(examples, batch / together);
    double cost = double(batches) * (double(divideUp(restarts, together)) + double(restarts) * joining);
    if (together > 1 && cost >= least)
      continue;
    best = together;
    least = cost;
  }
  return best;
}

} // namespace switchyard::rt
