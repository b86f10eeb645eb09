// Rounds, medians and ratios.
#include "test/bench/Interleave.h"

#include <algorithm>
#include <ctime>

namespace switchyard::bench {

double now(Clock clock) {
  timespec time{};
  clock_gettime(clock == Clock::Wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

static double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<Timing> interleave(const std::vector<Contestant> &contestants, int rounds, Clock clock) {
  const size_t count = contestants.size();
  for (const Contestant &contestant : contestants)
    for (int warm = 0; warm < 2; ++warm)
      contestant.run();
  std::vector<std::vector<double>> seconds(count), ratios(count);
  for (int round = 0; round < rounds; ++round) {
    for (size_t turn = 0; turn < count; ++turn) {
      size_t which = round % 2 ? count - 1 - turn : turn;
      double start = now(clock);
      contestants[which].run();
      seconds[which].push_back(now(clock) - start);
    }
    for (size_t which = 0; which < count; ++which)
      ratios[which].push_back(seconds[which].back() / seconds[0].back());
  }
  std::vector<Timing> timings;
  for (size_t which = 0; which < count; ++which)
    timings.push_back({contestants[which].name, median(seconds[which]), median(ratios[which])});
  return timings;
}

} // namespace switchyard::bench
