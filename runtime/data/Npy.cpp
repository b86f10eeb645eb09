// The header's dictionary is read by a parser of its own, a dozen words large: three keys, in any order.
#include "runtime/data/Npy.h"

#include "runtime/data/Dataset.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace switchyard::rt {
namespace {

struct Header {
  std::string type; // "<f4", "|u1"
  bool columnMajor = false, hasType = false, hasOrder = false, hasShape = false;
  std::vector<int64_t> shape;
};

class HeaderParser {
public:
  HeaderParser(const std::string &path, const std::string &text) : path(path), text(text) {}

  /// {'descr': '<f4', 'fortran_order': False, 'shape': (60, 28, 28), }
  Header parse() {
    need('{');
    while (!take('}')) {
      std::string key = quoted();
      need(':');
      entry(key);
      if (!take(',') && next() != '}')
        fail();
    }
    if (!header.hasType || !header.hasOrder || !header.hasShape)
      fail();
    return header;
  }

private:
  void entry(const std::string &key) {
    if (key == "descr") {
      if (next() == '[')
        throw DataError(path + " holds records of named fields; save each field as an array of its own");
      header.type = quoted();
      header.hasType = true;
    } else if (key == "fortran_order") {
      std::string word = letters();
      if (word != "True" && word != "False")
        fail();
      header.columnMajor = word == "True";
      header.hasOrder = true;
    } else if (key == "shape") {
      shape();
      header.hasShape = true;
    } else {
      fail();
    }
  }

  void shape() {
    need('(');
    while (!take(')')) {
      header.shape.push_back(size());
      if (!take(',') && next() != ')')
        fail();
    }
  }

  int64_t size() {
    int64_t value = 0;
    if (!std::isdigit(static_cast<unsigned char>(next())))
      fail();
    for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])); ++at) {
      value = value * 10 + (text[at] - '0');
      if (value > (int64_t(1) << 40))
        throw DataError(path + " is damaged: its header asks for more than any file holds");
    }
    take('L'); // as Python 2 wrote it
    return value;
  }

  char next() {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])))
      ++at;
    return at < text.size() ? text[at] : '\0';
  }
  bool take(char c) {
    bool there = next() == c;
    at += there;
    return there;
  }
  void need(char c) {
    if (!take(c))
      fail();
  }
  std::string quoted() {
    char quote = next();
    size_t end = quote == '\'' || quote == '"' ? text.find(quote, at + 1) : std::string::npos;
    if (end == std::string::npos)
      fail();
    std::string word = text.substr(at + 1, end - at - 1);
    at = end + 1;
    return word;
  }
  std::string letters() {
    next();
    size_t from = at;
    while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])))
      ++at;
    return text.substr(from, at - from);
  }
  [[noreturn]] void fail() const {
    throw DataError(path + " is damaged: its header is none that NumPy writes");
  }

  const std::string &path, &text;
  size_t at = 0;
  Header header;
};

class Reader {
public:
  /// Opened once it is known to be a file: opening a pipe would wait for somebody to write to it.
  explicit Reader(const std::string &path) : path(path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      throw DataError("there is no file " + path);
    if (!std::filesystem::is_regular_file(path, error))
      throw DataError(path + " is no regular file");
    file.open(path, std::ios::binary);
    left = static_cast<int64_t>(std::filesystem::file_size(path, error));
    if (!file || error)
      throw DataError("cannot read " + path + ": " + std::strerror(errno));
  }

  std::string header() {
    std::string start = take(8);
    if (start.compare(0, 2, "PK") == 0)
      throw DataError(path + " is an archive (.npz) of arrays; save each array for itself, by numpy.save");
    if (start.compare(0, 6, "\x93NUMPY") != 0)
      throw DataError(path + " is no .npy file; write it by numpy.save");
    int version = static_cast<unsigned char>(start[6]);
    if (version < 1 || version > 3)
      throw DataError(path + " has format version " + std::to_string(version) + ", known are 1 to 3");
    int64_t size = 0, byte = 0;
    for (char c : take(version == 1 ? 2 : 4))
      size |= static_cast<int64_t>(static_cast<unsigned char>(c)) << (8 * byte++);
    return take(size);
  }

  /// The bytes that follow, of which there must be `size`.
  std::vector<char> rest(int64_t size) {
    if (left != size)
      throw DataError(path + (left < size ? " is cut short" : " is longer than its header says") +
                      ": its header promises " + std::to_string(size) + " bytes of elements, it holds " +
                      std::to_string(left));
    std::vector<char> bytes(static_cast<size_t>(size));
    if (!file.read(bytes.data(), size))
      throw DataError("cannot read " + path + ": " + std::strerror(errno));
    return bytes;
  }

private:
  std::string take(int64_t size) {
    if (left < size)
      throw DataError(path + " is cut short: it ends within its header");
    std::string bytes(static_cast<size_t>(size), '\0');
    if (!file.read(bytes.data(), size))
      throw DataError("cannot read " + path + ": " + std::strerror(errno));
    left -= size;
    return bytes;
  }

  const std::string &path;
  std::ifstream file;
  int64_t left = 0; // bytes that were not taken yet
};

/// A type as a user of NumPy knows it: `<U5` is text.
std::string typeWords(const std::string &type) {
  char kind = type.size() > 1 ? type[1] : 'O';
  const char *word = kind == 'U' || kind == 'S' ? "text"
                     : kind == 'c'              ? "complex numbers"
                     : kind == 'O'              ? "objects"
                                                : "";
  return (*word ? std::string(word) + " (" : "elements of type ") + type + (*word ? ")" : "");
}

void readType(const std::string &path, const std::string &type, const std::string &advice, NpyArray &array) {
  bool known = type.size() >= 3 && std::strchr("<>|=", type[0]);
  array.kind = known ? type[1] : 'O';
  array.itemSize = 0;
  for (size_t i = 2; known && i < type.size(); ++i) {
    known = std::isdigit(static_cast<unsigned char>(type[i])) && i < 6;
    array.itemSize = known ? array.itemSize * 10 + (type[i] - '0') : 0;
  }
  bool isSize = false;
  for (int64_t size : {1, 2, 4, 8, 16})
    isSize |= array.itemSize == size && (array.kind == 'f' || size <= 8);
  if (!known || !std::strchr("fiub", array.kind) || !isSize)
    throw DataError(path + " holds " + typeWords(type) + ", " + advice);
  if (type[0] == '>' && array.itemSize > 1)
    throw DataError(path + " is big-endian (" + type + "); save array.astype('<" + type.substr(1) + "')");
}

} // namespace

int64_t NpyArray::count() const {
  int64_t total = 1;
  for (int64_t size : shape)
    total *= size;
  return total;
}

std::string NpyArray::typeName() const {
  std::string word = kind == 'f' ? "float" : kind == 'u' ? "uint" : kind == 'i' ? "int" : "bool";
  return kind == 'b' ? word : word + std::to_string(itemSize * 8);
}

NpyArray readNpy(const std::string &path, const std::string &advice) {
  Reader reader(path);
  std::string text = reader.header();
  Header header = HeaderParser(path, text).parse();
  NpyArray array;
  readType(path, header.type, advice, array);
  if (header.columnMajor && header.shape.size() > 1)
    throw DataError(path + " is column-major (Fortran order); save numpy.ascontiguousarray(array)");
  int64_t bytes = array.itemSize;
  for (int64_t size : header.shape) {
    if (size != 0 && bytes > (int64_t(1) << 46) / size)
      throw DataError(path + " is damaged: its header asks for more than any file holds");
    bytes *= size;
  }
  array.shape = header.shape;
  array.bytes = reader.rest(bytes);
  return array;
}

} // namespace switchyard::rt
