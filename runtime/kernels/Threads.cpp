// Counts cores, sets the team and splits loops over it.
#include "runtime/kernels/Threads.h"

#include <ATen/Parallel.h>
#include <omp.h>
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
  for (int place = 0; place < omp_get_num_places(); ++place) {
    std::vector<int> cpus(size_t(omp_get_place_num_procs(place)));
    omp_get_place_proc_ids(place, cpus.data());
    for (int cpu : cpus)
      CPU_SET(cpu, &mask);
  }
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

void setTeam(int threads) {
  at::set_num_threads(threads);
  omp_set_dynamic(0);
  omp_set_max_active_levels(1);
  omp_set_num_threads(threads);
}

bool insideLoop() {
  return omp_in_parallel();
}

void parallelFor(int threads, int64_t count, int64_t grain, swy_loop_body body, void *env) {
  if (count <= 0)
    return;
  int64_t pieces = std::min<int64_t>(threads, count / std::max<int64_t>(grain, 1));
  if (pieces <= 1 || insideLoop())
    return body(0, count, env);
  int64_t length = (count + pieces - 1) / pieces; // at least grain, since pieces * grain <= count
  // The whole team even where fewer pieces exist: see Threads.h.
#pragma omp parallel num_threads(threads)
  {
    int64_t begin = omp_get_thread_num() * length;
    if (begin < count)
      body(begin, std::min(begin + length, count), env);
  }
}

void takeTurns(int threads, int64_t count, const std::function<void(int, int64_t)> &body) {
  std::atomic<int64_t> next{0};
  std::mutex failing;
  std::exception_ptr failure;
#pragma omp parallel num_threads(threads)
  {
    // oneDNN plans for omp_get_max_threads(), which still tells the team's size here, and then meets a team
    // of one. What is set here holds for this thread until the region's end; the team keeps its size.
    omp_set_num_threads(1);
    try {
      for (int64_t item = next++; item < count; item = next++)
        body(omp_get_thread_num(), item);
    } catch (...) {
      std::lock_guard<std::mutex> lock(failing);
      failure = std::current_exception();
      next = count;
    }
  }
  if (failure)
    std::rethrow_exception(failure);
}

} // namespace switchyard::rt
