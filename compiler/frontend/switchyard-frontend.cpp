// The front end alone, for work on it without MLIR: check FILE, print FILE [--resolved], compile FILE
// --emit=ast.

#include "compiler/driver/Commands.h"

#include <iostream>

int main(int argc, char **argv) {
  switchyard::Options options;
  options.executable = argv[0];
  std::string command = argc > 1 ? argv[1] : "";
  for (int i = 2; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--resolved")
      options.resolved = true;
    else if (word.rfind("--emit=", 0) == 0)
      options.emit = word.substr(7);
    else if (word == "--set" && i + 1 < argc)
      options.sets.push_back(argv[++i]);
    else if (word == "--seed" && i + 1 < argc)
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    else
      options.file = word;
  }
  if (command == "check")
    return switchyard::checkCommand(options);
  if (command == "print")
    return switchyard::printCommand(options);
  if (command == "compile" && options.emit == "ast")
    return switchyard::emitAst(options);
  std::cerr
      << "usage: switchyard-frontend check|print|compile FILE [--resolved] [--emit=ast] [--set NAME=VALUE]\n";
  return 2;
}
