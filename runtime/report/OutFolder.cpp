// A small file says whose the folder is, and of which run; where there is none, the results themselves do.
// Only what this runtime writes is moved: people keep other things beside it. Whoever reads that file and
// acts on it holds the folder's lock.
#include "runtime/report/OutFolder.h"

#include "runtime/files/WholeFile.h"

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

static Json jsonIn(const fs::path &file) {
  std::optional<std::string> text = readWhole(file.string());
  return text ? Json::parse(*text, nullptr, /*allow_exceptions=*/false) : Json();
}

/// What the JSON file says under "program"; empty where it says nothing.
static std::string programIn(const fs::path &file, const char *field) {
  Json json = jsonIn(file);
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

/// The run that claimed the folder last; empty where nothing says so.
static std::string runOf(const fs::path &folder) {
  Json json = jsonIn(folder / ownerFile);
  return json.is_object() && json.contains("run") && json["run"].is_string() ? json["run"].get<std::string>()
                                                                             : "";
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

FolderLock::FolderLock(const std::string &folder) {
  descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (descriptor >= 0 && ::flock(descriptor, LOCK_EX) != 0 && errno == EINTR)
    continue;
}

FolderLock::~FolderLock() {
  if (descriptor >= 0)
    ::close(descriptor);
}

static void claim(const fs::path &folder, const std::string &program, const std::string &run) {
  writeWhole((folder / ownerFile).string(), Json{{"program", program}, {"run", run}}.dump() + "\n");
}

ResultsFolder::ResultsFolder(const std::string &directory, const std::string &program)
    : directory(directory), program(fs::absolute(program).lexically_normal().string()), run(uniqueWord()) {
  fs::path folder = directory;
  ownerOf(folder);       // or an error that says what is in the way
  std::error_code error; // what is wrong with the folder, writing says
  fs::create_directories(folder, error);
  FolderLock lock(directory);
  std::string owner = ownerOf(folder);
  if (!owner.empty() && !isSame(owner, this->program))
    before = {owner, moveAside(folder, owner).string()};
  claim(folder, this->program, run);
}

/// The folder that another program moved this run's files to.
static fs::path displacedTo(const fs::path &folder, const fs::path &program, const std::string &run) {
  std::error_code error;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, error))
    if (entry.is_directory(error) && runOf(entry.path()) == run)
      return entry.path();
  return freeName(folder, program.stem().string());
}

ResultsFolder::Place ResultsFolder::place() const {
  Place place{directory, "", FolderLock(directory)};
  std::string owner = ownerOf(directory);
  if (owner.empty() || isSame(owner, program))
    return place; // also where another run of this program goes on, which measures the same
  place.takenBy = owner;
  place.folder = displacedTo(directory, program, run).string();
  claim(place.folder, program, run);
  return place;
}

} // namespace switchyard::rt
