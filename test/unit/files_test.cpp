// Files are there whole or not at all, whoever else writes them; folders follow the XDG rule.
#include "runtime/files/Folders.h"
#include "runtime/files/WholeFile.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace switchyard;
namespace fs = std::filesystem;

namespace {

class Files : public testing::Test {
protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "switchyard-files-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(folder); }

  std::string at(const std::string &name) const { return (folder / name).string(); }
  size_t count(const std::string &name = ".") const {
    return size_t(std::distance(fs::directory_iterator(folder / name), {}));
  }
  void make(const std::string &name, std::chrono::hours age) const {
    std::ofstream(at(name)) << "half";
    fs::last_write_time(at(name), fs::file_time_type::clock::now() - age);
  }

  fs::path folder;
};

template <typename Action> std::string messageOf(Action action) {
  try {
    action();
  } catch (const std::runtime_error &error) {
    return error.what();
  }
  return "no error";
}

} // namespace

TEST_F(Files, are_replaced_whole_in_folders_made_on_demand) {
  writeWhole(at("deep/er/file.txt"), "one");
  writeWhole(at("deep/er/file.txt"), std::string(100000, 'x'));
  EXPECT_EQ(readWhole(at("deep/er/file.txt")), std::string(100000, 'x'));
  EXPECT_EQ(count("deep/er"), 1u);
}

TEST_F(Files, that_are_not_finished_leave_what_was_there_and_nothing_else) {
  writeWhole(at("file"), "old");
  {
    NewFile file(at("file"));
    file.append("new");
    EXPECT_EQ(readWhole(at("file")), "old");
    EXPECT_EQ(count(), 2u);
  }
  EXPECT_EQ(readWhole(at("file")), "old");
  EXPECT_EQ(count(), 1u);
}

TEST_F(Files, may_be_written_by_another_program_that_replaces_them) {
  NewFile file(at("library.so"));
  fs::remove(file.path()); // as linkers do
  std::ofstream(file.path()) << "linked";
  fs::permissions(file.path(), fs::perms::owner_all);
  file.finish();
  EXPECT_EQ(readWhole(at("library.so")), "linked");
  EXPECT_EQ(fs::status(at("library.so")).permissions(), fs::perms::owner_all);
}

TEST_F(Files, have_names_of_their_own_while_they_are_made) {
  NewFile one(at("file")), other(at("file"));
  EXPECT_NE(one.path(), other.path());
  EXPECT_EQ(one.path().find(at("file.")), 0u);
  NewFile longName(at(std::string(250, 'n')));
  longName.finish();
  EXPECT_TRUE(fs::exists(at(std::string(250, 'n'))));
}

TEST_F(Files, keep_links_and_permissions_of_the_user) {
  writeWhole(at("real"), "old");
  fs::create_symlink("real", at("link"));
  writeWhole(at("link"), "new");
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(readWhole(at("real")), "new");
  mode_t before = ::umask(027);
  writeWhole(at("private"), "");
  ::umask(before);
  EXPECT_EQ(int(fs::status(at("private")).permissions()), 0640);
}

TEST_F(Files, that_are_no_regular_files_are_written_to) {
  EXPECT_EQ(messageOf([] { writeWhole("/dev/null", "text"); }), "no error");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(messageOf([] { writeWhole("/dev/full", "text"); }),
            "cannot write /dev/full: No space left on device");
}

TEST_F(Files, that_cannot_be_written_are_named_with_the_reason) {
  fs::create_directory(at("results.csv"));
  EXPECT_EQ(messageOf([&] { writeWhole(at("results.csv"), "text"); }),
            "cannot write " + at("results.csv") + ": Is a directory");
  std::ofstream(at("file")) << "x";
  EXPECT_EQ(messageOf([&] { writeWhole(at("file/below"), "text"); }),
            "cannot write " + at("file/below") + ": Not a directory");
  EXPECT_EQ(count(), 2u);
}

/// A limit on the size of files stands for a full disk.
TEST_F(Files, that_find_no_room_leave_nothing) {
  pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::string message = messageOf([&] { writeWhole(at("large"), std::string(5000, 'x')); });
    ::_exit(message == "cannot write " + at("large") + ": File too large" ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(count(), 0u);
}

/// Nobody writes to the pipe: waiting for it would not end.
TEST_F(Files, that_are_no_regular_files_are_not_read) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(messageOf([&] { readWhole(at("pipe")); }),
            "cannot read " + at("pipe") + ": it is no regular file");
  EXPECT_EQ(messageOf([] { readWhole("/dev/zero"); }), "cannot read /dev/zero: it is no regular file");
}

TEST_F(Files, are_absent_only_where_there_are_none) {
  EXPECT_EQ(readWhole(at("nothing")), std::nullopt);
  writeWhole(at("empty"), "");
  EXPECT_EQ(readWhole(at("empty")), "");
  fs::create_directory(at("folder"));
  EXPECT_EQ(messageOf([&] { readWhole(at("folder")); }), "cannot read " + at("folder") + ": Is a directory");
  fs::create_symlink("loop", at("loop"));
  EXPECT_EQ(messageOf([&] { readWhole(at("loop")); }),
            "cannot read " + at("loop") + ": Too many levels of symbolic links");
}

TEST_F(Files, abandoned_long_ago_are_removed) {
  make("old.host-17-0123.partial", std::chrono::hours(48));
  make("new.host-18-4567.partial", std::chrono::hours(1)); // perhaps still being written
  make("old.txt", std::chrono::hours(48));
  removeAbandonedFiles(folder.string());
  EXPECT_FALSE(fs::exists(at("old.host-17-0123.partial")));
  EXPECT_TRUE(fs::exists(at("new.host-18-4567.partial")));
  EXPECT_TRUE(fs::exists(at("old.txt")));
  EXPECT_EQ(count(), 2u);
}

TEST(Folders, follow_the_variables_then_the_home) {
  ::setenv("HOME", "/home/user", 1);
  for (const char *variable : {"XDG_DATA_HOME", "XDG_CACHE_HOME"})
    ::unsetenv(variable);
  EXPECT_EQ(workFolder(), "/home/user/.local/share/switchyard");
  EXPECT_EQ(cacheFolder(), "/home/user/.cache/switchyard");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  ::setenv("XDG_CACHE_HOME", "relative", 1); // counts as none
  EXPECT_EQ(workFolder(), "/data/switchyard");
  EXPECT_EQ(cacheFolder(), "/home/user/.cache/switchyard");
  ::unsetenv("XDG_DATA_HOME");
  ::unsetenv("HOME");
  EXPECT_EQ(messageOf([] { workFolder(); }), "cannot tell where finished work is kept: neither XDG_DATA_HOME "
                                             "nor HOME is set; give a directory with --store");
  EXPECT_EQ(messageOf([] { cacheFolder(); }),
            "cannot tell where compiled programs are kept: neither XDG_CACHE_HOME "
            "nor HOME is set; give a directory with --store");
}
