// Whose results a folder holds, and what moves with them.
#include "runtime/report/OutFolder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace switchyard::rt;

namespace {

struct OutFolder : ::testing::Test {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("out_folder_" + std::to_string(getpid()));
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write(const std::string &name, const std::string &text) { std::ofstream(folder / name) << text; }
  std::string out() const { return (folder / "out").string(); }
};

Displaced claimFolder(const std::string &directory, const std::string &program,
                      const std::set<std::string> &files = {}) {
  return ResultsFolder(directory, program, files).displaced();
}

TEST_F(OutFolder, IsTheProgramsAgainAndAgain) {
  EXPECT_EQ(claimFolder(out(), "a.swy").folder, "");
  write("out/results.csv", "mine");
  EXPECT_EQ(claimFolder(out(), "a.swy").folder, "");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/results.csv"));
}

TEST_F(OutFolder, KeepsWhatAnotherProgramLeft) {
  claimFolder(out(), "a.swy");
  write("out/results.csv", "a's");
  write("out/notes.txt", "the user's");
  Displaced other = claimFolder(out(), "b.swy");
  EXPECT_EQ(std::filesystem::path(other.program).filename(), "a.swy");
  EXPECT_EQ(other.folder, out() + "/a");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/a/results.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out/results.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/notes.txt"));
  claimFolder(out(), "a.swy");
  EXPECT_EQ(claimFolder(out(), "b.swy").folder, out() + "/a-2");
}

TEST_F(OutFolder, KeepsFilesThatNoRunWrote) {
  std::filesystem::create_directories(folder / "out/plots");
  write("out/results.csv", "somebody's");
  write("out/a.swy", "the program itself");
  Displaced other = claimFolder(out(), out() + "/a.swy");
  EXPECT_EQ(other.program, "");
  EXPECT_EQ(other.folder, out() + "/before");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/before/results.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/plots"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/a.swy"));
  EXPECT_EQ(claimFolder(out(), out() + "/a.swy").folder, "");
}

TEST_F(OutFolder, LeavesAProgramThatIsCalledLikeItsCopy) {
  std::filesystem::create_directories(folder / "out");
  write("out/program.swy", "the program itself");
  EXPECT_EQ(claimFolder(out(), out() + "/program.swy").folder, "");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/program.swy"));
}

TEST_F(OutFolder, MovesAProgramsModulesWithIt) {
  claimFolder(out(), "a.swy", {"program.swy", "mine.swy", "lib/deep/its.swy"});
  std::filesystem::create_directories(folder / "out/lib/deep");
  for (const char *name : {"program.swy", "mine.swy", "lib/deep/its.swy", "other.swy"})
    write(std::string("out/") + name, name);
  EXPECT_EQ(claimFolder(out(), "b.swy", {"program.swy", "mine.swy"}).folder, out() + "/a");
  for (const char *name : {"program.swy", "mine.swy", "lib/deep/its.swy"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / "out/a" / name)) << name;
    EXPECT_FALSE(std::filesystem::exists(folder / "out" / name)) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "out/lib"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/other.swy")) << "the user's";
}

TEST_F(OutFolder, LeavesSourcesWhereTheyAre) {
  const std::string a = out() + "/a.swy", b = out() + "/b.swy";
  std::filesystem::create_directory(out());
  for (const char *name : {"a.swy", "b.swy", "mine.swy"})
    write(std::string("out/") + name, name);
  claimFolder(out(), a, {"program.swy", "mine.swy"});
  claimFolder(out(), b, {"program.swy"});
  EXPECT_TRUE(std::filesystem::exists(folder / "out/a/mine.swy"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/mine.swy"));
  claimFolder(out(), b, {"program.swy", "mine.swy"});
  claimFolder(out(), b, {"program.swy"});
  EXPECT_TRUE(std::filesystem::exists(folder / "out/mine.swy"));
}

TEST_F(OutFolder, HoldsNoModuleThatTheProgramHasNoMore) {
  claimFolder(out(), "a.swy", {"program.swy", "lib/mine.swy"});
  std::filesystem::create_directories(folder / "out/lib");
  write("out/lib/mine.swy", "");
  write("out/program.swy", "");
  claimFolder(out(), "a.swy", {"program.swy"});
  EXPECT_FALSE(std::filesystem::exists(folder / "out/lib"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/program.swy"));
}

TEST_F(OutFolder, ResultsThatNameTheirModulesMoveWithThem) {
  std::filesystem::create_directory(out());
  write("out/owner.json", R"({"program": "a.swy"})"); // as written before files were named there
  write("out/results.json",
        R"({"program": {"file": "a.swy", "modules": {"mine.swy": "", "../up.swy": ""}}})");
  write("out/mine.swy", "");
  write("up.swy", "");
  claimFolder(out(), "b.swy");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/a/mine.swy"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out/mine.swy"));
  EXPECT_TRUE(std::filesystem::exists(folder / "up.swy"));
}

TEST_F(OutFolder, TheNamesOfModulesAreTaken) {
  claimFolder(out(), "std.swy");
  EXPECT_EQ(claimFolder(out(), "b.swy", {"program.swy", "std/attacks.swy"}).folder, out() + "/std-2");
}

TEST_F(OutFolder, WhoComesWhileARunIsAtWorkWritesAside) {
  {
    ResultsFolder first(out(), "a.swy");
    write("out/program.swy", "a's");
    for (const char *program : {"a.swy", "b.swy"}) { // another run of this program, or of another one
      ResultsFolder second(out(), program);
      EXPECT_EQ(second.path(), out() + "/" + program[0]);
      EXPECT_EQ(std::filesystem::path(second.busyWith()).filename(), "a.swy");
      EXPECT_EQ(second.displaced().folder, "");
      EXPECT_TRUE(std::filesystem::exists(second.path() + "/owner.json"));
    }
    EXPECT_EQ(ResultsFolder(out(), "a.swy").path(), out() + "/a-2");
    EXPECT_EQ(first.path(), out());
    EXPECT_EQ(first.busyWith(), "");
    EXPECT_TRUE(std::filesystem::exists(folder / "out/program.swy"));
  }
  EXPECT_EQ(ResultsFolder(out(), "a.swy").path(), out());
}

TEST_F(OutFolder, MovesNothingOfARunThatIsAtWork) {
  ResultsFolder first(out(), "a.swy");
  write("out/results.csv", "a's");
  ResultsFolder second(out(), "b.swy");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/results.csv"));
}

TEST_F(OutFolder, ResultsWithoutAnOwnerSayWhoseTheyAre) {
  std::filesystem::create_directory(folder / "out");
  write("out/results.json", R"({"program": {"file": "a.swy"}})");
  EXPECT_EQ(claimFolder(out(), "b.swy").program, "a.swy");
}

TEST_F(OutFolder, ProgramsOfOneNameInTwoPlacesAreTwo) {
  std::filesystem::create_directory(folder / "one");
  std::filesystem::create_directory(folder / "two");
  write("one/a.swy", "");
  claimFolder(out(), (folder / "one/a.swy").string());
  EXPECT_EQ(claimFolder(out(), (folder / "two/a.swy").string()).folder, ""); // moved, or run elsewhere
  write("two/a.swy", "");
  EXPECT_EQ(claimFolder(out(), (folder / "one/a.swy").string()).folder, out() + "/a");
}

} // namespace
