// File systems take 255 bytes; endings such as "-sheet-12.png" and temporary names need some of them.
#include "runtime/report/FileNames.h"

#include <cctype>

namespace switchyard::rt {

constexpr size_t longestName = 160;

static std::string plain(const std::string &text) {
  std::string name;
  for (char c : text) {
    bool kept = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
    if (kept || (!name.empty() && name.back() != '_'))
      name += kept ? c : '_';
  }
  return name.substr(0, longestName);
}

static std::string inSmallLetters(std::string text) {
  for (char &c : text)
    c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string FileNames::take(const std::string &text) {
  const std::string name = plain(text);
  std::string unique = name;
  for (int i = 2; !taken.insert(inSmallLetters(unique)).second; ++i)
    unique = name + "-" + std::to_string(i);
  return unique;
}

} // namespace switchyard::rt
