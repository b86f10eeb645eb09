// What the command line asks for, and the functions that answer, one a subcommand. Each returns the exit
// status: 0, 1 if the program has errors (printed to the standard error), 2 if the call itself is wrong.

#ifndef SWITCHYARD_COMPILER_DRIVER_COMMANDS_H
#define SWITCHYARD_COMPILER_DRIVER_COMMANDS_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard {

struct Options {
  std::string executable; ///< argv[0]; the standard library is found from it
  std::string file;
  std::string emit;   ///< compile: stage to print; empty: the artifact
  std::string output; ///< compile: -o; empty: standard output for text, FILE's name for the artifact
  std::vector<std::string> sets; ///< `name=value`
  std::string device = "auto";
  std::string data;  ///< empty: $SWITCHYARD_DATA
  std::string store; ///< empty: the runtime's default
  std::string out = "out";
  uint64_t seed = 1;
  std::vector<std::string> disable; ///< names of passes
  std::string cpu;                  ///< empty: x86-64-v3 (`native` when running)
  std::vector<std::string> gpus;    ///< empty: sm_80 and sm_90
  int64_t batch = 0;                ///< examples attacked or predicted at once; 0: the compiler chooses
  int threads = 0;                  ///< run: 0: all cores
  int together = 0;                 ///< run: trainings side by side on a GPU; 0: the runtime's default
  bool noExamples = false;          ///< run: keep no finished examples
  bool noPairs = false;             ///< run: write no pairs.csv
  bool resolved = false;            ///< print
  bool ids = false;                 ///< what each message is about, behind it
  bool remarks = false;             ///< compile: what the passes did, and why not
};

int checkCommand(const Options &options);
int printCommand(const Options &options);
/// The program as it is parsed; false where it cannot be.
bool astText(const Options &options, std::string &text);
int compileCommand(const Options &options);
int runCommand(const Options &options);

} // namespace switchyard

#endif
