// Whose results a folder holds. Results of one program never replace those of another without a word.
#ifndef SWITCHYARD_RUNTIME_REPORT_OUTFOLDER_H
#define SWITCHYARD_RUNTIME_REPORT_OUTFOLDER_H

#include <string>

namespace switchyard::rt {

/// Results of another program that were found, and where they are now; empty where there were none.
struct Displaced {
  std::string program, folder;
};

/// Makes `directory` that of `program`, a path of its source, and moves the results of another program that
/// are there to a folder of their own in it. Programs of one name are one unless both are there, in different
/// places: a program may be run from anywhere. Throws std::runtime_error, saying what to do, where they
/// cannot be moved.
Displaced claimFolder(const std::string &directory, const std::string &program);

} // namespace switchyard::rt

#endif
