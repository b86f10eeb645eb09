// Opens artifacts with dlopen. Their calls into the runtime resolve against the shared runtime library that
// the program is linked with.
#include "runtime/plan/Artifact.h"
#include "runtime/contract/Seal.h"
#include "runtime/data/Digest.h"
#include "runtime/files/WholeFile.h"

#include <dlfcn.h>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace switchyard::rt {

/// The loader maps a file that was cut off, and would let the process die of SIGBUS on the first page that is
/// not there.
static void requireWhole(const std::string &path) {
  std::optional<std::string> bytes = readWhole(path);
  std::optional<Sealed> sealed = bytes ? splitSeal(*bytes) : std::nullopt;
  if (!sealed || sha256Hex(sealed->content) != sealed->digest)
    throw std::runtime_error("cannot open artifact " + path +
                             ": it is no whole artifact of `switchyard compile`; compile the program again");
}

Artifact::Artifact(const std::string &path) : path(path) {
  std::error_code error;
  std::filesystem::path file = std::filesystem::absolute(path, error); // a bare name would be searched for
  if (error || !std::filesystem::exists(file, error))
    throw std::runtime_error("cannot open artifact " + path + ": no such file");
  requireWhole(path);
  void *handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = ::dlerror();
    throw std::runtime_error("cannot open artifact " + path + ": " + (reason ? reason : "unknown reason"));
  }
  library = {handle, [](void *opened) { ::dlclose(opened); }};
  int32_t version = *static_cast<const int32_t *>(symbol(SWY_ARTIFACT_ABI_VERSION));
  if (version != SWY_ABI_VERSION)
    throw std::runtime_error("artifact " + path + " speaks version " + std::to_string(version) +
                             " of the runtime's interface, this switchyard-run speaks version " +
                             std::to_string(SWY_ABI_VERSION) + "; compile the program again");
}

void *Artifact::find(const std::string &name) const {
  return ::dlsym(library.get(), name.c_str());
}

void *Artifact::symbol(const std::string &name) const {
  void *address = find(name);
  if (!address)
    throw std::runtime_error("artifact " + path + " has no symbol \"" + name +
                             "\"; is it made by `switchyard compile`?");
  return address;
}

const char *Artifact::planText() const {
  return static_cast<const char *>(symbol(SWY_ARTIFACT_PLAN));
}

swy_compiled_function Artifact::function(const std::string &name) const {
  return reinterpret_cast<swy_compiled_function>(symbol(name));
}

swy_compiled_function Artifact::deviceFunction(const std::string &name) const {
  return reinterpret_cast<swy_compiled_function>(symbol(name + SWY_DEVICE_SUFFIX));
}

const void *Artifact::kernels(int capability) const {
  if (capability == 0)
    return find(SWY_ARTIFACT_KERNELS SWY_EMULATED);
  for (; capability >= 50; --capability)
    if (const void *image = find(SWY_ARTIFACT_KERNELS "sm_" + std::to_string(capability)))
      return image;
  return nullptr;
}

} // namespace switchyard::rt
