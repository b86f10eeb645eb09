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

/// Why others may change what `folder` holds: it, or a folder above it, is somebody else's or writable by
/// others. What lies in a folder such as /tmp, where each may only take away one's own, is judged for itself;
/// a group of the user alone, as many systems make, counts as the user. Empty where nobody else may. A
/// compiled program is loaded and run, so none is taken from a folder where others might put theirs.
std::string whoElseMayWrite(const std::string &folder);

} // namespace switchyard

#endif
