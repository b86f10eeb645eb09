// Draws digits as a pen would: a style's key points are shaken, joined by a smooth curve, bent by an affine
// map onto the pixel grid, stroked with a round pen, and photographed with contrast and noise. Every image
// must be equal on every machine, so only exactly rounded operations are used (+ - * / sqrt floor; rotations
// come from the half angle's tangent) and contraction to fused multiply-adds is off (CMakeLists.txt).
#include "runtime/data/SyntheticDigits.h"

#include "runtime/data/Arguments.h"
#include "runtime/data/Glyphs.h"
#include "runtime/kernels/Philox.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace switchyard::rt {
namespace {

constexpr int side = 28;
constexpr int pixels = side * side;
constexpr int stepsPerSpan = 6; // straight pieces between two key points

/// The draws of one image, in the order in which they are asked for.
class Draws {
public:
  Draws(uint64_t key, uint32_t image) : key(key), image(image) {}

  uint32_t word() {
    if (next % 4 == 0)
      block = philox(key, {next / 4, image, 0, noTarget});
    return block[next++ % 4];
  }
  int below(int n) { return static_cast<int>(integerBelow(word(), static_cast<uint32_t>(n))); }
  float uniform(float low, float high) { return low + (high - low) * rt::uniform(word()); }
  /// Bell-shaped, within (-reach, reach), standard deviation reach / sqrt(6).
  float bell(float reach) {
    uint32_t w = word();
    return reach * (static_cast<float>(w >> 16) - static_cast<float>(w & 0xffff)) * 0x1p-16f;
  }

private:
  uint64_t key;
  uint32_t image, next = 0;
  PhiloxBlock block{};
};

/// One writer's hand and the camera that saw it.
struct Hand {
  float wobble;                 // how far key points stray, in glyph boxes
  float xx, xy, yx, yy, x0, y0; // glyph box (centred) to pixels
  float radius;                 // of the pen, in pixels
  float ink, paper, noise;      // grey levels in [0, 1]
};

struct Segment {
  float x0, y0, x1, y1;
};

Hand drawHand(Draws &draws) {
  Hand hand;
  hand.wobble = draws.uniform(0.01f, 0.065f);
  float width = draws.uniform(13.0f, 20.0f), height = draws.uniform(17.0f, 22.0f);
  float shear = draws.bell(0.36f);
  float tangent = draws.bell(0.18f); // of half the angle: at most 20 degrees
  float cosine = (1 - tangent * tangent) / (1 + tangent * tangent),
        sine = 2 * tangent / (1 + tangent * tangent);
  hand.xx = cosine * width;
  hand.yx = sine * width;
  hand.xy = -(sine + shear * cosine) * height;
  hand.yy = (cosine - shear * sine) * height;
  hand.x0 = side * 0.5f + draws.bell(3.2f);
  hand.y0 = side * 0.5f + draws.bell(3.2f);
  hand.radius = draws.uniform(0.8f, 1.9f);
  hand.ink = draws.uniform(0.65f, 1.0f);
  hand.paper = draws.uniform(0.0f, 0.12f);
  hand.noise = draws.uniform(0.02f, 0.15f);
  return hand;
}

/// The shaken key points of a stroke in pixels.
Stroke shake(const Stroke &stroke, const Hand &hand, Draws &draws) {
  Stroke shaken;
  for (const PenPoint &point : stroke) {
    float x = point.x - 0.5f + draws.bell(hand.wobble), y = point.y - 0.5f + draws.bell(hand.wobble);
    shaken.push_back(
        {hand.xx * x + hand.xy * y + hand.x0, hand.yx * x + hand.yy * y + hand.y0, point.corner});
  }
  return shaken;
}

/// One coordinate of the cubic from b to c whose tangents follow the neighbours a and d (Catmull and Rom).
float curve(float a, float b, float c, float d, float t) {
  return b + 0.5f * t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)));
}

void trace(const Stroke &stroke, std::vector<Segment> &segments) {
  for (size_t i = 0; i + 1 < stroke.size(); ++i) {
    const PenPoint &b = stroke[i], &c = stroke[i + 1];
    const PenPoint &a = i == 0 || b.corner ? b : stroke[i - 1];
    const PenPoint &d = i + 2 == stroke.size() || c.corner ? c : stroke[i + 2];
    float x = b.x, y = b.y;
    for (int step = 1; step <= stepsPerSpan; ++step) {
      float t = static_cast<float>(step) / stepsPerSpan;
      float nextX = curve(a.x, b.x, c.x, d.x, t), nextY = curve(a.y, b.y, c.y, d.y, t);
      segments.push_back({x, y, nextX, nextY});
      x = nextX;
      y = nextY;
    }
  }
}

float squaredDistance(float x, float y, const Segment &s) {
  float dx = s.x1 - s.x0, dy = s.y1 - s.y0, length = dx * dx + dy * dy;
  float t = length > 0 ? ((x - s.x0) * dx + (y - s.y0) * dy) / length : 0.0f;
  t = std::min(std::max(t, 0.0f), 1.0f);
  float ex = x - s.x0 - t * dx, ey = y - s.y0 - t * dy;
  return ex * ex + ey * ey;
}

/// Squared distance of each pixel's centre to the nearest segment, where that is within `reach`.
std::array<float, pixels> distances(const std::vector<Segment> &segments, float reach) {
  std::array<float, pixels> nearest;
  nearest.fill(reach * reach);
  auto first = [&](float a, float b) {
    return std::max(0, static_cast<int>(std::floor(std::min(a, b) - reach)));
  };
  auto last = [&](float a, float b) {
    return std::min(side - 1, static_cast<int>(std::floor(std::max(a, b) + reach)));
  };
  for (const Segment &s : segments)
    for (int row = first(s.y0, s.y1); row <= last(s.y0, s.y1); ++row)
      for (int column = first(s.x0, s.x1); column <= last(s.x0, s.x1); ++column) {
        float &best = nearest[row * side + column];
        best = std::min(best, squaredDistance(column + 0.5f, row + 0.5f, s));
      }
  return nearest;
}

/// Draws image `index` into `image` (row-major, in [0, 1]) and returns its class.
int32_t drawDigit(uint64_t key, uint32_t index, float *image) {
  Draws draws(key, index);
  int32_t digit = draws.below(10);
  const std::vector<Glyph> &styles = digitGlyphs()[digit];
  const Glyph &glyph = styles[draws.below(static_cast<int>(styles.size()))];
  Hand hand = drawHand(draws);
  std::vector<Segment> segments;
  for (const Stroke &stroke : glyph)
    trace(shake(stroke, hand, draws), segments);
  std::array<float, pixels> nearest = distances(segments, hand.radius + 0.5f);
  for (int i = 0; i < pixels; ++i) {
    float coverage = std::min(std::max(hand.radius + 0.5f - std::sqrt(nearest[i]), 0.0f), 1.0f);
    float level = hand.paper + (hand.ink - hand.paper) * coverage + draws.bell(hand.noise);
    image[i] = std::floor(std::min(std::max(level, 0.0f), 1.0f) * 255 + 0.5f) / 255;
  }
  return digit;
}

Split drawSplit(const char *name, int64_t count, uint64_t seed, const DatasetSpec &spec) {
  Split split;
  split.count = count;
  split.images.resize(count * pixels);
  split.labels.resize(count);
  uint64_t key = philoxKey(philoxStream(seed, purposeData), name);
  float low = static_cast<float>(spec.low), width = static_cast<float>(spec.high - spec.low);
  for (int64_t i = 0; i < count; ++i) {
    float *image = &split.images[i * pixels];
    split.labels[i] = drawDigit(key, static_cast<uint32_t>(i), image);
    for (int p = 0; p < pixels; ++p)
      image[p] = low + width * image[p];
  }
  return split;
}

} // namespace

Dataset drawSyntheticDigits(const DatasetSpec &spec) {
  requireShape(spec, {1, side, side}, 10, "synthetic_digits draws");
  rejectUnknownArguments(spec, {"train", "test", "seed"});
  Dataset dataset;
  dataset.shape = {1, side, side};
  dataset.classes = 10;
  uint64_t seed = static_cast<uint64_t>(countArgument(spec, "seed", 0, 0));
  dataset.train = drawSplit("synthetic_digits/train", countArgument(spec, "train", 8000, 1), seed, spec);
  dataset.test = drawSplit("synthetic_digits/test", countArgument(spec, "test", 1000, 1), seed, spec);
  return dataset;
}

} // namespace switchyard::rt
