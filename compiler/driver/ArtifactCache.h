// Compiled programs that `run` takes instead of compiling again. An artifact is named by all that it is made
// from: the bytes of every file read, what the command line says, the processor, and the compiler itself. It
// is loaded and run, so it is taken only from a folder that nobody else may write to, and only whole.
#ifndef SWITCHYARD_COMPILER_DRIVER_ARTIFACTCACHE_H
#define SWITCHYARD_COMPILER_DRIVER_ARTIFACTCACHE_H

#include "compiler/driver/Commands.h"
#include "compiler/driver/Compiler.h"

#include <string>

namespace switchyard {

class ArtifactCache {
public:
  /// `DIR/artifacts` of --store, or of the user's cache. Where others may write to the first it is the
  /// second, and where they may write to both, or it cannot be made, `problem()` says so.
  explicit ArtifactCache(const std::string &store);

  const std::string &problem() const { return reason; }

  /// The file that belongs to a name.
  std::string pathOf(const std::string &name) const { return folder + "/" + name + ".so"; }

  enum class State { Missing, Damaged, Whole };
  State look(const std::string &name) const;

private:
  bool open(const std::string &base);

  std::string folder, reason;
};

/// The name of what compiling gives. `compilerFile` is the running program.
std::string artifactName(const Sources &sources, const Options &options, const CompilerOptions &compiler,
                         const std::string &compilerFile);

} // namespace switchyard

#endif
