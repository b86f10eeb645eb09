// Bytes go through zlib example by example, so that of a large attack nothing but the packed stream is in
// memory.
#include "runtime/plan/PackedExamples.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace switchyard::rt {

using Bytes = std::vector<unsigned char>;

constexpr size_t bytesOfFloat = sizeof(uint32_t);
constexpr int effort =
    1; // of 9: bytes are alike or they are noise; more takes three times as long for a few percent

static uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// Bits of the floats where a pixel may be; the byte of a pixel is the place of its own in here.
static std::array<uint32_t, 5> places(float clean, const PixelBounds &bounds) {
  return {bitsOf(clean), bitsOf(clean + bounds.radius), bitsOf(clean - bounds.radius), bitsOf(bounds.low),
          bitsOf(bounds.high)};
}
constexpr unsigned char elsewhere = 255;

struct ExamplePacker::Stream {
  z_stream zlib = {};
  std::string packed;

  Stream() {
    if (deflateInit(&zlib, effort) != Z_OK)
      throw std::runtime_error("zlib cannot begin");
  }
  ~Stream() { deflateEnd(&zlib); }

  void put(const void *bytes, size_t count, int flush = Z_NO_FLUSH) {
    unsigned char out[1 << 15];
    zlib.next_in = static_cast<unsigned char *>(const_cast<void *>(bytes));
    zlib.avail_in = uInt(count);
    do {
      zlib.next_out = out;
      zlib.avail_out = sizeof out;
      deflate(&zlib, flush); // cannot fail on what it has begun
      packed.append(reinterpret_cast<char *>(out), sizeof out - zlib.avail_out);
    } while (zlib.avail_out == 0);
  }
};

ExamplePacker::ExamplePacker(int64_t pixels, const PixelBounds &bounds)
    : pixels(size_t(pixels)), bounds(bounds), stream(std::make_unique<Stream>()) {
  stream->put(&bounds, sizeof bounds);
}
ExamplePacker::~ExamplePacker() = default;

void ExamplePacker::add(const float *clean, const float *finished) {
  Bytes bytes(pixels);
  std::vector<uint32_t> others;
  for (size_t i = 0; i < pixels; ++i) {
    const auto known = places(clean[i], bounds);
    const size_t place = size_t(std::find(known.begin(), known.end(), bitsOf(finished[i])) - known.begin());
    bytes[i] = place < known.size() ? static_cast<unsigned char>(place) : elsewhere;
    if (place == known.size())
      others.push_back(bitsOf(finished[i]) ^ bitsOf(clean[i]));
  }
  for (size_t plane = bytesOfFloat; plane-- > 0;)
    for (uint32_t bits : others)
      bytes.push_back(static_cast<unsigned char>(bits >> 8 * plane));
  stream->put(bytes.data(), bytes.size());
}

std::string ExamplePacker::finish() {
  stream->put(nullptr, 0, Z_FINISH);
  return std::move(stream->packed);
}

struct ExampleUnpacker::Stream {
  z_stream zlib = {};
  size_t left; // bytes that zlib was not given yet
  bool ended = false;

  explicit Stream(const std::string &packed) : left(packed.size()) {
    zlib.next_in = reinterpret_cast<unsigned char *>(const_cast<char *>(packed.data()));
    if (inflateInit(&zlib) != Z_OK)
      throw std::runtime_error("zlib cannot begin");
  }
  ~Stream() { inflateEnd(&zlib); }

  /// Fills `bytes` as far as there are any; how many there were.
  size_t take(void *bytes, size_t count) {
    zlib.next_out = static_cast<unsigned char *>(bytes);
    zlib.avail_out = uInt(count);
    while (zlib.avail_out > 0 && !ended) {
      if (zlib.avail_in == 0) { // it counts in 32 bits
        zlib.avail_in = uInt(std::min<size_t>(left, 1 << 30));
        left -= zlib.avail_in;
      }
      int status = inflate(&zlib, Z_NO_FLUSH);
      ended = status == Z_STREAM_END;
      if (status != Z_OK && !ended)
        throw DamagedExamples("its examples cannot be unpacked");
    }
    return count - zlib.avail_out;
  }

  void takeAll(void *bytes, size_t count) {
    if (take(bytes, count) != count)
      throw DamagedExamples("it has too few examples");
  }
};

ExampleUnpacker::ExampleUnpacker(const std::string &packed, int64_t pixels)
    : pixels(size_t(pixels)), stream(std::make_unique<Stream>(packed)) {
  stream->takeAll(&bounds, sizeof bounds);
}
ExampleUnpacker::~ExampleUnpacker() = default;

void ExampleUnpacker::next(const float *clean, float *finished) {
  Bytes at(pixels);
  stream->takeAll(at.data(), at.size());
  const size_t others = size_t(std::count(at.begin(), at.end(), elsewhere));
  Bytes planes(others * bytesOfFloat);
  stream->takeAll(planes.data(), planes.size());
  for (size_t i = 0, other = 0; i < pixels; ++i) {
    const auto known = places(clean[i], bounds);
    uint32_t bits = bitsOf(clean[i]);
    if (at[i] == elsewhere) {
      for (size_t plane = 0; plane < bytesOfFloat; ++plane)
        bits ^= uint32_t(planes[plane * others + other]) << 8 * (bytesOfFloat - 1 - plane);
      ++other;
    } else if (at[i] < known.size())
      bits = known[at[i]];
    else
      throw DamagedExamples("its examples cannot be unpacked");
    std::memcpy(finished + i, &bits, sizeof bits);
  }
}

void ExampleUnpacker::end() {
  unsigned char more;
  if (stream->take(&more, 1) != 0)
    throw DamagedExamples("it has too many examples");
}

} // namespace switchyard::rt
