// What the files of a folder are called: every name is given once, also where a file system does not tell
// capitals apart, and none is longer than file systems take.
#ifndef SWITCHYARD_RUNTIME_REPORT_FILENAMES_H
#define SWITCHYARD_RUNTIME_REPORT_FILENAMES_H

#include <set>
#include <string>

namespace switchyard::rt {

class FileNames {
public:
  /// A name without an ending for what is said in `text`: each run of what is neither letter, digit, '-', '_'
  /// nor '.' becomes one '_'; what is too long is cut; "-2", "-3" stand behind a name that is taken.
  std::string take(const std::string &text);

private:
  std::set<std::string> taken; // in small letters
};

} // namespace switchyard::rt

#endif
