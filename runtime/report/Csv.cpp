// Fields of CSV (RFC 4180), numbers that read back as they were, names of files.
#include "runtime/report/Csv.h"

#include <cctype>
#include <charconv>
#include <cmath>

namespace switchyard::rt {

std::string csvField(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string field = "\"";
  for (char c : text)
    field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

std::string csvRecord(const std::vector<std::string> &fields) {
  std::string record;
  for (size_t i = 0; i < fields.size(); ++i)
    record += (i == 0 ? "" : ",") + csvField(fields[i]);
  return record + "\r\n";
}

std::string numberText(double value) {
  if (std::isnan(value))
    return "";
  if (std::isinf(value))
    return value > 0 ? "inf" : "-inf";
  char text[32];
  auto result = std::to_chars(text, text + sizeof text, value);
  return std::string(text, result.ptr);
}

} // namespace switchyard::rt
