// See Source.h.

#include "compiler/syntax/Source.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

namespace switchyard {

namespace fs = std::filesystem;

/// One name for a file, however it is written.
static std::string keyOf(const fs::path &path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().string();
}

Position Location::end() const {
  return endLine > 0 ? Position{endLine, endColumn} : Position{line, column + length};
}

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

void Sources::overlay(const std::string &path, std::string text) {
  overlays[keyOf(path)] = std::move(text);
}

int Sources::read(const std::string &path, Problem &problem) {
  problem = Problem::None;
  std::string text;
  std::error_code ignored;
  if (auto over = overlays.find(keyOf(path)); over != overlays.end()) {
    text = over->second;
  } else if (fs::is_directory(path, ignored)) {
    problem = Problem::Folder;
  } else {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    if (!stream || !(content << stream.rdbuf() || stream.peek() == std::ifstream::traits_type::eof()))
      problem = Problem::Unreadable;
    text = content.str();
  }
  if (problem == Problem::None && text.size() > mostBytes)
    problem = Problem::TooLong;
  return add(path, problem == Problem::None ? text : "");
}

bool Sources::isFile(const std::string &path) const {
  std::error_code ignored;
  return overlays.count(keyOf(path)) || fs::is_regular_file(path, ignored);
}

std::vector<std::string> Sources::programsIn(const std::string &folder) const {
  std::set<std::string> paths;
  std::error_code ignored;
  for (auto &entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".swy")
      paths.insert(entry.path().string());
  fs::path wanted = fs::path(keyOf(fs::path(folder) / "any")).parent_path();
  for (auto &[path, text] : overlays)
    if (fs::path(path).parent_path() == wanted && fs::path(path).extension() == ".swy")
      paths.insert((fs::path(folder) / fs::path(path).filename()).string());
  return {paths.begin(), paths.end()};
}

int Sources::add(std::string path, std::string text) {
  files.push_back({std::move(path), std::move(text)});
  return count() - 1;
}

} // namespace switchyard
