// Where the two programs keep what they make, unless told otherwise: the one rule that both follow (XDG base
// directories).
#ifndef SWITCHYARD_RUNTIME_FILES_FOLDERS_H
#define SWITCHYARD_RUNTIME_FILES_FOLDERS_H

#include <string>

namespace switchyard {

/// What took long to make, trained weights and finished attacks: $XDG_DATA_HOME/switchyard, else
/// ~/.local/share/switchyard. Throws std::runtime_error, saying what to set, where neither is known.
std::string workFolder();

/// What can be made again in seconds, compiled programs: $XDG_CACHE_HOME/switchyard, else
/// ~/.cache/switchyard. Throws like `workFolder`.
std::string cacheFolder();

} // namespace switchyard

#endif
