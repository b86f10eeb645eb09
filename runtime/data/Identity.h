// What the content of a data set follows from, without reading it: so that a run whose results are all there
// need not read, draw and hash its data only to learn their name.
#ifndef SWITCHYARD_RUNTIME_DATA_IDENTITY_H
#define SWITCHYARD_RUNTIME_DATA_IDENTITY_H

#include "runtime/contract/DatasetSpec.h"

#include <ctime>
#include <string>

namespace switchyard::rt {

/// A hexadecimal name of: what the program says of the data set; its files, each by path, device, inode, size
/// and times of the last change of content and of inode; and this program itself, which reads or draws it, by
/// the same. Empty where a file is not there, or has changed within the last seconds: a further change might
/// leave all of that as it is, since clocks of file systems are coarse.
std::string dataIdentity(const DatasetSpec &spec, const std::string &dataDirectory,
                         std::time_t now = std::time(nullptr));

} // namespace switchyard::rt

#endif
