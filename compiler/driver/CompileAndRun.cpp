// The subcommands that compile, `check` as far as errors can show. `run` compiles (or takes the artifact
// compiled before) and hands over to switchyard-run, which stands beside this program; a crash there stays
// there.
#include "compiler/driver/ArtifactCache.h"
#include "compiler/driver/Commands.h"
#include "compiler/driver/CompileProgress.h"
#include "compiler/driver/Compiler.h"
#include "runtime/files/WholeFile.h"
#include "runtime/waiting.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <iostream>
#include <unistd.h>

namespace switchyard {
namespace {

/// A checked program with what its errors are printed from.
struct Input {
  Sources sources;
  Diagnostics diagnostics;
  std::unique_ptr<CheckedProgram> program;
  bool ids;

  explicit Input(const Options &options) : ids(options.ids) {
    CheckOptions check;
    check.sets = options.sets;
    check.seed = options.seed;
    check.standardLibrary = standardLibraryFolder(options.executable);
    program = checkFile(options.file, check, sources, diagnostics);
  }
  /// Whether there is something to run; says so if not.
  bool hasExperiment() {
    if (program && program->experiments.empty())
      diagnostics.error(Id::NoExperiment, {0, 0, 0, 1},
                        "there is no experiment in this program: nothing is trained, nothing measured");
    return program && !program->experiments.empty();
  }
  void print() { diagnostics.print(sources, std::cerr, ids); }
};

bool checkDisabled(const Options &options) {
  std::vector<std::string> known = optimizationNames();
  for (const std::string &name : options.disable) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    std::cerr << "switchyard: error: there is no optimization named `" << name << "`"
              << didYouMean(name, known) << "\n  those that can be disabled: " << llvm::join(known, ", ")
              << "\n";
    return false;
  }
  return true;
}

CompilerOptions::Kernels kernelsFor(const std::string &device) {
  if (device == "cpu")
    return CompilerOptions::Kernels::None;
  return device == "emulated" ? CompilerOptions::Kernels::Emulated : CompilerOptions::Kernels::Ptx;
}

/// Whether this machine has a GPU's driver; the driver itself says later whether there is a GPU.
bool hasGpuDriver() {
  std::string message;
  return llvm::sys::DynamicLibrary::getPermanentLibrary("libcuda.so.1", &message).isValid();
}

CompilerOptions compilerOptions(const Options &options, const char *defaultCpu) {
  CompilerOptions result;
  result.cpu = options.cpu.empty() ? defaultCpu : options.cpu;
  std::vector<std::string> atRunTime = runtimeOptimizationNames();
  for (const std::string &name : options.disable)
    if (!llvm::is_contained(atRunTime, name))
      result.disabled.push_back(name);
  result.file = options.file;
  result.seed = options.seed;
  result.batch = options.batch;
  if (!options.gpus.empty())
    result.gpus = options.gpus;
  result.kernels = kernelsFor(options.device);
  result.remarks = options.remarks;
  return result;
}

int writeText(const std::string &text, const std::string &path) {
  if (path.empty() || path == "-") {
    std::cout << text;
    return 0;
  }
  try {
    writeWhole(path, text);
    return 0;
  } catch (const std::exception &error) {
    std::cerr << "switchyard: error: " << error.what() << "\n";
    return 1;
  }
}

std::string compilerPath(const Options &options) {
  return llvm::sys::fs::getMainExecutable(options.executable.c_str(),
                                          reinterpret_cast<void *>(&compilerPath));
}

/// The artifact's path in the cache, where it is made unless it is there and whole; empty after errors.
std::string cached(Input &input, const Options &options, const CompilerOptions &compiler) {
  ArtifactCache cache(options.store);
  if (!cache.problem().empty()) {
    input.diagnostics.error(Id::CacheFolder, {}, cache.problem());
    return "";
  }
  std::string name = artifactName(input.sources, options, compiler, compilerPath(options));
  ArtifactCache::State state = cache.look(name);
  if (state == ArtifactCache::State::Whole)
    return cache.pathOf(name);
  if (state == ArtifactCache::State::Damaged)
    input.diagnostics.warning(Id::DamagedArtifact, {},
                              "the compiled program " + cache.pathOf(name) +
                                  " is damaged; it is compiled again");
  auto progress = CompileProgress::onStandardError(options.file);
  Compiler made(*input.program, input.sources, input.diagnostics, compiler);
  made.onStage([&](const std::string &words) { progress->stage(words); });
  return made.writeArtifact(cache.pathOf(name)) ? cache.pathOf(name) : "";
}

/// The artifact's path, compiled now unless it was before; empty after errors.
std::string artifactFor(const Options &options) {
  Input input(options);
  std::string path;
  if (input.hasExperiment()) {
    CompilerOptions compiler = compilerOptions(options, "native");
    if (options.device == "auto" && !hasGpuDriver())
      compiler.kernels = CompilerOptions::Kernels::None;
    path = cached(input, options, compiler);
  }
  input.print();
  return path;
}

} // namespace

/// The front end's checks, and those of the passes that see the networks with their defenses applied.
int checkCommand(const Options &options) {
  Input input(options);
  std::string programs;
  if (input.program)
    Compiler(*input.program, input.sources, input.diagnostics, compilerOptions(options, "x86-64-v3"))
        .emit("programs", programs);
  input.print();
  return input.program && !input.diagnostics.hasErrors() ? 0 : 1;
}

int compileCommand(const Options &options) {
  std::string text;
  if (options.emit == "ast")
    return astText(options, text) ? writeText(text, options.output) : 1;
  if (!checkDisabled(options))
    return 2;
  Input input(options);
  int status = 1;
  if (input.program) {
    auto progress = CompileProgress::onStandardError(options.file);
    Compiler compiler(*input.program, input.sources, input.diagnostics,
                      compilerOptions(options, "x86-64-v3"));
    compiler.onStage([&](const std::string &words) { progress->stage(words); });
    if (!options.emit.empty()) {
      if (compiler.emit(options.emit, text))
        status = writeText(text, options.output);
    } else if (input.hasExperiment()) {
      std::string path = options.output;
      if (path.empty())
        path = llvm::sys::path::stem(options.file).str() + ".so";
      status = compiler.writeArtifact(path) ? 0 : 1;
    }
    progress.reset();
    std::cerr << compiler.remarks();
  }
  input.print();
  return status;
}

int runCommand(const Options &options) {
  if (!checkDisabled(options))
    return 2;
  std::string artifact = artifactFor(options);
  if (artifact.empty())
    return 1;
  llvm::SmallString<256> runner(compilerPath(options));
  llvm::sys::path::remove_filename(runner);
  llvm::sys::path::append(runner, "switchyard-run");
  std::vector<std::string> words{runner.str().str(), artifact,   "--out",
                                 options.out,        "--device", options.device};
  if (!options.data.empty())
    words.insert(words.end(), {"--data", options.data});
  if (!options.store.empty())
    words.insert(words.end(), {"--store", options.store});
  for (const std::string &name : runtimeOptimizationNames())
    if (llvm::is_contained(options.disable, name))
      words.insert(words.end(), {"--disable", name});
  if (options.together > 0)
    words.insert(words.end(), {"--together", std::to_string(options.together)});
  if (options.noExamples)
    words.push_back("--no-examples");
  if (options.noPairs)
    words.push_back("--no-pairs");
  if (options.threads > 0)
    words.insert(words.end(), {"--threads", std::to_string(options.threads)});
  std::vector<char *> arguments;
  for (std::string &word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::cout.flush();
  chooseWaiting();
  execv(arguments[0], arguments.data());
  std::cerr << "switchyard: error: cannot start " << arguments[0] << ": " << std::strerror(errno)
            << "\n  it is built with the runtime and stands beside switchyard\n";
  return 1;
}

} // namespace switchyard
