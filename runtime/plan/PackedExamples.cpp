// Bytes go through zlib example by example, so that of a large attack nothing but the packed stream is in
// memory.
#include "runtime/plan/PackedExamples.h"

#include <algorithm>
#include <array>
#include <cmath>
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

/// Where pixels often are. A pixel's byte says where its own is:
///   below `near`        at that place, bit for bit
///   `near` and above    a few bits beside a whole number of tenths of the radius from the clean pixel; how
///   many bits
///                       stands behind all bytes
///   `elsewhere`         its bits stand behind those
class Places {
public:
  static constexpr unsigned char near = 8, elsewhere = 255;
  static constexpr int tenths = 10;
  static constexpr int64_t mostBeside = 127;

  explicit Places(const PixelBounds &bounds) : bounds(bounds) {
    for (size_t place = 0; place < steps.size(); ++place)
      steps[place] = bounds.radius * float(int(place) - tenths) / float(tenths);
  }

  /// The byte of a pixel; `beside` is set where it is near a place.
  unsigned char of(float clean, float finished, int64_t &beside) const {
    const auto known = exact(clean);
    const auto at = std::find(known.begin(), known.end(), bitsOf(finished));
    if (at != known.end())
      return static_cast<unsigned char>(at - known.begin());
    const float turn = (finished - clean) / bounds.radius * float(tenths);
    if (!(std::abs(turn) < float(tenths) + 0.5f))
      return elsewhere;
    const auto code = static_cast<unsigned char>(near + tenths + int(std::lround(turn)));
    beside = int64_t(bitsOf(finished)) - int64_t(bits(clean, code));
    return std::abs(beside) <= mostBeside ? code : elsewhere;
  }
  /// The bits at the place that a byte names. Throws DamagedExamples where there is no such place.
  uint32_t bits(float clean, unsigned char code) const {
    const auto known = exact(clean);
    if (code < known.size())
      return known[code];
    if (code < near || code > near + 2 * tenths)
      throw DamagedExamples("its examples cannot be unpacked");
    return bitsOf(clean + steps[size_t(code - near)]);
  }
  static bool isNear(unsigned char code) { return code >= near && code != elsewhere; }

private:
  std::array<uint32_t, 5> exact(float clean) const {
    return {bitsOf(clean), bitsOf(clean + bounds.radius), bitsOf(clean - bounds.radius), bitsOf(bounds.low),
            bitsOf(bounds.high)};
  }

  const PixelBounds bounds;
  std::array<float, 2 * tenths + 1> steps; // computed once, so that no compiler joins product and sum
};

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
  const Places places(bounds);
  Bytes bytes, besides;
  std::vector<uint32_t> others;
  for (size_t i = 0; i < pixels; ++i) {
    int64_t beside = 0;
    bytes.push_back(places.of(clean[i], finished[i], beside));
    if (Places::isNear(bytes.back()))
      besides.push_back(static_cast<unsigned char>(beside));
    else if (bytes.back() == Places::elsewhere)
      others.push_back(bitsOf(finished[i]) ^ bitsOf(clean[i]));
  }
  bytes.insert(bytes.end(), besides.begin(), besides.end());
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
  const Places places(bounds);
  Bytes at(pixels);
  stream->takeAll(at.data(), at.size());
  Bytes besides(size_t(std::count_if(at.begin(), at.end(), Places::isNear)));
  stream->takeAll(besides.data(), besides.size());
  const size_t others = size_t(std::count(at.begin(), at.end(), Places::elsewhere));
  Bytes planes(others * bytesOfFloat);
  stream->takeAll(planes.data(), planes.size());
  for (size_t i = 0, beside = 0, other = 0; i < pixels; ++i) {
    uint32_t bits = bitsOf(clean[i]);
    if (at[i] == Places::elsewhere) {
      for (size_t plane = 0; plane < bytesOfFloat; ++plane)
        bits ^= uint32_t(planes[plane * others + other]) << 8 * (bytesOfFloat - 1 - plane);
      ++other;
    } else {
      bits = places.bits(clean[i], at[i]);
      if (Places::isNear(at[i]))
        bits += uint32_t(int32_t(int8_t(besides[beside++])));
    }
    std::memcpy(finished + i, &bits, sizeof bits);
  }
}

void ExampleUnpacker::end() {
  unsigned char more;
  if (stream->take(&more, 1) != 0)
    throw DamagedExamples("it has too many examples");
}

} // namespace switchyard::rt
