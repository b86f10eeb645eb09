// switchyard-run: opens a compiled artifact, runs its plan, writes the report. Everything that fails ends
// here as a line on standard error. Exit status: 0 all is done and written; 3 some jobs failed, the report of
// the others is written; 2 wrong usage; 1 everything else; 128 and the signal's number after an interruption.
#include "runtime/data/Identity.h"
#include "runtime/files/Folders.h"
#include "runtime/kernels/Context.h"
#include "runtime/kernels/cuda/Device.h"
#include "runtime/plan/Executor.h"
#include "runtime/report/Judged.h"
#include "runtime/report/OutFolder.h"
#include "runtime/report/Program.h"
#include "runtime/report/Report.h"
#include "runtime/waiting.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <set>
#include <unistd.h>

using namespace switchyard::rt;

namespace {

struct Options {
  std::string artifact, data, store, out = "out", device = "auto";
  int threads = 0; // 0: the runtime chooses
  size_t together = 10;
  std::vector<std::string> disable;
  bool noExamples = false, noPairs = false;

  bool disabled(const std::string &name) const {
    return std::find(disable.begin(), disable.end(), name) != disable.end();
  }
};

/// The store holds whole entries only, so there is nothing to tidy up: say so and leave.
void onInterrupt(int signal) {
  static const char message[] =
      "\nswitchyard-run: interrupted; finished work is kept, the same command goes on\n";
  if (::write(STDERR_FILENO, message, sizeof message - 1) < 0)
    ::_exit(1);
  ::_exit(128 + signal);
}

void addOptions(CLI::App &app, Options &options) {
  app.add_option("artifact", options.artifact, "what `switchyard compile` wrote")->required();
  app.add_option("--data", options.data, "directory of data sets (else $SWITCHYARD_DATA)");
  app.add_option("--store", options.store,
                 "directory of finished work (else $XDG_DATA_HOME/switchyard or ~/.local/share/switchyard)");
  app.add_option("--out", options.out, "directory of results")->capture_default_str();
  app.add_option("--device", options.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  app.add_flag("--no-examples", options.noExamples,
               "keep no finished examples in the store, by which other judges need no new attack");
  app.add_flag("--no-pairs", options.noPairs, "write no pairs.csv, which has a row for each attacked pair");
  app.add_option("--together", options.together, "trainings side by side on a GPU")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--disable", options.disable,
                 "leave out capture (steps as graphs), batch-channels (trainings side by side)")
      ->check(CLI::IsMember({"capture", "batch-channels"}));
  app.add_option("--threads", options.threads, "threads to use (else all cores)")->check(CLI::Range(1, 1024));
}

std::string dataDirectory(const Options &options) {
  const char *fallback = std::getenv("SWITCHYARD_DATA");
  return !options.data.empty() ? options.data : fallback ? fallback : "";
}

/// Makes the folder of results this program's.
ResultsFolder claimResults(const Plan &plan, const std::string &directory) {
  try {
    return ResultsFolder(directory, plan.file, filesOfProgram(plan));
  } catch (const std::exception &error) {
    throw std::runtime_error(error.what() + std::string("; choose another directory with --out"));
  }
}

ResultsFolder beginResults(const Plan &plan, const std::string &directory) {
  ResultsFolder folder = claimResults(plan, directory);
  if (const Displaced &other = folder.displaced(); !other.folder.empty())
    std::cerr << "switchyard-run: note: " << directory << " held "
              << (other.program.empty() ? "files that no run wrote" : "the results of " + other.program)
              << "; they are in " << other.folder << " now\n";
  if (folder.path() != directory)
    std::cerr << "switchyard-run: note: another run"
              << (folder.busyWith().empty() ? "" : " (" + folder.busyWith() + ")") << " is writing to "
              << directory << "; the results of this one go to " << folder.path() << "\n";
  writeProgram(plan, folder.path());
  return folder;
}

/// The GPU with the artifact's kernels on it; null for the CPU. `auto` takes the GPU where all that it needs
/// is there, and says why not where a machine has NVIDIA's driver but something is missing.
std::unique_ptr<Device> chooseDevice(const Options &options, const Artifact &artifact) {
  if (options.device == "cpu" || (options.device == "auto" && !Device::driverIsThere()))
    return nullptr;
  try {
    auto device = std::make_unique<Device>();
    const void *kernels = artifact.kernels(device->capability());
    if (!kernels)
      throw std::runtime_error("the artifact has no kernels for " + device->name() + " (sm_" +
                               std::to_string(device->capability()) + "); compile it with --gpu sm_" +
                               std::to_string(device->capability()));
    device->loadKernels(kernels);
    return device;
  } catch (const std::exception &error) {
    if (options.device == "cuda")
      throw std::runtime_error("--device cuda: " + std::string(error.what()));
    std::cerr << "switchyard-run: warning: running on the CPU: " << error.what() << "\n";
    return nullptr;
  }
}

/// Says each reason once; whether there are any.
bool reportFailures(const Outcomes &outcomes) {
  std::set<std::string> said;
  for (const auto &[job, failure] : outcomes.failures)
    if (said.insert(failure.message).second)
      std::cerr << "switchyard-run: error: " << failure.message << "\n";
  return !outcomes.failures.empty();
}

int run(const Options &options) {
  Artifact artifact(options.artifact);
  std::unique_ptr<Device> device = chooseDevice(options, artifact);
  Plan plan = parsePlan(artifact.planText());
  ResultsFolder results =
      beginResults(plan, options.out); // before the work, so that a wrong --out is known at once
  Store store(options.store.empty() ? switchyard::workFolder() : options.store);
  Context context(options.threads, device.get());
  if (context.threads() < options.threads)
    std::cerr << "switchyard: OMP_THREAD_LIMIT leaves " << context.threads() << " of the " << options.threads
              << " threads asked for\n";
  Progress progress(std::cerr, ::isatty(STDERR_FILENO), int64_t(plan.jobs.size()));
  if (device)
    progress.detail("running on " + device->name());
  Workplace work{plan, artifact, context.get(), store, progress, device.get(), !options.noExamples};
  std::string data = dataDirectory(options);
  if (device && options.disabled("capture"))
    device->neverRecord();
  Executor executor(work,
                    {[&](const DatasetSpec &spec) { return loadDataset(spec, data); },
                     [&](const DatasetSpec &spec) { return dataIdentity(spec, data); }},
                    options.disabled("batch-channels") ? 1 : options.together);
  Outcomes outcomes = executor.run();
  judgeAll(plan, outcomes);
  progress.total();
  bool failed = reportFailures(outcomes);
  printReport(writeFiles(plan, outcomes, results.path(), !options.noPairs), std::cout);
  if (!std::cout.flush())
    throw std::runtime_error("cannot write the tables to standard output");
  return failed ? 3 : 0;
}

} // namespace

int main(int argc, char **argv) {
  if (switchyard::chooseWaiting()) // switchyard run has done so already
    execv("/proc/self/exe", argv);
  Options options;
  CLI::App app("Runs a compiled Switchyard experiment.", "switchyard-run");
  addOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &help) {
    return app.exit(help);
  } catch (const CLI::ParseError &error) {
    std::cerr << "switchyard-run: error: " << error.what() << "; see switchyard-run --help\n";
    return 2;
  }
  for (int signal : {SIGINT, SIGTERM})
    std::signal(signal, onInterrupt);
  try {
    return run(options);
  } catch (const std::exception &error) {
    std::cerr << "switchyard-run: error: " << error.what() << "\n";
    return 1;
  }
}
