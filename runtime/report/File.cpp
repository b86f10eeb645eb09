// Renaming within a directory is atomic, so a reader or a crash never meets half a file.
#include "runtime/report/File.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace switchyard::rt {

void writeWhole(const std::string &path, const std::string &text) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::path above = fs::path(path).parent_path(); !above.empty())
    fs::create_directories(above, error);
  std::string beside = path + "." + std::to_string(getpid()) + ".new";
  errno = 0;
  std::ofstream file(beside, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    int reason = errno;
    fs::remove(beside, error);
    throw std::runtime_error("cannot write " + path + ": " + std::strerror(reason));
  }
  fs::rename(beside, path, error);
  if (error) {
    std::string reason = error.message();
    fs::remove(beside, error);
    throw std::runtime_error("cannot write " + path + ": " + reason);
  }
}

std::string csvRecord(const std::vector<std::string> &fields) {
  std::string record;
  for (size_t i = 0; i < fields.size(); ++i) {
    record += i == 0 ? "" : ",";
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      record += fields[i];
      continue;
    }
    record += '"';
    for (char c : fields[i])
      record += c == '"' ? std::string("\"\"") : std::string(1, c);
    record += '"';
  }
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
