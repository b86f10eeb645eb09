// in[c, y, x] = sum over o, i, j of out[o, y + padding - i, x + padding - j] * weights[o, c, i, j], with 16
// output channels a vector: a tile of pixels times channels is accumulated in registers over all taps, then
// each accumulator is summed across its lanes.
#include "runtime/kernels/cpu/NarrowConv2d.h"
#include "runtime/kernels/Threads.h"

#include <immintrin.h>

#include <algorithm>

#define AVX512 __attribute__((target("avx512f")))

namespace switchyard::rt {
namespace {

constexpr int64_t maxChannels = 4, lanes = 16, tilePixels = 6; // 6 x 4 accumulators of 32 registers

struct Rows {
  Conv2dGeometry g;
  const float *weights; // [out / 16, kernel_h, kernel_w, in, 16]
  const float *from;    // [batch, out / 16, out_h, out_w, 16]
  float *to;            // [batch, in, height, width]
};

/// `pixels` neighbours from x on, over kernel columns [first, last), which must be valid for all of them.
template <int channels, int pixels>
AVX512 void tile(const Rows &r, int64_t image, int64_t y, int64_t x, int64_t first, int64_t last) {
  const Conv2dGeometry &g = r.g;
  const int64_t outHeight = g.outHeight(), outWidth = g.outWidth(), blocks = g.outChannels / lanes;
  __m512 sums[pixels][channels];
  for (int p = 0; p < pixels; ++p)
    for (int c = 0; c < channels; ++c)
      sums[p][c] = _mm512_setzero_ps();
  for (int64_t block = 0; block < blocks; ++block)
    for (int64_t i = std::max<int64_t>(0, y + g.padding - outHeight + 1);
         i < g.kernelHeight && i <= y + g.padding; ++i) {
      const float *row =
          r.from + ((image * blocks + block) * outHeight + y + g.padding - i) * outWidth * lanes;
      for (int64_t j = first; j < last; ++j) {
        const float *source = row + (x + g.padding - j) * lanes;
        const float *tap = r.weights + ((block * g.kernelHeight + i) * g.kernelWidth + j) * channels * lanes;
        for (int c = 0; c < channels; ++c) {
          __m512 weight = _mm512_loadu_ps(tap + c * lanes);
          for (int p = 0; p < pixels; ++p)
            sums[p][c] = _mm512_fmadd_ps(weight, _mm512_loadu_ps(source + p * lanes), sums[p][c]);
        }
      }
    }
  for (int c = 0; c < channels; ++c)
    for (int p = 0; p < pixels; ++p)
      r.to[((image * channels + c) * g.height + y) * g.width + x + p] = _mm512_reduce_add_ps(sums[p][c]);
}

/// One row of an image: pixels at the borders see fewer kernel columns and go one by one.
template <int channels> AVX512 void row(const Rows &r, int64_t image, int64_t y) {
  const Conv2dGeometry &g = r.g;
  const int64_t outWidth = g.outWidth();
  const int64_t inner =
      std::max<int64_t>(0, g.kernelWidth - 1 - g.padding);       // the first pixel with all columns
  const int64_t outer = std::min(g.width, outWidth - g.padding); // behind the last such pixel
  int64_t x = 0;
  while (x < g.width) {
    if (x >= inner && outer - inner >= tilePixels && x < outer) {
      x = std::min(x, outer - tilePixels); // the last tile overlaps the one before it
      tile<channels, tilePixels>(r, image, y, x, 0, g.kernelWidth);
      x += tilePixels;
    } else {
      int64_t first = std::max<int64_t>(0, x + g.padding - outWidth + 1);
      tile<channels, 1>(r, image, y, x, first, std::max(first, std::min(g.kernelWidth, x + g.padding + 1)));
      ++x;
    }
  }
}

template <int channels> void rows(int64_t begin, int64_t end, void *env) {
  const Rows &r = *static_cast<const Rows *>(env);
  for (int64_t index = begin; index < end; ++index)
    row<channels>(r, index / r.g.height, index % r.g.height);
}

class NarrowBackwardInput : public PlainCall {
public:
  NarrowBackwardInput(const Library &library, const Conv2dGeometry &geometry)
      : threads(library.threads), geometry(geometry) {}

  std::string packedFormat() const override { return "narrow"; }
  size_t packedBytes() const override {
    return sizeof(float) *
           size_t(geometry.outChannels * geometry.inChannels * geometry.kernelHeight * geometry.kernelWidth);
  }
  void usePacked(const Storage &storage) override { weights = storage; }

  void pack(const float *plain) override {
    const Conv2dGeometry &g = geometry;
    const int64_t taps = g.kernelHeight * g.kernelWidth;
    if (!weights.data())
      weights = Storage(packedBytes());
    float *packed = weights.as<float>();
    for (int64_t o = 0; o < g.outChannels; ++o)
      for (int64_t c = 0; c < g.inChannels; ++c)
        for (int64_t tap = 0; tap < taps; ++tap)
          packed[((o / lanes * taps + tap) * g.inChannels + c) * lanes + o % lanes] = *plain++;
  }

  void run(std::initializer_list<const float *> operands) override {
    constexpr swy_loop_body bodies[maxChannels] = {rows<1>, rows<2>, rows<3>, rows<4>};
    Rows r{geometry, weights.as<float>(), operands.begin()[0], const_cast<float *>(operands.begin()[1])};
    parallelFor(threads, geometry.batch * geometry.height, 8, bodies[geometry.inChannels - 1], &r);
  }

  std::string implementation() const override { return "narrow:avx512"; }

private:
  int threads;
  Conv2dGeometry geometry;
  Storage weights;
};

} // namespace

bool isNarrowBackwardInput(const Conv2dGeometry &g) {
  return g.direction == SWY_DIRECTION_BACKWARD_INPUT && g.inChannels <= maxChannels && g.stride == 1 &&
         g.groups == 1 && g.inputLayout == SWY_LAYOUT_PLAIN && g.outputLayout == SWY_LAYOUT_BLOCKED16 &&
         __builtin_cpu_supports("avx512f");
}

std::unique_ptr<PlainCall> makeNarrowBackwardInput(const Library &library, const Conv2dGeometry &geometry) {
  return std::make_unique<NarrowBackwardInput>(library, geometry);
}

} // namespace switchyard::rt
