// Text files that are either there whole or not at all, and the fields of CSV (RFC 4180).
#ifndef SWITCHYARD_RUNTIME_REPORT_FILE_H
#define SWITCHYARD_RUNTIME_REPORT_FILE_H

#include <string>
#include <vector>

namespace switchyard::rt {

/// Writes beside the file and renames over it, making the directories above it. Throws std::runtime_error
/// that names the file and the system's reason.
void writeWhole(const std::string &path, const std::string &text);

/// One record with its line end; fields with a comma, a quote or a line break are quoted.
std::string csvRecord(const std::vector<std::string> &fields);

/// The shortest decimal that reads back as the same double; "inf", "-inf"; "" for NaN.
std::string numberText(double value);

} // namespace switchyard::rt

#endif
