// Programs: refused with diagnostics, or checked; then the resolved program checks and prints as itself.
#include "compiler/semantics/Check.h"
#include "compiler/semantics/FormatResolved.h"
#include "test/fuzz/Target.h"

using namespace switchyard;

/// The resolved program of a text; empty where it has errors, each of which must be said.
static std::string resolvedText(const std::string &text) {
  FileInMemory file(text);
  Sources sources;
  Diagnostics diagnostics;
  CheckOptions options;
  options.standardLibrary = standardLibraryFolder("/proc/self/exe");
  auto program = checkFile(file.path, options, sources, diagnostics);
  if (!program && !diagnostics.hasErrors())
    std::abort();
  return program ? formatResolved(*program, sources) : "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string once = resolvedText(textOf(data, size));
  if (!once.empty() && resolvedText(once) != once)
    std::abort();
  return 0;
}
