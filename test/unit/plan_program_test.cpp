// switchyard-run as a user meets it: results, the second run, and one line for every failure.
#include "plan_fixture.h"
#include "runtime/kernels/cuda/Device.h"

#include <cstdio>
#include <fstream>
#include <sys/wait.h>

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
      {1, artifact + " --out " + file, "cannot write " + file + "/program.swy"},
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
