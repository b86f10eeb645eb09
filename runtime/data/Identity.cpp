// The system's own record of each file stands for its bytes. The time of the inode's last change cannot be
// set by programs, so that a file put in another's place with its old date is told from it.
#include "runtime/data/Identity.h"

#include "runtime/data/Dataset.h"
#include "runtime/data/Digest.h"

#include <algorithm>
#include <sys/stat.h>

namespace switchyard::rt {
namespace {

constexpr char version[] = "switchyard identity of data 1";
constexpr std::time_t settled = 3; // seconds; FAT keeps times to 2

void add(Digest &digest, const std::string &text) {
  digest.add(std::to_string(text.size()) + ":" + text); // no two lists of texts read alike
}

void add(Digest &digest, double number) {
  digest.add(&number, sizeof number);
}

void addSpec(Digest &digest, const DatasetSpec &spec) {
  for (const std::string &text : {spec.name, spec.source})
    add(digest, text);
  add(digest, std::to_string(spec.arguments.size()));
  for (const auto &[name, value] : spec.arguments) {
    add(digest, name);
    add(digest, value);
  }
  for (const auto &[name, file] : spec.files) {
    add(digest, name);
    add(digest, file);
  }
  for (int64_t size : spec.input)
    add(digest, std::to_string(size));
  add(digest, spec.low);
  add(digest, spec.high);
  add(digest, std::to_string(spec.classes));
}

/// Whether the file is there and has been as it is for a while.
bool addFile(Digest &digest, const std::string &path, std::time_t now) {
  struct stat file = {};
  if (::stat(path.c_str(), &file) != 0)
    return false;
  if (now - std::max(file.st_mtim.tv_sec, file.st_ctim.tv_sec) < settled)
    return false;
  add(digest, path);
  for (uint64_t number :
       {uint64_t(file.st_dev), uint64_t(file.st_ino), uint64_t(file.st_size), uint64_t(file.st_mtim.tv_sec),
        uint64_t(file.st_mtim.tv_nsec), uint64_t(file.st_ctim.tv_sec), uint64_t(file.st_ctim.tv_nsec)})
    digest.add(&number, sizeof number);
  return true;
}

} // namespace

std::string dataIdentity(const DatasetSpec &spec, const std::string &dataDirectory, std::time_t now) {
  Digest digest;
  add(digest, std::string(version));
  addSpec(digest, spec);
  std::vector<std::string> files;
  try {
    files = filesOf(spec, dataDirectory);
  } catch (const DataError &) { // who reads it says so
    return "";
  }
  files.push_back("/proc/self/exe");
  for (const std::string &file : files)
    if (!addFile(digest, file, now))
      return "";
  return digest.hex();
}

} // namespace switchyard::rt
