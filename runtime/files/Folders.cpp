// Never a folder that others may write to: what lies there is loaded as code or believed as a result.
#include "runtime/files/Folders.h"

#include <cstdlib>
#include <stdexcept>

namespace switchyard {

/// The XDG specification: a relative path in the variable counts as none.
static std::string folderOf(const char *variable, const char *belowHome, const char *what) {
  const char *named = std::getenv(variable), *home = std::getenv("HOME");
  if (named && *named == '/')
    return std::string(named) + "/switchyard";
  if (home && *home)
    return std::string(home) + belowHome + "/switchyard";
  throw std::runtime_error("cannot tell where " + std::string(what) + " kept: neither " + variable +
                           " nor HOME is set; give a directory with --store");
}

std::string workFolder() {
  return folderOf("XDG_DATA_HOME", "/.local/share", "finished work is");
}

std::string cacheFolder() {
  return folderOf("XDG_CACHE_HOME", "/.cache", "compiled programs are");
}

} // namespace switchyard
