// The command line of the compiler: subcommands and their options, nothing else. What they do: Commands.h.

#include "compiler/driver/Commands.h"
#include "compiler/syntax/Diagnostics.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

namespace {

using switchyard::Options;

/// The numbers' own reading takes `-1` for 2^64 - 1.
std::string wholeSeed(const std::string &text) {
  constexpr const char *most = "9223372036854775807";
  size_t zeros = std::min(text.find_first_not_of('0'), text.size());
  std::string digits = text.substr(zeros);
  bool whole = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  bool fits = digits.size() < 19 || (digits.size() == 19 && digits <= most);
  return whole && fits ? "" : std::string("a seed is a whole number from 0 to ") + most + ", got " + text;
}

void addFile(CLI::App *command, Options &options) {
  command->add_option("FILE", options.file, "the program")->required();
  command->add_option("--set", options.sets, "NAME=VALUE, a param of the program; may be repeated")
      ->type_name("NAME=VALUE")
      ->take_all();
  command->add_flag("--ids", options.ids, "show behind each message what it is about, for tools");
  command->add_option("--seed", options.seed, "of all random draws (1)")->check(wholeSeed);
}

void addCode(CLI::App *command, Options &options) {
  command->add_option("--disable", options.disable, "a pass to leave out; may be repeated")->take_all();
  command->add_option("--cpu", options.cpu, "processor to compile for: x86-64-v3, native, ...");
  command->add_option("--gpu", options.gpus, "GPU to compile for (sm_80 and sm_90); may be repeated")
      ->take_all();
  command
      ->add_option("--batch", options.batch,
                   "examples attacked or predicted at once (100; on a GPU up to 2048)")
      ->check(CLI::Range(1, 1 << 20));
}

CLI::App *addRun(CLI::App &app, Options &options) {
  CLI::App *run = app.add_subcommand("run", "compile and run: progress, tables, report");
  addFile(run, options);
  addCode(run, options);
  run->add_option("--device", options.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  run->add_option("--data", options.data, "folder of the data sets ($SWITCHYARD_DATA)");
  run->add_option("--store", options.store, "folder of trained weights and finished cells");
  run->add_option("--threads", options.threads, "threads to use (all cores)")->check(CLI::Range(1, 1024));
  run->add_option("--together", options.together, "trainings side by side on a GPU (10)")
      ->check(CLI::Range(1, 1024));
  run->add_flag("--no-examples", options.noExamples, "keep no finished examples in the store");
  run->add_flag("--no-pairs", options.noPairs, "write no pairs.csv, which has a row for each attacked pair");
  run->add_option("--out", options.out, "folder of the results (out)");
  return run;
}

CLI::App *addCompile(CLI::App &app, Options &options) {
  CLI::App *compile = app.add_subcommand("compile", "write the artifact, or show a stage");
  addFile(compile, options);
  addCode(compile, options);
  compile
      ->add_option("--device", options.device,
                   "auto (cpu and cuda), cpu, cuda, or emulated: kernels for a CPU, for tests")
      ->check(CLI::IsMember({"auto", "cpu", "cuda", "emulated"}));
  compile->add_option("--emit", options.emit, "stage to show")
      ->check(CLI::IsMember({"ast", "swy", "programs", "linalg", "gpu", "ptx", "llvm", "obj"}));
  compile->add_flag("--remarks", options.remarks, "say which optimizations applied, and why others did not");
  compile->add_option("-o", options.output, "file to write");
  return compile;
}

/// Says which command the first word should have been; the options' own reading would only miss one.
bool isCommand(const CLI::App &app, const std::string &word) {
  std::vector<std::string> known;
  for (const CLI::App *command : app.get_subcommands(nullptr))
    known.push_back(command->get_name());
  if (word.empty() || word[0] == '-' || std::count(known.begin(), known.end(), word))
    return true;
  std::cerr << "switchyard: error: there is no command `" << word << "`"
            << switchyard::didYouMean(word, known) << "\n  the commands: ";
  for (size_t i = 0; i < known.size(); ++i)
    std::cerr << (i ? ", " : "") << known[i];
  std::cerr << "; `switchyard --help` says what they do\n";
  return false;
}

/// A command that could not write its output has failed.
int afterWriting(int status) {
  if (std::cout.flush() || status != 0)
    return status;
  std::cerr << "switchyard: error: cannot write to standard output\n";
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  Options options;
  options.executable = argv[0];
  CLI::App app("Switchyard: experiments on randomized defenses of neural networks", "switchyard");
  app.set_version_flag("--version", "switchyard " SWITCHYARD_VERSION);
  app.require_subcommand(1);
  CLI::App *run = addRun(app, options);
  CLI::App *check = app.add_subcommand("check", "errors and warnings; nothing runs");
  addFile(check, options);
  CLI::App *compile = addCompile(app, options);
  CLI::App *print = app.add_subcommand("print", "the program in its one format");
  addFile(print, options);
  print->add_flag("--resolved", options.resolved, "with every default filled in");
  if (argc > 1 && !isCommand(app, argv[1]))
    return 2;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return afterWriting(app.exit(error) == 0 ? 0 : 2);
  }
  if (run->parsed())
    return switchyard::runCommand(options);
  if (check->parsed())
    return afterWriting(switchyard::checkCommand(options));
  if (compile->parsed())
    return afterWriting(switchyard::compileCommand(options));
  return afterWriting(switchyard::printCommand(options));
}
