// Counts cores, sets the team and splits loops over it.
#include "runtime/kernels/Threads.h"
#include "runtime/kernels/Team.h"

#include <ATen/Parallel.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace switchyard::rt {

/// Cores' worth of time that the control group grants, or `otherwise` where it sets no limit.
static int quotaCores(int otherwise) {
  std::ifstream unified("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  if (unified >> quota >> period && period > 0) // without a limit the first word is "max", which is no number
    return std::max(1, int(std::ceil(quota / period)));
  std::ifstream oldQuota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
      oldPeriod("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (oldQuota >> quota && oldPeriod >> period && quota > 0 && period > 0)
    return std::max(1, int(std::ceil(quota / period)));
  return otherwise;
}

/// The processors that this process was started with. Where OMP_PROC_BIND is set, libgomp has bound this
/// thread to one of them, and its places tell the rest.
static cpu_set_t processMask() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  swy_team_processors([](int cpu, void *bound) { CPU_SET(cpu, static_cast<cpu_set_t *>(bound)); }, &mask);
  if (CPU_COUNT(&mask) == 0)
    sched_getaffinity(0, sizeof mask, &mask);
  return mask;
}

int availableCores() {
  const cpu_set_t mask = processMask();
  std::set<std::pair<int, int>> cores; // (package, core): two hardware threads of a core share its arithmetic
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &mask))
      continue;
    std::string topology = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    std::ifstream package(topology + "physical_package_id"), core(topology + "core_id");
    std::pair<int, int> place(-1, cpu); // where the system tells nothing, each is a core
    if (int p, c; package >> p && core >> c)
      place = {p, c};
    cores.insert(place);
  }
  int count = std::max<int>(1, int(cores.size()));
  return std::min(count, quotaCores(count));
}

int setTeam(int threads) {
  threads = std::min(threads, swy_team_limit());
  at::set_num_threads(threads);
  swy_team_set(threads);
  return threads;
}

bool insideLoop() {
  return swy_team_inside();
}

namespace {

/// A range cut into pieces of `length`, dealt to the members of a team.
struct Range {
  int64_t count, length;
  swy_loop_body body;
  void *env;
};

/// Items that a team's members take in their order.
struct Turns {
  Turns(int64_t count, const std::function<void(int, int64_t)> &body) : count(count), body(body) {}

  const int64_t count;
  const std::function<void(int, int64_t)> &body;
  std::atomic<int64_t> next{0};
  std::mutex failing;
  std::exception_ptr failure;
};

} // namespace

/// A team smaller than was asked for deals the remaining pieces again: none is left out.
static void doPieces(int number, int members, void *env) {
  const Range &range = *static_cast<Range *>(env);
  for (int64_t begin = number * range.length; begin < range.count; begin += members * range.length)
    range.body(begin, std::min(begin + range.length, range.count), range.env);
}

void parallelFor(int threads, int64_t count, int64_t grain, swy_loop_body body, void *env) {
  if (count <= 0)
    return;
  int64_t pieces = std::min<int64_t>(threads, count / std::max<int64_t>(grain, 1));
  if (pieces <= 1 || insideLoop())
    return body(0, count, env);
  Range range{count, (count + pieces - 1) / pieces, body,
              env};                        // at least grain, since pieces * grain <= count
  swy_team_run(threads, doPieces, &range); // the whole team even where fewer pieces exist: see Threads.h
}

/// oneDNN plans for omp_get_max_threads(), which still tells the team's size here, and then meets a team of
/// one: each member plans for itself. That holds for this thread until the region's end; the team keeps its
/// size.
static void doTurns(int number, int, void *env) {
  Turns &turns = *static_cast<Turns *>(env);
  swy_team_alone();
  try {
    for (int64_t item = turns.next++; item < turns.count; item = turns.next++)
      turns.body(number, item);
  } catch (...) {
    std::lock_guard<std::mutex> lock(turns.failing);
    turns.failure = std::current_exception();
    turns.next = turns.count;
  }
}

void takeTurns(int threads, int64_t count, const std::function<void(int, int64_t)> &body) {
  Turns turns(count, body);
  swy_team_run(threads, doTurns, &turns);
  if (turns.failure)
    std::rethrow_exception(turns.failure);
}

} // namespace switchyard::rt
