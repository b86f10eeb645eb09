// Text for files that other programs read: the fields of CSV (RFC 4180), numbers.
#ifndef SWITCHYARD_RUNTIME_REPORT_CSV_H
#define SWITCHYARD_RUNTIME_REPORT_CSV_H

#include <string>
#include <vector>

namespace switchyard::rt {

/// A field as records have it: with a comma, a quote or a line break it is quoted.
std::string csvField(const std::string &text);

/// One record with its line end.
std::string csvRecord(const std::vector<std::string> &fields);

/// The shortest decimal that reads back as the same double; "inf", "-inf"; "" for NaN.
std::string numberText(double value);

} // namespace switchyard::rt

#endif
