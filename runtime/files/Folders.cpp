// Never a folder that others may write to: what lies there is loaded as code or believed as a result.
#include "runtime/files/Folders.h"

#include <cstdlib>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace switchyard {

/// The XDG specification: a relative path in the variable counts as none. So does one in HOME.
static std::string folderOf(const char *variable, const char *belowHome, const char *what) {
  const char *named = std::getenv(variable), *home = std::getenv("HOME");
  if (named && *named == '/')
    return std::string(named) + "/switchyard";
  if (home && *home == '/')
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

/// Whether the group is the user's own: of the user's name, with no other member.
static bool isOwnGroup(gid_t group) {
  const passwd *user = ::getpwuid(::geteuid());
  if (!user || user->pw_gid != group)
    return false;
  std::string name = user->pw_name;
  const struct group *entry = ::getgrgid(group);
  if (!entry || name != entry->gr_name)
    return false;
  for (char **member = entry->gr_mem; *member; ++member)
    if (name != *member)
      return false;
  return true;
}

std::string whoElseMayWrite(const std::string &folder) {
  std::error_code error;
  std::filesystem::path place = std::filesystem::canonical(folder, error);
  if (error)
    return folder + " cannot be looked at: " + error.message();
  for (bool innermost = true;; place = place.parent_path(), innermost = false) {
    struct stat facts{};
    if (::stat(place.c_str(), &facts) != 0)
      return place.string() + " cannot be looked at";
    if (facts.st_uid != ::geteuid() && facts.st_uid != 0)
      return place.string() + " belongs to another user";
    bool shared = (facts.st_mode & S_IWOTH) || ((facts.st_mode & S_IWGRP) && !isOwnGroup(facts.st_gid));
    if (shared && (innermost || !(facts.st_mode & S_ISVTX)))
      return place.string() + " is writable by others";
    if (place == place.root_path())
      return "";
  }
}

} // namespace switchyard
