// switchyard-run as a user meets it: results, the second run, and one line for every failure.
#include "plan_fixture.h"
#include "runtime/kernels/cuda/Device.h"
#include "runtime/plan/Ledger.h"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <future>
#include <sys/wait.h>
#include <unistd.h>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

struct Finished {
  int status;
  std::string output; // both streams
};

static Finished switchyardRun(const std::string &arguments) {
  FILE *pipe = ::popen((std::string("\"") + SWITCHYARD_RUN + "\" " + arguments + " 2>&1").c_str(), "r");
  std::string output;
  for (char buffer[4096]; size_t got = std::fread(buffer, 1, sizeof buffer, pipe);)
    output.append(buffer, got);
  int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

static std::string places(const ScratchDirectory &directory) {
  return " --store " + directory.path("store") + " --out " + directory.path("out");
}

TEST(SwitchyardRun, RunsAndThenReads) {
  ScratchDirectory directory;
  Finished first = switchyardRun(PLAN_ARTIFACT + places(directory));
  EXPECT_EQ(first.status, 0) << first.output;
  EXPECT_NE(first.output.find("4 jobs done, 0 from the store, in "), std::string::npos) << first.output;
  std::ifstream program(directory.path("out/program.swy"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(program), {}), "use std");
  EXPECT_TRUE(std::filesystem::exists(directory.path("out/results.json")));
  Finished second = switchyardRun(PLAN_ARTIFACT + places(directory) + " --threads 1");
  EXPECT_EQ(second.status, 0) << second.output;
  EXPECT_NE(second.output.find("0 jobs done, 4 from the store, in "), std::string::npos) << second.output;
}

/// "4 jobs done, 0 from the store": the first number.
static int jobsDone(const std::string &output) {
  size_t at = output.find(" jobs done");
  if (at == std::string::npos)
    at = output.find(" job done");
  return at == std::string::npos ? -1 : std::atoi(output.c_str() + output.rfind('\n', at) + 1);
}

TEST(SwitchyardRun, TwoAtOnceShareTheWork) {
  ScratchDirectory directory;
  std::string command = PLAN_ARTIFACT + std::string(" --store ") + directory.path("store");
  auto other = std::async(std::launch::async,
                          [&] { return switchyardRun(command + " --out " + directory.path("two")); });
  Finished one = switchyardRun(command + " --out " + directory.path("one")), two = other.get();
  EXPECT_EQ(one.status, 0) << one.output;
  EXPECT_EQ(two.status, 0) << two.output;
  EXPECT_EQ(jobsDone(one.output) + jobsDone(two.output), 4) << one.output << two.output;
}

TEST(SwitchyardRun, SaysWhomItWaitsForAndThatItWasInterrupted) {
  ScratchDirectory directory;
  ASSERT_EQ(switchyardRun(PLAN_ARTIFACT + places(directory)).status, 0);
  std::string key; // of the training, whose entry is the largest
  uintmax_t largest = 0;
  for (const auto &file : std::filesystem::recursive_directory_iterator(directory.path("store")))
    if (file.is_regular_file() && file.file_size() > largest) {
      largest = file.file_size();
      key = file.path().filename();
    }
  Store store(directory.path("other"));
  Ledger ledger(store);
  ASSERT_TRUE(ledger.claim(key));
  for (int signal : {SIGTERM, SIGINT}) {
    std::string log = directory.path("log");
    Finished run =
        switchyardRun(PLAN_ARTIFACT + std::string(" --store ") + directory.path("other") + " --out " +
                      directory.path("out") + " > " + log + " 2>&1 & for i in $(seq 600); do grep -q waits " +
                      log + " && break; sleep 0.1; done; kill -" + std::to_string(signal) +
                      " $!; wait $!; echo status $?; cat " + log);
    EXPECT_NE(run.output.find("waits for process " + std::to_string(::getpid()) + " on "), std::string::npos)
        << run.output;
    EXPECT_NE(run.output.find("interrupted; finished work is kept, the same command goes on"),
              std::string::npos)
        << run.output;
    EXPECT_NE(run.output.find("status " + std::to_string(128 + signal)), std::string::npos) << run.output;
  }
}

TEST(SwitchyardRun, OutputThatCannotBeWrittenIsAFailure) {
  ScratchDirectory directory;
  EXPECT_EQ(switchyardRun(PLAN_ARTIFACT + places(directory) + " > /dev/full").status, 1);
}

TEST(SwitchyardRun, EveryFailureIsOneLine) {
  ScratchDirectory directory;
  std::ofstream(directory.path("file")) << "x";
  std::string artifact = PLAN_ARTIFACT + std::string(" --device cpu"), file = directory.path("file");
  const std::tuple<int, std::string, std::string> failures[] = {
      // 2: a wrong call
      {1, "nowhere.swyo", "cannot open artifact nowhere.swyo: no such file"},
      {1, PLAN_ARTIFACT + std::string(" --device cuda"),
       switchyard::rt::Device::driverIsThere() ? "--device cuda: " : "no NVIDIA driver on this machine"},
      {2, PLAN_ARTIFACT + std::string(" --device tpu"), "--device: tpu not in {auto,cpu,cuda}"},
      {2, artifact + " --threads 0", "--threads: Value 0 not in range"},
      {2, "", "artifact is required"},
      {2, artifact + places(directory) + " --store " + file, "--store"},
      {1, artifact + " --out " + file, "cannot read " + file + "/owner.json"},
      {1, artifact + " --out " + directory.path("out") + " --store " + file + "/store",
       "cannot make the store's directory " + file + "/store"},
  };
  for (auto &[status, arguments, message] : failures) {
    Finished run = switchyardRun(arguments);
    EXPECT_EQ(run.status, status) << arguments;
    EXPECT_EQ(run.output.find("switchyard-run: error: "), 0u) << run.output;
    EXPECT_NE(run.output.find(message), std::string::npos) << run.output;
    EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 1) << run.output;
  }
}
