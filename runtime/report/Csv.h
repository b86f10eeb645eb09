// Text for files that other programs read: the fields of CSV (RFC 4180), numbers.
#ifndef SWITCHYARD_RUNTIME_REPORT_CSV_H
#define SWITCHYARD_RUNTIME_REPORT_CSV_H

#include <string>
#include <vector>

namespace switchyard::rt {

/// One record with its line end; fields with a comma, a quote or a line break are quoted.
std::string csvRecord(const std::vector<std::string> &fields);

/// The shortest decimal that reads back as the same double; "inf", "-inf"; "" for NaN.
std::string numberText(double value);

} // namespace switchyard::rt

#endif
