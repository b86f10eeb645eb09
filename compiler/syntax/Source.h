// Source files and places in them. A place is small and copied freely; the text behind it stays in `Sources`,
// which outlives everything made from it.

#ifndef SWITCHYARD_COMPILER_SYNTAX_SOURCE_H
#define SWITCHYARD_COMPILER_SYNTAX_SOURCE_H

#include <deque>
#include <string>
#include <string_view>

namespace switchyard {

/// A stretch of one line. Lines and columns count from 1, columns in characters (code points).
struct Location {
  int file = -1; ///< index in Sources; -1: no place in a file
  int line = 0;
  int column = 0;
  int length = 1; ///< characters to underline, at least 1

  bool valid() const { return file >= 0; }
  bool operator<(const Location &other) const;
  bool operator==(const Location &other) const;
};

struct SourceFile {
  std::string path; ///< as the user would write it
  std::string text;

  /// Line `number` (from 1) without its line break; empty past the end.
  std::string_view line(int number) const;
};

/// All files of one program; the first is the user's.
class Sources {
public:
  int add(std::string path, std::string text);
  const SourceFile &operator[](int file) const { return files[file]; }
  int count() const { return static_cast<int>(files.size()); }

private:
  std::deque<SourceFile> files;
};

} // namespace switchyard

#endif
