// The table of pen strokes behind synthetic_digits. Changing a number changes every image drawn with it, and
// so the digest of the data set.
#include "runtime/data/Glyphs.h"

namespace switchyard::rt {

static constexpr bool corner = true;

// A stroke reads best as running text:
// clang-format off

static std::vector<Glyph> zeros() {
  return {
      {{{0.55f, 0.06f}, {0.30f, 0.14f}, {0.19f, 0.50f}, {0.32f, 0.88f}, {0.56f, 0.94f}, {0.78f, 0.72f},
        {0.80f, 0.32f}, {0.62f, 0.08f}, {0.48f, 0.06f}}},
      {{{0.46f, 0.05f}, {0.30f, 0.30f}, {0.30f, 0.70f}, {0.50f, 0.95f}, {0.70f, 0.70f}, {0.70f, 0.30f},
        {0.54f, 0.05f}, {0.44f, 0.08f}}},
  };
}

static std::vector<Glyph> ones() {
  return {
      {{{0.50f, 0.05f}, {0.50f, 0.50f}, {0.50f, 0.95f}}},
      {{{0.30f, 0.28f}, {0.52f, 0.05f, corner}, {0.52f, 0.50f}, {0.52f, 0.95f}}},
      {{{0.32f, 0.24f}, {0.52f, 0.05f, corner}, {0.52f, 0.50f}, {0.52f, 0.94f}},
       {{0.30f, 0.95f}, {0.74f, 0.95f}}},
  };
}

static std::vector<Glyph> twos() {
  return {
      {{{0.22f, 0.28f}, {0.35f, 0.08f}, {0.60f, 0.06f}, {0.76f, 0.25f}, {0.66f, 0.50f}, {0.42f, 0.74f},
        {0.20f, 0.94f, corner}, {0.80f, 0.94f}}},
      {{{0.24f, 0.22f}, {0.45f, 0.06f}, {0.72f, 0.20f}, {0.64f, 0.50f}, {0.38f, 0.84f}, {0.22f, 0.90f},
        {0.25f, 0.76f}, {0.44f, 0.80f}, {0.62f, 0.93f}, {0.84f, 0.86f}}},
  };
}

static std::vector<Glyph> threes() {
  return {
      {{{0.24f, 0.16f}, {0.48f, 0.05f}, {0.72f, 0.20f}, {0.62f, 0.42f},
        {0.42f, 0.48f, corner}, {0.68f, 0.56f}, {0.78f, 0.75f}, {0.55f, 0.95f}, {0.22f, 0.84f}}},
      {{{0.24f, 0.06f}, {0.74f, 0.06f, corner}, {0.44f, 0.42f, corner}, {0.70f, 0.50f}, {0.77f, 0.74f},
        {0.52f, 0.95f}, {0.22f, 0.84f}}},
  };
}

static std::vector<Glyph> fours() {
  return {
      {{{0.32f, 0.06f}, {0.20f, 0.56f, corner}, {0.82f, 0.56f}},
       {{0.66f, 0.30f}, {0.63f, 0.60f}, {0.60f, 0.95f}}},
      {{{0.62f, 0.95f}, {0.62f, 0.50f}, {0.62f, 0.05f, corner}, {0.20f, 0.66f, corner}, {0.84f, 0.66f}}},
      {{{0.26f, 0.08f}, {0.24f, 0.34f}, {0.38f, 0.50f}, {0.70f, 0.44f}},
       {{0.74f, 0.08f}, {0.70f, 0.50f}, {0.66f, 0.95f}}},
  };
}

static std::vector<Glyph> fives() {
  return {
      {{{0.76f, 0.06f}, {0.34f, 0.06f, corner}, {0.28f, 0.44f, corner}, {0.52f, 0.38f}, {0.76f, 0.58f},
        {0.68f, 0.86f}, {0.42f, 0.95f}, {0.20f, 0.84f}}},
      {{{0.76f, 0.10f}, {0.46f, 0.06f}, {0.30f, 0.24f}, {0.42f, 0.42f}, {0.68f, 0.56f}, {0.70f, 0.82f},
        {0.44f, 0.95f}, {0.20f, 0.84f}}},
  };
}

static std::vector<Glyph> sixes() {
  return {
      {{{0.68f, 0.06f}, {0.42f, 0.22f}, {0.24f, 0.55f}, {0.28f, 0.85f}, {0.52f, 0.95f}, {0.74f, 0.78f},
        {0.66f, 0.56f}, {0.44f, 0.54f}, {0.26f, 0.72f}}},
      {{{0.54f, 0.04f}, {0.32f, 0.40f}, {0.24f, 0.75f}, {0.44f, 0.95f}, {0.70f, 0.84f}, {0.68f, 0.64f},
        {0.46f, 0.58f}, {0.27f, 0.76f}}},
  };
}

static std::vector<Glyph> sevens() {
  return {
      {{{0.20f, 0.08f}, {0.78f, 0.08f, corner}, {0.56f, 0.50f}, {0.42f, 0.95f}}},
      {{{0.20f, 0.08f}, {0.78f, 0.08f, corner}, {0.58f, 0.50f}, {0.44f, 0.95f}},
       {{0.34f, 0.52f}, {0.76f, 0.48f}}},
      {{{0.20f, 0.26f}, {0.22f, 0.10f, corner}, {0.80f, 0.06f, corner}, {0.60f, 0.40f}, {0.50f, 0.95f}}},
  };
}

static std::vector<Glyph> eights() {
  return {
      {{{0.68f, 0.20f}, {0.48f, 0.05f}, {0.28f, 0.20f}, {0.42f, 0.42f}, {0.66f, 0.60f}, {0.72f, 0.82f},
        {0.48f, 0.95f}, {0.24f, 0.80f}, {0.36f, 0.56f}, {0.60f, 0.40f}, {0.70f, 0.22f}, {0.62f, 0.10f}}},
      {{{0.52f, 0.46f}, {0.32f, 0.38f}, {0.32f, 0.14f}, {0.50f, 0.05f}, {0.68f, 0.14f}, {0.68f, 0.38f},
        {0.48f, 0.46f, corner}, {0.26f, 0.58f}, {0.25f, 0.84f}, {0.50f, 0.95f}, {0.75f, 0.84f},
        {0.74f, 0.58f}, {0.52f, 0.46f}}},
  };
}

static std::vector<Glyph> nines() {
  return {
      {{{0.72f, 0.26f}, {0.52f, 0.06f}, {0.28f, 0.20f}, {0.30f, 0.42f}, {0.52f, 0.50f},
        {0.73f, 0.24f, corner}, {0.70f, 0.60f}, {0.62f, 0.95f}}},
      {{{0.72f, 0.26f}, {0.50f, 0.05f}, {0.27f, 0.22f}, {0.34f, 0.46f}, {0.58f, 0.48f},
        {0.74f, 0.22f, corner}, {0.75f, 0.60f}, {0.66f, 0.88f}, {0.44f, 0.95f}, {0.26f, 0.84f}}},
  };
}

// clang-format on

const std::vector<std::vector<Glyph>> &digitGlyphs() {
  static const std::vector<std::vector<Glyph>> glyphs = {zeros(), ones(),  twos(),   threes(), fours(),
                                                         fives(), sixes(), sevens(), eights(), nines()};
  return glyphs;
}

} // namespace switchyard::rt
