// A module of several files is a folder, and all files of the folder belong to it: one left by another run
// would be read, too, so that is refused.
#include "runtime/report/Program.h"
#include "runtime/files/WholeFile.h"

#include <filesystem>
#include <set>
#include <stdexcept>

namespace switchyard::rt {

namespace fs = std::filesystem;

/// A module may have the name that is the program's here.
static std::string programName(const Plan &plan) {
  std::string name = "program.swy";
  while (plan.modules.count(name))
    name = "the_" + name;
  return name;
}

std::set<std::string> filesOfProgram(const Plan &plan) {
  std::set<std::string> files{programName(plan)};
  for (const auto &[place, text] : plan.modules)
    files.insert(place);
  return files;
}

/// Every file of the standard library's folder must be one of these.
static void refuseOthers(const Plan &plan, const fs::path &directory) {
  std::set<fs::path> folders;
  for (const auto &[place, text] : plan.modules)
    if (*fs::path(place).begin() == "std")
      folders.insert(fs::path(place).parent_path());
  std::error_code ignored;
  for (const fs::path &folder : folders)
    for (const fs::directory_entry &file : fs::directory_iterator(directory / folder, ignored))
      if (file.path().extension() == ".swy" &&
          !plan.modules.count((folder / file.path().filename()).string()))
        throw std::runtime_error(file.path().string() +
                                 " is of another program's standard library; take it away or choose another "
                                 "directory with --out");
}

void writeProgram(const Plan &plan, const std::string &directory) {
  refuseOthers(plan, directory);
  try {
    writeWhole(directory + "/" + programName(plan), plan.resolved);
    for (const auto &[place, text] : plan.modules)
      writeWhole(directory + "/" + place, text);
  } catch (const std::exception &error) {
    throw std::runtime_error(std::string(error.what()) + "; choose another directory with --out");
  }
}

} // namespace switchyard::rt
