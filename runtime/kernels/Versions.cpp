// oneDNN tells the version that is loaded, LibTorch the one that this was built for.
#include "runtime/kernels/Versions.h"

#include <dnnl.hpp>
#include <torch/version.h>

namespace switchyard::rt {

static std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::map<std::string, std::string> libraryVersions() {
  const dnnl_version_t *onednn = dnnl_version();
  return {{"libtorch", dotted(TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR, TORCH_VERSION_PATCH)},
          {"onednn", dotted(onednn->major, onednn->minor, onednn->patch)}};
}

} // namespace switchyard::rt
