// A small file says whose the folder is; where there is none, the results themselves do. Only what this
// runtime writes is moved: people keep other things beside it. A run holds its folder's lock from beginning
// to end, so that what is moved belongs to no run that is still at work.
#include "runtime/report/OutFolder.h"

#include "runtime/files/WholeFile.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace switchyard::rt {

namespace fs = std::filesystem;
using Json = nlohmann::json;

static constexpr char ownerFile[] = "owner.json";
static constexpr const char *ours[] = {ownerFile, "program.swy", "results.csv", "results.json", "plots"};

/// What the JSON file says under "program"; empty where it says nothing.
static std::string programIn(const fs::path &file, const char *field) {
  std::optional<std::string> text = readWhole(file.string());
  Json json = text ? Json::parse(*text, nullptr, /*allow_exceptions=*/false) : Json();
  if (!json.is_object() || !json.contains("program"))
    return "";
  const Json &program = json["program"];
  if (program.is_string())
    return program.get<std::string>();
  return program.is_object() ? program.value(field, std::string()) : "";
}

static std::string ownerOf(const fs::path &folder) {
  std::string owner = programIn(folder / ownerFile, "");
  return owner.empty() ? programIn(folder / "results.json", "file") : owner;
}

static bool isSame(const fs::path &a, const fs::path &b) {
  if (a.filename() != b.filename())
    return false;
  std::error_code error;
  bool both = fs::exists(a, error) && fs::exists(b, error);
  return !both || fs::equivalent(a, b, error);
}

/// A name in the folder that nothing has: "other", "other-2", ...
static fs::path freeName(const fs::path &folder, const std::string &wanted) {
  fs::path name = folder / wanted;
  for (int i = 2; fs::exists(name); ++i)
    name = folder / (wanted + "-" + std::to_string(i));
  return name;
}

static fs::path moveAside(const fs::path &folder, const fs::path &owner) {
  try {
    fs::path kept = freeName(folder, owner.stem().string());
    fs::create_directory(kept);
    for (const char *name : ours)
      if (fs::exists(folder / name))
        fs::rename(folder / name, kept / name);
    return kept;
  } catch (const fs::filesystem_error &error) {
    throw std::runtime_error(folder.string() + " holds the results of " + owner.string() +
                             ", which cannot be moved (" + error.code().message() + ")");
  }
}

std::optional<FolderLock> FolderLock::take(const std::string &folder) {
  int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return FolderLock(std::nullopt);
  int failed;
  do
    failed = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
  while (failed == EINTR);
  if (failed != EWOULDBLOCK)
    return FolderLock(descriptor);
  ::close(descriptor);
  return std::nullopt;
}

FolderLock::~FolderLock() {
  if (descriptor)
    ::close(*descriptor);
}

ResultsFolder::ResultsFolder(const std::string &directory, const std::string &program) : folder(directory) {
  ownerOf(folder);       // or an error that says what is in the way
  std::error_code error; // what is wrong with the folder, writing says
  fs::create_directories(folder, error);
  const std::string whole = fs::absolute(program).lexically_normal().string();
  lock = FolderLock::take(folder);
  if (lock)
    claim(whole);
  else
    goAside(whole);
  writeWhole((fs::path(folder) / ownerFile).string(), Json{{"program", whole}}.dump() + "\n");
}

/// Moves what another program left.
void ResultsFolder::claim(const std::string &program) {
  std::string owner = ownerOf(folder);
  if (!owner.empty() && !isSame(owner, program))
    before = {owner, moveAside(folder, owner).string()};
}

/// Nobody else knows the new folder's name: its lock is free.
void ResultsFolder::goAside(const std::string &program) {
  atWork = ownerOf(folder);
  fs::path aside;
  do
    aside = freeName(folder, fs::path(program).stem().string());
  while (!fs::create_directory(aside));
  folder = aside.string();
  lock = FolderLock::take(folder);
}

} // namespace switchyard::rt
