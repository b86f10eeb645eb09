// Finished examples as few bytes that give the same floats back, whatever their bits: NaNs, -0 and denormals,
// too.
//
// Attacks leave most pixels where their ball or the range ends, where they were, or, but for rounding, some
// tenths of the radius from there. So each pixel is a byte that says at or near which of these places it is,
// or that it is elsewhere; of those its bits stand behind, as the exclusive or with the clean pixel's, all
// highest bytes of an example first, then the next ones. zlib finds such bytes more alike than floats. One
// stream holds all examples of an attack in their order, and what the places are computed from.
#ifndef SWITCHYARD_RUNTIME_PLAN_PACKEDEXAMPLES_H
#define SWITCHYARD_RUNTIME_PLAN_PACKEDEXAMPLES_H

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace switchyard::rt {

/// What was kept are not these examples.
struct DamagedExamples : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Where a pixel often is; a wrong guess costs bytes and nothing else.
struct PixelBounds {
  float radius = 0;        // from the clean pixel
  float low = 0, high = 0; // of all pixels
};

class ExamplePacker {
public:
  /// Of examples of so many floats.
  ExamplePacker(int64_t pixels, const PixelBounds &bounds);
  ~ExamplePacker();

  void add(const float *clean, const float *finished);
  /// The stream; nothing may be added any more.
  std::string finish();

private:
  struct Stream;
  const size_t pixels;
  const PixelBounds bounds;
  std::unique_ptr<Stream> stream;
};

class ExampleUnpacker {
public:
  /// Reads `packed`, which must stay.
  ExampleUnpacker(const std::string &packed, int64_t pixels);
  ~ExampleUnpacker();

  /// The next example, whose clean image is given. Throws DamagedExamples where there is none.
  void next(const float *clean, float *finished);
  /// Throws DamagedExamples where examples are left.
  void end();

private:
  struct Stream;
  const size_t pixels;
  PixelBounds bounds;
  std::unique_ptr<Stream> stream;
};

} // namespace switchyard::rt

#endif
