// Which libraries compute: what a result's origin names (S6.2).
#ifndef SWITCHYARD_RUNTIME_KERNELS_VERSIONS_H
#define SWITCHYARD_RUNTIME_KERNELS_VERSIONS_H

#include <map>
#include <string>

namespace switchyard::rt {

/// "libtorch" and "onednn", as they are numbered: 1.13.0, 2.6.0.
std::map<std::string, std::string> libraryVersions();

} // namespace switchyard::rt

#endif
