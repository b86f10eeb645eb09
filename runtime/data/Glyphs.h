// How digits are written: for each digit one or more styles, each a few pen strokes through key points.
// Coordinates lie in a unit box, x to the right and y down; a curve passes through all points of a stroke and
// is smooth except at corners.
#ifndef SWITCHYARD_RUNTIME_DATA_GLYPHS_H
#define SWITCHYARD_RUNTIME_DATA_GLYPHS_H

#include <vector>

namespace switchyard::rt {

struct PenPoint {
  float x, y;
  bool corner = false;
};
using Stroke = std::vector<PenPoint>;
using Glyph = std::vector<Stroke>;

/// The styles of each digit from 0 to 9.
const std::vector<std::vector<Glyph>> &digitGlyphs();

} // namespace switchyard::rt

#endif
