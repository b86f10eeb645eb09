// The subcommands that need the front end alone: a program as text again.

#include "compiler/syntax/Print.h"
#include "compiler/driver/Commands.h"
#include "compiler/semantics/FormatResolved.h"
#include "compiler/syntax/Parse.h"

#include <iostream>

namespace switchyard {
namespace {

CheckOptions checkOptions(const Options &options) {
  CheckOptions result;
  result.sets = options.sets;
  result.seed = options.seed;
  result.standardLibrary = standardLibraryFolder(options.executable);
  return result;
}

} // namespace

int printCommand(const Options &options) {
  Sources sources;
  Diagnostics diagnostics;
  std::string text;
  if (options.resolved) {
    if (auto program = checkFile(options.file, checkOptions(options), sources, diagnostics))
      text = formatResolved(*program, sources);
  } else if (auto module = parseFile(options.file, sources, diagnostics); !diagnostics.hasErrors()) {
    text = withComments(format(*module), sources[module->file].text);
  }
  diagnostics.print(sources, std::cerr, options.ids);
  std::cout << text;
  return diagnostics.hasErrors() ? 1 : 0;
}

bool astText(const Options &options, std::string &text) {
  Sources sources;
  Diagnostics diagnostics;
  auto module = parseFile(options.file, sources, diagnostics);
  diagnostics.print(sources, std::cerr, options.ids);
  if (diagnostics.hasErrors())
    return false;
  text = dump(*module);
  return true;
}

} // namespace switchyard
