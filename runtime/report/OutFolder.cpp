// A small file says whose the folder is, and which files of the program lie there; where it does not, the
// results themselves do. Only what this runtime writes is moved: people keep other things beside it. A run
// holds its folder's lock from beginning to end, so that what is moved belongs to no run that is still at
// work.
#include "runtime/report/OutFolder.h"

#include "runtime/files/WholeFile.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace switchyard::rt {

namespace fs = std::filesystem;
using Json = nlohmann::json;

static constexpr char ownerFile[] = "owner.json";
static constexpr const char *ours[] = {ownerFile,   "program.swy", "results.csv", "results.json",
                                       "pairs.csv", "images.csv",  "plots"};

/// What an earlier run left word of.
struct Owner {
  std::string program;         // empty where there was none
  std::set<std::string> files; // of the program and its modules, by their place in the folder
};

static Json readJson(const fs::path &file) {
  std::optional<std::string> text = readWhole(file.string());
  Json json = text ? Json::parse(*text, nullptr, /*allow_exceptions=*/false) : Json();
  return json.is_object() ? json : Json::object();
}

/// Of folders whose file says less: what the results say.
static Owner ownerByResults(const fs::path &folder) {
  Owner owner;
  const Json program = readJson(folder / "results.json").value("program", Json());
  if (!program.is_object())
    return owner;
  owner.program = program.value("file", std::string());
  const Json modules = program.value("modules", Json::object());
  for (const auto &[place, text] : modules.items())
    owner.files.insert(place);
  return owner;
}

static Owner ownerOf(const fs::path &folder) {
  const Json json = readJson(folder / ownerFile);
  if (!json.contains("program") || !json["program"].is_string())
    return ownerByResults(folder);
  Owner owner;
  owner.program = json["program"].get<std::string>();
  if (!json.contains("files") || !json["files"].is_array())
    owner.files = ownerByResults(folder).files;
  else
    for (const Json &place : json["files"])
      if (place.is_string())
        owner.files.insert(place.get<std::string>());
  return owner;
}

/// Whether the program lies in the folder itself, so that the modules there are its sources and the user's.
static bool areSources(const fs::path &folder, const Owner &owner) {
  std::error_code error;
  return fs::equivalent(folder, fs::path(owner.program).parent_path(), error);
}

/// A file's place may be written by anybody: one outside of the folder is none of ours.
static bool isInside(const fs::path &place) {
  const fs::path plain = place.lexically_normal();
  return !plain.empty() && plain.is_relative() && *plain.begin() != "..";
}

/// Folders that have nothing in them any more.
static void removeEmpty(const fs::path &folder, const fs::path &place) {
  std::error_code full;
  for (fs::path inner = place.parent_path(); !inner.empty(); inner = inner.parent_path())
    if (!fs::remove(folder / inner, full))
      return;
}

static bool isSame(const fs::path &a, const fs::path &b) {
  if (a.filename() != b.filename())
    return false;
  std::error_code error;
  bool both = fs::exists(a, error) && fs::exists(b, error);
  return !both || fs::equivalent(a, b, error);
}

/// A name in the folder that nothing has, nor will have: "other", "other-2", ...
static fs::path freeName(const fs::path &folder, const std::string &wanted,
                         const std::set<std::string> &files) {
  auto isTaken = [&](const fs::path &name) {
    return fs::exists(folder / name) || std::any_of(files.begin(), files.end(), [&](const fs::path &place) {
             return !place.empty() && *place.begin() == name;
           });
  };
  std::string name = wanted;
  for (int i = 2; isTaken(name); ++i)
    name = wanted + "-" + std::to_string(i);
  return folder / name;
}

/// Copies what the user keeps there, moves all else.
static void moveFiles(const fs::path &folder, const Owner &owner, const fs::path &kept) {
  const bool sources = areSources(folder, owner);
  for (const fs::path place : owner.files) {
    if (!isInside(place) || !fs::exists(folder / place))
      continue;
    fs::create_directories((kept / place).parent_path());
    if (sources) {
      fs::copy_file(folder / place, kept / place);
      continue;
    }
    fs::rename(folder / place, kept / place);
    removeEmpty(folder, place);
  }
}

static fs::path moveAside(const fs::path &folder, const Owner &owner, const std::set<std::string> &files) {
  try {
    fs::path kept = freeName(folder, fs::path(owner.program).stem().string(), files);
    fs::create_directory(kept);
    for (const char *name : ours)
      if (fs::exists(folder / name))
        fs::rename(folder / name, kept / name);
    moveFiles(folder, owner, kept);
    return kept;
  } catch (const fs::filesystem_error &error) {
    throw std::runtime_error(folder.string() + " holds the results of " + owner.program +
                             ", which cannot be moved (" + error.code().message() + ")");
  }
}

/// Files of nobody's results that have the names of ours; not the program's own source. Where they went.
static std::string moveForeign(const fs::path &folder, const std::string &program,
                               const std::set<std::string> &files) {
  std::error_code error;
  fs::path kept;
  for (const fs::path name : ours) {
    if (!fs::is_regular_file(folder / name, error) || fs::equivalent(folder / name, program, error))
      continue;
    if (kept.empty())
      kept = freeName(folder, "before", files);
    fs::create_directories(kept, error);
    fs::rename(folder / name, kept / name, error);
    if (error)
      throw std::runtime_error((folder / name).string() +
                               " is none of a run's and in the way, and cannot be moved (" + error.message() +
                               ")");
  }
  return kept.string();
}

/// Modules that this program used before and does not use now.
static void removeStale(const fs::path &folder, const Owner &owner, const std::set<std::string> &files) {
  if (areSources(folder, owner))
    return;
  std::error_code ignored; // it may be gone
  for (const fs::path place : owner.files)
    if (isInside(place) && !files.count(place.string()) && fs::remove(folder / place, ignored))
      removeEmpty(folder, place);
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

ResultsFolder::ResultsFolder(const std::string &directory, const std::string &program,
                             const std::set<std::string> &files)
    : folder(directory) {
  ownerOf(folder);       // or an error that says what is in the way
  std::error_code error; // what is wrong with the folder, writing says
  fs::create_directories(folder, error);
  const std::string whole = fs::absolute(program).lexically_normal().string();
  lock = FolderLock::take(folder);
  if (lock)
    claim(whole, files);
  else
    goAside(whole, files);
  writeWhole((fs::path(folder) / ownerFile).string(),
             Json{{"program", whole}, {"files", files}}.dump() + "\n");
}

/// Moves what another program left.
void ResultsFolder::claim(const std::string &program, const std::set<std::string> &files) {
  Owner owner = ownerOf(folder);
  if (owner.program.empty()) {
    before.folder = moveForeign(folder, program, files);
    return;
  }
  if (isSame(owner.program, program))
    removeStale(folder, owner, files);
  else
    before = {owner.program, moveAside(folder, owner, files).string()};
}

/// Nobody else knows the new folder's name: its lock is free.
void ResultsFolder::goAside(const std::string &program, const std::set<std::string> &files) {
  Owner owner = ownerOf(folder);
  atWork = owner.program;
  owner.files.insert(files.begin(), files.end());
  fs::path aside;
  do
    aside = freeName(folder, fs::path(program).stem().string(), owner.files);
  while (!fs::create_directory(aside));
  folder = aside.string();
  lock = FolderLock::take(folder);
}

} // namespace switchyard::rt
