// See Source.h.

#include "compiler/syntax/Source.h"

#include <tuple>

namespace switchyard {

bool Location::operator<(const Location &other) const {
  return std::tie(file, line, column) < std::tie(other.file, other.line, other.column);
}

bool Location::operator==(const Location &other) const {
  return std::tie(file, line, column) == std::tie(other.file, other.line, other.column);
}

std::string_view SourceFile::line(int number) const {
  size_t begin = 0;
  for (int i = 1; i < number; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos)
      return {};
    ++begin;
  }
  size_t end = text.find('\n', begin);
  std::string_view found = std::string_view(text).substr(begin, end == std::string::npos ? end : end - begin);
  if (!found.empty() && found.back() == '\r')
    found.remove_suffix(1);
  return found;
}

int Sources::add(std::string path, std::string text) {
  files.push_back({std::move(path), std::move(text)});
  return count() - 1;
}

} // namespace switchyard
