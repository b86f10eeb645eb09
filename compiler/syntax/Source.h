// Source files and places in them. A place is small and copied freely; the text behind it stays in `Sources`,
// which outlives everything made from it.

#ifndef SWITCHYARD_COMPILER_SYNTAX_SOURCE_H
#define SWITCHYARD_COMPILER_SYNTAX_SOURCE_H

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard {

/// Lines and columns count from 1, columns in characters (code points).
struct Position {
  int line = 0, column = 0;
};

/// A stretch of text.
struct Location {
  int file = -1; ///< index in Sources; -1: no place in a file
  int line = 0;
  int column = 0;
  int length = 1;                 ///< characters of it in its first line, at least 1
  int endLine = 0, endColumn = 0; ///< just behind it, where it goes on in later lines

  bool valid() const { return file >= 0; }
  Position end() const; ///< just behind it
  bool operator<(const Location &other) const;
  bool operator==(const Location &other) const;
};

struct SourceFile {
  std::string path; ///< as the user would write it
  std::string text;

  /// Line `number` (from 1) without its line break; empty past the end.
  std::string_view line(int number) const;
};

/// All files of one program, the first is the user's, and the way to more: on disk, or in memory over it.
class Sources {
public:
  /// Has the text stand for the file at `path`, whether there is one or not: what an editor has not saved.
  void overlay(const std::string &path, std::string text);
  enum class Problem { None, Folder, Unreadable, TooLong };
  static constexpr size_t mostBytes = 1 << 20;
  /// Adds the file at `path`, empty where there is a problem.
  int read(const std::string &path, Problem &problem);
  bool isFile(const std::string &path) const;
  /// The paths of the programs in a folder, sorted.
  std::vector<std::string> programsIn(const std::string &folder) const;

  int add(std::string path, std::string text);
  const SourceFile &operator[](int file) const { return files[file]; }
  int count() const { return static_cast<int>(files.size()); }

private:
  std::deque<SourceFile> files;
  std::map<std::string, std::string> overlays; ///< texts by absolute path
};

} // namespace switchyard

#endif
