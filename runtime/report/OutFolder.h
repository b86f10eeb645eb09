// Whose results a folder holds. Results of one program never replace those of another without a word.
#ifndef SWITCHYARD_RUNTIME_REPORT_OUTFOLDER_H
#define SWITCHYARD_RUNTIME_REPORT_OUTFOLDER_H

#include <string>
#include <utility>

namespace switchyard::rt {

/// Results of another program that were found, and where they are now; empty where there were none.
struct Displaced {
  std::string program, folder;
};

/// Holds other processes off a folder as long as it lives, where the file system can.
class FolderLock {
public:
  explicit FolderLock(const std::string &folder);
  ~FolderLock();
  FolderLock(FolderLock &&other) : descriptor(std::exchange(other.descriptor, -1)) {}
  FolderLock &operator=(FolderLock &&) = delete;

private:
  int descriptor = -1;
};

/// The folder of results of one run of a program.
class ResultsFolder {
public:
  /// Makes `directory` that of `program`, a path of its source, and moves the results of another program that
  /// are there to a folder of their own in it. Programs of one name are one unless both are there, in
  /// different places: a program may be run from anywhere. Throws std::runtime_error, saying what to do,
  /// where they cannot be moved.
  ResultsFolder(const std::string &directory, const std::string &program);

  const Displaced &displaced() const { return before; }

  struct Place {
    std::string folder;
    std::string takenBy; // the program that has `directory` now; empty where it is still this one's
    FolderLock lock;     // nobody claims the folder while results are written
  };
  /// Where this run's results go: `directory`, or, where another program came since, the folder that it moved
  /// this one's files to.
  Place place() const;

private:
  std::string directory, program, run;
  Displaced before;
};

} // namespace switchyard::rt

#endif
