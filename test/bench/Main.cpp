// switchyard-bench: compiled train steps and attack steps against the same maths in eager LibTorch, in one
// run at equal threads. Without artifacts it times the runtime's library calls alone, which are the floor
// under them; with --grouped, those of switching blocks. With --switching, whole attacks of one artifact
// against one another: what a step costs on a network that switches, over the base network's.
#include "test/bench/Compiled.h"
#include "test/bench/Eager.h"
#include "test/bench/GroupedCalls.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>

using namespace switchyard;
using namespace switchyard::bench;

namespace {

struct Options {
  std::string mnist, cifar, switching, trainFunction, attackFunction, clock = "wall";
  int threads = 0, rounds = 11;
  int64_t steps = 4;
  bool grouped = false;

  Clock chosenClock() const { return clock == "cpu" ? Clock::Cpu : Clock::Wall; }
};

/// The BLAS that the dynamic linker found for LibTorch: it decides the peer's dense layers.
std::string blasInUse() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("blas") != std::string::npos && line.find('/') != std::string::npos)
      return line.substr(line.find('/'));
  return "none";
}

void printConditions(const Options &options, const rt::Context &context) {
  std::printf("%d threads, %d rounds, %s clock, LibTorch %s, BLAS %s\n", context.threads(), options.rounds,
              options.clock.c_str(), TORCH_VERSION, blasInUse().c_str());
  for (const char *name :
       {"OPENBLAS_CORETYPE", "OMP_PROC_BIND", "MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_"})
    std::printf("  %s=%s\n", name, std::getenv(name) ? std::getenv(name) : "");
}

/// The function given on the command line, or that of the plan's first job of the kind.
std::string functionName(const test::CompiledArtifact &artifact, const std::string &given, const char *kind,
                         const char *member) {
  if (!given.empty())
    return given;
  for (const auto &job : artifact.plan().at("jobs"))
    if (job.at("kind") == kind)
      return job.at(member).at("function");
  throw std::runtime_error(std::string("the artifact has no job of kind \"") + kind + "\"");
}

void report(const Options &options, rt::Context &context, const std::string &title,
            const std::vector<Contestant> &contestants, int64_t images) {
  std::printf("\n%s\n", title.c_str());
  for (const Timing &timing : interleave(contestants, options.rounds, options.chosenClock()))
    std::printf("  %-26s %9.2f ms  %8.0f images/s  %5.2f times the first\n", timing.name.c_str(),
                1e3 * timing.seconds, double(images) / timing.seconds, timing.ratio);
  printBreakdown(context, contestants.front());
  std::fflush(stdout);
}

void benchTraining(const Options &options, rt::Context &context, const Subject &subject,
                   const test::CompiledArtifact *artifact) {
  int64_t batch = 128;
  std::vector<Contestant> contestants;
  if (artifact) {
    std::string name = functionName(*artifact, options.trainFunction, "train", "step");
    batch = artifact->function(name).batch();
    contestants.push_back(compiled(context, *artifact, name, subject, 1));
  }
  contestants.push_back(libraryCalls(context, subject, batch, true, 1));
  contestants.push_back(eagerTraining(subject, Peer::Tuned, batch));
  contestants.push_back(eagerTraining(subject, Peer::Default, batch));
  report(options, context, subject.name + ": one training step, batch " + std::to_string(batch), contestants,
         batch);
}

void benchAttack(const Options &options, rt::Context &context, const Subject &subject,
                 const test::CompiledArtifact *artifact) {
  int64_t batch = 100;
  std::vector<Contestant> contestants;
  if (artifact) {
    std::string name = functionName(*artifact, options.attackFunction, "attack", "attack");
    batch = artifact->function(name).batch();
    contestants.push_back(compiled(context, *artifact, name, subject, options.steps));
  }
  contestants.push_back(libraryCalls(context, subject, batch, false, options.steps));
  contestants.push_back(eagerAttack(subject, Peer::Tuned, batch, options.steps));
  contestants.push_back(eagerAttack(subject, Peer::Default, batch, options.steps));
  report(options, context,
         subject.name + ": " + std::to_string(options.steps) + " steps of PGD, batch " +
             std::to_string(batch) + " (images/s: image-steps a second)",
         contestants, batch * options.steps);
}

void printImplementations(const rt::Context &context) {
  std::printf("\nimplementations\n");
  for (const auto &[call, implementation] : context.implementations())
    std::printf("  %-26s %s\n", implementation.c_str(), call.c_str());
}

void benchGrouped(const Options &options, rt::Context &context) {
  const int64_t batch = 512;
  for (const Subject &subject : {mnistCnn(), cifarCnn()}) {
    std::vector<Contestant> contestants;
    for (int64_t channels : {0, 1, 10, 30})
      contestants.push_back(firstBlock(context, subject, batch, channels, options.steps));
    report(options, context,
           subject.name + ": library calls of the first block, " + std::to_string(options.steps) +
               " times forward and backward, batch " + std::to_string(batch),
           contestants, batch * options.steps);
    printBreakdown(context, contestants.back());
  }
}

/// The attack functions of an artifact, each once, in the order of its jobs.
std::vector<std::string> attackFunctions(const test::CompiledArtifact &artifact) {
  std::vector<std::string> names;
  for (const auto &job : artifact.plan().at("jobs"))
    if (job.at("kind") == "attack") {
      std::string name = job.at("attack").at("function");
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    }
  return names;
}

/// Weights are random: which channel a row draws does not depend on them, and neither does the time.
void benchSwitching(const Options &options, rt::Context &context) {
  test::CompiledArtifact artifact(options.switching);
  std::vector<Contestant> contestants;
  int64_t images = 0;
  for (const std::string &name : attackFunctions(artifact)) {
    images = artifact.function(name).batch() * options.steps;
    contestants.push_back(compiled(context, artifact, name, Subject(), options.steps));
    contestants.back().name = name;
  }
  report(options, context, std::to_string(options.steps) + " attack steps, packing included", contestants,
         images);
}

void benchAll(const Options &options) {
  rt::Context context(options.threads);
  printConditions(options, context);
  if (options.grouped)
    return benchGrouped(options, context);
  if (!options.switching.empty())
    return benchSwitching(options, context);
  for (const auto &[subject, path] :
       {std::pair(mnistCnn(), options.mnist), std::pair(cifarCnn(), options.cifar)}) {
    std::optional<test::CompiledArtifact> artifact;
    if (!path.empty())
      artifact.emplace(path);
    benchTraining(options, context, subject, artifact ? &*artifact : nullptr);
    benchAttack(options, context, subject, artifact ? &*artifact : nullptr);
  }
  printImplementations(context);
}

} // namespace

int main(int argc, char **argv) {
  Options options;
  CLI::App app("Times compiled functions against eager LibTorch.");
  app.add_option("--mnist", options.mnist, "artifact of a program that trains and attacks mnist_cnn");
  app.add_option("--cifar", options.cifar, "artifact of a program that trains and attacks cifar_cnn");
  app.add_option("--train-function", options.trainFunction, "default: the step of the first train job");
  app.add_option("--attack-function", options.attackFunction, "default: that of the first attack job");
  app.add_option("--threads", options.threads, "0: one for each core");
  app.add_option("--rounds", options.rounds)->check(CLI::PositiveNumber);
  app.add_option("--steps", options.steps, "attack steps in one measured call")->check(CLI::PositiveNumber);
  app.add_option("--switching", options.switching, "only this artifact's attacks, against its first");
  app.add_flag("--grouped", options.grouped, "only switching blocks: library calls grouped by channel");
  app.add_option("--clock", options.clock, "cpu on a busy machine, with --threads 1")
      ->check(CLI::IsMember({"wall", "cpu"}));
  CLI11_PARSE(app, argc, argv);
  try {
    benchAll(options);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "switchyard-bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
