// Checks what the program says of a data set: its arguments, and that its input and classes fit.
#ifndef SWITCHYARD_RUNTIME_DATA_ARGUMENTS_H
#define SWITCHYARD_RUNTIME_DATA_ARGUMENTS_H

#include "runtime/data/Dataset.h"

namespace switchyard::rt {

/// A whole number of at least `least`, or `otherwise` where the program gives none. Throws DataError.
int64_t countArgument(const DatasetSpec &spec, const std::string &name, int64_t otherwise, int64_t least);

/// The file that an argument names. Throws DataError where the program gives none.
std::string fileArgument(const DatasetSpec &spec, const std::string &name);

/// Throws DataError for an argument that is not among `known`.
void rejectUnknownArguments(const DatasetSpec &spec, const std::vector<std::string> &known);

/// Throws DataError unless the network's input is `shape` and it tells `classes` classes apart. `what` begins
/// the message: "synthetic_digits draws", "FILE holds".
void requireShape(const DatasetSpec &spec, const std::vector<int64_t> &shape, int64_t classes,
                  const std::string &what);

} // namespace switchyard::rt

#endif
