// A compiled artifact: a shared object with its plan and its functions (docs/artifact.md).
#ifndef SWITCHYARD_RUNTIME_PLAN_ARTIFACT_H
#define SWITCHYARD_RUNTIME_PLAN_ARTIFACT_H

#include "runtime/contract/abi.h"

#include <memory>
#include <string>

namespace switchyard::rt {

class Artifact {
public:
  /// Opens the file; throws std::runtime_error where it is missing, no artifact, or of another ABI version.
  explicit Artifact(const std::string &path);

  /// The plan's JSON text.
  const char *planText() const;
  /// Throws std::runtime_error, naming the function, where the artifact lacks it.
  swy_compiled_function function(const std::string &name) const;
  /// The device function of that name.
  swy_compiled_function deviceFunction(const std::string &name) const;

  /// Kernels for a GPU of this capability (80 for sm_80): of those there are, for the newest GPU that is no
  /// newer. 0 asks for emulated ones. Null where there are none.
  const void *kernels(int capability) const;

private:
  void *find(const std::string &name) const;
  void *symbol(const std::string &name) const;

  std::string path;
  std::shared_ptr<void> library;
};

} // namespace switchyard::rt

#endif
