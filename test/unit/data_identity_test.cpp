// What names a data set without reading it: another name for whatever could change its content.
#include "runtime/data/Identity.h"
#include "test/unit/data_fixture.h"

#include <chrono>
#include <set>
#include <thread>

using namespace switchyard::rt;
namespace fs = std::filesystem;

namespace {

class Identity : public test::OwnFiles {
protected:
  Identity() {
    write("x.npy", "images");
    write("y.npy", "labels");
  }
  /// Some seconds from now, when the files have been as they are for a while.
  std::string later(const std::string &directory = "") const {
    return dataIdentity(spec, directory, std::time(nullptr) + 60);
  }
};

TEST_F(Identity, StaysWhileNothingChanges) {
  EXPECT_EQ(later().size(), 64u);
  EXPECT_EQ(later(), later());
}

TEST_F(Identity, NoneOfFilesThatHaveJustChangedOrAreNotThere) {
  EXPECT_EQ(dataIdentity(spec, ""), "");
  fs::remove(path("y.npy"));
  EXPECT_EQ(later(), "");
  spec.source = "mnist"; // where its files are missing
  EXPECT_EQ(later(folder.string()), "");
  spec.source = "nothing";
  EXPECT_EQ(later(), "");
}

// The same path, length and date of the last change: the inode tells.
TEST_F(Identity, AnotherFileWithTheOldDate) {
  std::string before = later();
  auto date = fs::last_write_time(path("x.npy"));
  std::this_thread::sleep_for(std::chrono::milliseconds(50)); // a file system's clock is coarse
  write("x.npy", "IMAGES");
  fs::last_write_time(path("x.npy"), date);
  ASSERT_EQ(fs::last_write_time(path("x.npy")), date);
  std::string rewritten = later();
  EXPECT_NE(before, rewritten);
  write("z.npy", "Images");
  fs::last_write_time(path("z.npy"), date);
  fs::rename(path("z.npy"), path("x.npy"));
  EXPECT_EQ((std::set<std::string>{before, rewritten, later()}.size()), 3u);
}

TEST_F(Identity, WhateverTheProgramSays) {
  std::set<std::string> seen{later()};
  auto another = [&](auto change) {
    DatasetSpec kept = spec;
    change();
    EXPECT_TRUE(seen.insert(later()).second);
    spec = kept;
  };
  another([&] { spec.arguments["test"] = 1; });
  another([&] { spec.arguments["test"] = 2; });
  another([&] { spec.high = 2; });
  another([&] { spec.low = -1; });
  another([&] { spec.classes = 4; });
  another([&] { spec.input = {2, 1, 2}; });
  another([&] { std::swap(spec.files["images"], spec.files["labels"]); });
  another([&] { spec.source = "synthetic_digits"; });
}

} // namespace
