// Reads IDX files through zlib, which passes plain files through as they are. Every way in which a download
// goes wrong (cut short, another file under the name, damaged) gets its own message.
#include "runtime/data/Idx.h"

#include "runtime/data/Dataset.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace switchyard::rt {
namespace {

constexpr int64_t largest = int64_t(1) << 32; // bytes; a header that asks for more is damaged

class Reader {
public:
  explicit Reader(const std::string &path) : path(path), file(gzopen(path.c_str(), "rb")) {
    if (!file)
      throw DataError("cannot open " + path + ": " + std::strerror(errno));
    gzbuffer(file, 1 << 17);
  }
  ~Reader() { gzclose_r(file); }
  Reader(const Reader &) = delete;

  /// Up to `size` bytes; fewer only at the end of the data. A gzip stream cut short ends like a short file.
  int64_t read(uint8_t *into, int64_t size) {
    int64_t done = 0;
    while (done < size) {
      unsigned piece = static_cast<unsigned>(std::min<int64_t>(size - done, 1 << 24));
      int got = gzread(file, into + done, piece);
      if (got <= 0)
        break;
      done += got;
    }
    checkState();
    return done;
  }

  /// The same, with room for what is there: not for all that a damaged header asks for.
  int64_t read(std::vector<uint8_t> &into, int64_t size) {
    constexpr int64_t piece = 1 << 24;
    int64_t done = 0, got = piece;
    for (; done < size && got == piece; done += got) {
      int64_t wanted = std::min(size - done, piece);
      into.resize(done + wanted);
      got = read(into.data() + done, wanted);
    }
    into.resize(done);
    return done;
  }

  /// Whether a gzip stream ended before its last byte.
  bool endedEarly() const { return early; }

private:
  // A stream that ends early is no complaint here: the caller knows how much was expected. It is noted, since
  // zlib 1.3.2 forgets it at the next read.
  void checkState() {
    int error = Z_OK;
    const char *message = gzerror(file, &error);
    early |= error == Z_BUF_ERROR;
    if (error != Z_OK && error != Z_BUF_ERROR)
      throw DataError(path + " is damaged (" + (error == Z_ERRNO ? std::strerror(errno) : message) +
                      "); get the file again");
  }

  std::string path;
  gzFile file;
  bool early = false;
};

uint32_t bigEndian(const uint8_t *bytes) {
  return uint32_t(bytes[0]) << 24 | uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 8 | bytes[3];
}

std::string hex(uint32_t word) {
  std::array<char, 16> text;
  std::snprintf(text.data(), text.size(), "0x%08x", word);
  return text.data();
}

const char *content(int dimensions) {
  return dimensions == 3 ? " (images)" : dimensions == 1 ? " (labels)" : "";
}

void checkMagic(const std::string &path, uint32_t magic, int dimensions) {
  uint32_t expected = 0x0800 | static_cast<uint32_t>(dimensions);
  if (magic == expected)
    return;
  std::string message = path + " starts with " + hex(magic) + ", expected the IDX magic number " +
                        hex(expected) + content(dimensions);
  if (magic == 0x0801 || magic == 0x0803)
    message +=
        "; it is a file of" + std::string(magic == 0x0801 ? " labels" : " images") + " under the wrong name";
  throw DataError(message);
}

int64_t product(const std::string &path, const std::vector<int64_t> &sizes) {
  int64_t total = 1;
  for (int64_t size : sizes) {
    if (size != 0 && total > largest / size)
      throw DataError(path + " is damaged: its header asks for more than 4 GiB");
    total *= size;
  }
  return total;
}

} // namespace

IdxFile readIdx(const std::string &path, int dimensions) {
  Reader reader(path);
  std::vector<uint8_t> header(4 + 4 * dimensions);
  int64_t got = reader.read(header.data(), static_cast<int64_t>(header.size()));
  if (got >= 4)
    checkMagic(path, bigEndian(header.data()), dimensions);
  if (got < static_cast<int64_t>(header.size()))
    throw DataError(path + " is cut short: it ends after " + std::to_string(got) +
                    " bytes, within its header of " + std::to_string(header.size()) + "; get the file again");
  IdxFile file;
  for (int i = 0; i < dimensions; ++i)
    file.sizes.push_back(bigEndian(&header[4 + 4 * i]));
  int64_t expected = product(path, file.sizes);
  got = reader.read(file.bytes, expected);
  if (got < expected)
    throw DataError(path + " is cut short: its header promises " + std::to_string(expected) + " bytes of" +
                    (dimensions == 3 ? " pixels" : " data") + ", it holds " + std::to_string(got) +
                    "; get the file again");
  uint8_t beyond;
  if (reader.read(&beyond, 1) != 0)
    throw DataError(path + " is longer than its header says (" + std::to_string(expected) +
                    " bytes after it); get the file again");
  if (reader.endedEarly())
    throw DataError(path + " is cut short: the checksum at its end is missing; get the file again");
  return file;
}

} // namespace switchyard::rt
