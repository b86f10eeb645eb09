// Whose results a folder holds. Results of one run never replace those of another without a word.
#ifndef SWITCHYARD_RUNTIME_REPORT_OUTFOLDER_H
#define SWITCHYARD_RUNTIME_REPORT_OUTFOLDER_H

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace switchyard::rt {

/// Results of another program that were found, and where they are now; empty where there were none. Without a
/// program: files that no run wrote.
struct Displaced {
  std::string program, folder;
};

/// Holds other runs off a folder as long as it lives, where the file system can.
class FolderLock {
public:
  /// Nothing where another run holds the folder.
  static std::optional<FolderLock> take(const std::string &folder);
  ~FolderLock();
  FolderLock(FolderLock &&other) noexcept : descriptor(std::exchange(other.descriptor, std::nullopt)) {}
  FolderLock &operator=(FolderLock &&other) noexcept {
    std::swap(descriptor, other.descriptor);
    return *this;
  }

private:
  explicit FolderLock(std::optional<int> descriptor) : descriptor(descriptor) {}
  std::optional<int> descriptor;
};

/// The folder of results of one run of a program, which no other run writes to as long as this lives.
class ResultsFolder {
public:
  /// Makes `directory` that of `program`, a path of its source, which will write `files` there with its text
  /// and its modules. Moves the results of another program that are there, with its files, to a folder of
  /// their own in it, and removes files of this program that it has no more. Programs of one name are one
  /// unless both are there, in different places: a program may be run from anywhere. Where another run is at
  /// work in `directory`, of whatever program, this one's results go to a folder of its own in it. Throws
  /// std::runtime_error, saying what to do, where results cannot be moved.
  ResultsFolder(const std::string &directory, const std::string &program,
                const std::set<std::string> &files = {});

  const std::string &path() const { return folder; }
  const Displaced &displaced() const { return before; }
  /// The program whose run was at work in the directory; empty where none was.
  const std::string &busyWith() const { return atWork; }

private:
  void claim(const std::string &program, const std::set<std::string> &files);
  void goAside(const std::string &program, const std::set<std::string> &files);

  std::string folder, atWork;
  Displaced before;
  std::optional<FolderLock> lock;
};

} // namespace switchyard::rt

#endif
