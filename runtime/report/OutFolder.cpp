// A small file says whose the folder is; where there is none, the results themselves do. Only what this
// runtime writes is moved: people keep other things beside it.
#include "runtime/report/OutFolder.h"

#include "runtime/files/WholeFile.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

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

Displaced claimFolder(const std::string &directory, const std::string &program) {
  fs::path folder = directory, own = fs::absolute(program).lexically_normal();
  Displaced displaced;
  std::string owner = ownerOf(folder);
  if (!owner.empty() && !isSame(owner, own))
    displaced = {owner, moveAside(folder, owner).string()};
  writeWhole((folder / ownerFile).string(), Json{{"program", own.string()}}.dump() + "\n");
  return displaced;
}

} // namespace switchyard::rt
