// Times contestants in turns, so that a slow minute of the machine hits all of them alike.
#ifndef SWITCHYARD_TEST_BENCH_INTERLEAVE_H
#define SWITCHYARD_TEST_BENCH_INTERLEAVE_H

#include <functional>
#include <string>
#include <vector>

namespace switchyard::bench {

struct Contestant {
  std::string name;
  std::function<void()> run;
};

enum class Clock { Wall, Cpu };

/// Seconds on the clock; Cpu is the time of all threads of this process.
double now(Clock clock);

/// Medians over rounds: seconds of a run, and the ratio to the first contestant in the same round.
struct Timing {
  std::string name;
  double seconds, ratio;
};

/// Runs every contestant twice unmeasured, then once in each round; every other round in reversed order.
std::vector<Timing> interleave(const std::vector<Contestant> &contestants, int rounds, Clock clock);

} // namespace switchyard::bench

#endif
